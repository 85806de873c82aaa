"""Skeleton: named points with their visibility, such as joints of a person."""

from __future__ import annotations

from tongguan.catalog.labels.skeleton.kind import SkeletonKind
from tongguan.catalog.labels.skeleton.schema import Keypoint, SkeletonLabel, SkeletonShape

__all__ = ["Keypoint", "SkeletonKind", "SkeletonLabel", "SkeletonShape"]
