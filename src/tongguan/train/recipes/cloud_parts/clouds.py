"""The bytes of a point cloud as points: PCD, PLY and LAS by their first bytes, anything else as KITTI BIN."""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray

from tongguan.catalog.media.base import MediaProblem
from tongguan.catalog.media.point_cloud import read_cloud
from tongguan.train.recipes.base import ItemUnreadable

Floats = NDArray[np.float32]


def points_of(content: bytes) -> Floats:
    """(n, 4): x, y, z in metres and intensity in [0, 1], without points that are no numbers. Raises ItemUnreadable."""
    try:
        cloud = read_cloud(io.BytesIO(content), f"cloud.{_ending(content)}")
    except MediaProblem as problem:
        raise ItemUnreadable("cloud_unreadable", problem.detail) from problem
    held = np.isfinite(cloud.xyz).all(axis=1)
    shine = np.zeros(len(cloud.xyz)) if cloud.intensity is None else np.nan_to_num(cloud.intensity)
    most = float(shine[held].max(initial=0.0))
    if most > 1:
        shine = shine / (255.0 if most <= 255 else most)
    return np.column_stack([cloud.xyz, np.clip(shine, 0, 1)])[held].astype(np.float32)


def _ending(content: bytes) -> str:
    head = content[:400].lstrip()
    if head[:4] == b"LASF":
        return "las"
    if head[:3] == b"ply":
        return "ply"
    if head.startswith(b"#") or head.startswith((b"VERSION", b"FIELDS")):
        return "pcd"
    return "bin"
