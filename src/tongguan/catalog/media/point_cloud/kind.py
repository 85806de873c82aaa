"""The registered member for point clouds."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import BinaryIO

import numpy as np
from PIL import Image

from tongguan.catalog.media.base import MediaFacts, MediaProblem, Preview
from tongguan.catalog.media.point_cloud import las, pcd, ply
from tongguan.catalog.media.point_cloud.base import Cloud, Header, check_size

SUFFIXES = frozenset({".pcd", ".ply", ".bin", ".las", ".laz"})
KITTI_FIELDS = ("x", "y", "z", "intensity")
# A laser scanner of a car sees no further; larger numbers mean that the file holds something else.
FARTHEST = 1e5


class PointCloudType:
    """Contract of `MediaType` for `point_cloud`."""

    id = "point_cloud"
    title: Mapping[str, str] = {"en": "Point cloud", "zh": "点云"}
    suffixes = SUFFIXES
    figures: tuple[str, ...] = ("points",)
    limits = "100 million points; no packed LAZ"

    def probe(self, stream: BinaryIO, name: str) -> MediaFacts:
        """Points, fields and coding from the header; of KITTI BIN, which has none, from the size."""
        return _facts(_header(stream, name))

    def verify(self, stream: BinaryIO, name: str) -> MediaFacts:
        """Reads every point: bounds, and how many are no numbers."""
        cloud = read_cloud(stream, name)
        held = np.isfinite(cloud.xyz).all(axis=1)
        bounds = None
        if held.any():
            seen = cloud.xyz[held]
            bounds = [*seen.min(axis=0).tolist(), *seen.max(axis=0).tolist()]
        facts = _facts(cloud.header)
        details = {**facts.details, "empty": int((~held).sum()), "bounds": bounds}
        return MediaFacts(facts.media, facts.format, facts.mime, details=details)

    def preview(self, stream: BinaryIO, name: str, longest: int) -> Preview:
        """The cloud from above, darker where more points lie."""
        return Preview(_from_above(read_cloud(stream, name), max(16, longest)))


def read_cloud(stream: BinaryIO, name: str) -> Cloud:
    """All points of a file. Raises MediaProblem: wrong_type, truncated, unreadable."""
    ending = name.rpartition(".")[2].lower()
    _not_empty(stream)
    if ending == "pcd":
        return pcd.read_cloud(stream)
    if ending == "ply":
        return ply.read_cloud(stream)
    if ending in ("las", "laz"):
        return las.read_cloud(stream)
    header = _kitti_header(stream)
    values = np.frombuffer(stream.read(16 * header.points), dtype="<f4").reshape(-1, 4).astype(np.float64)
    held = values[np.isfinite(values[:, :3]).all(axis=1), :3]
    if len(held) and np.abs(held).max() > FARTHEST:
        raise MediaProblem("wrong_type", "the numbers are no distances in metres: the file is no KITTI point cloud")
    return Cloud(header, values[:, :3], values[:, 3])


def _header(stream: BinaryIO, name: str) -> Header:
    ending = name.rpartition(".")[2].lower()
    _not_empty(stream)
    if ending == "pcd":
        return pcd.read_header(stream)
    if ending == "ply":
        return ply.read_header(stream)
    return las.read_header(stream) if ending in ("las", "laz") else _kitti_header(stream)


def _kitti_header(stream: BinaryIO) -> Header:
    size = stream.seek(0, io.SEEK_END)
    stream.seek(0)
    if size % 16:
        raise MediaProblem("truncated", f"{size:,} bytes: points of a KITTI BIN have 16 each")
    check_size(size // 16, 4)
    return Header("KITTI BIN", size // 16, KITTI_FIELDS, "binary")


def _not_empty(stream: BinaryIO) -> None:
    if not stream.read(1):
        raise MediaProblem("unreadable", "the file is empty (0 bytes)")
    stream.seek(0)


def _facts(header: Header) -> MediaFacts:
    details = {"points": header.points, "fields": list(header.fields), "coding": header.coding}
    if header.bounds is not None:
        details["bounds"] = list(header.bounds)
    return MediaFacts("point_cloud", header.format, "application/octet-stream", details=details)


def _from_above(cloud: Cloud, side: int) -> bytes:
    seen = cloud.xyz[np.isfinite(cloud.xyz).all(axis=1)]
    grid = np.zeros((side, side))
    if len(seen):
        low, high = seen[:, :2].min(axis=0), seen[:, :2].max(axis=0)
        room = float(max(high - low)) or 1.0
        at = np.clip(((seen[:, :2] - low) / room * (side - 1)).astype(int), 0, side - 1)
        np.add.at(grid, (side - 1 - at[:, 1], at[:, 0]), 1.0)
    shade = 255 - 255 * np.log1p(grid) / max(1e-9, float(np.log1p(grid.max())))
    out = io.BytesIO()
    Image.fromarray(shade.astype(np.uint8), "L").save(out, "JPEG", quality=85)
    return out.getvalue()
