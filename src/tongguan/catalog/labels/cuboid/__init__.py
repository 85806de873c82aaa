"""Cuboid: a box in a point cloud, by centre, sizes and rotation."""

from __future__ import annotations

from tongguan.catalog.labels.cuboid.kind import CuboidKind
from tongguan.catalog.labels.cuboid.schema import CuboidLabel, CuboidShape

__all__ = ["CuboidKind", "CuboidLabel", "CuboidShape"]
