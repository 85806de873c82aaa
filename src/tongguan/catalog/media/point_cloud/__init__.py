"""Point clouds: PCD, PLY, KITTI BIN, LAS."""

from __future__ import annotations

from tongguan.catalog.media.point_cloud.base import Cloud
from tongguan.catalog.media.point_cloud.kind import SUFFIXES, PointCloudType, read_cloud

__all__ = ["SUFFIXES", "Cloud", "PointCloudType", "read_cloud"]
