"""Rotated box: a rectangle turned round its centre."""

from __future__ import annotations

from tongguan.catalog.labels.rotated_box.kind import RotatedBoxKind
from tongguan.catalog.labels.rotated_box.schema import RotatedBoxLabel, RotatedBoxShape

__all__ = ["RotatedBoxKind", "RotatedBoxLabel", "RotatedBoxShape"]
