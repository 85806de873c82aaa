"""Scans as a Supervisely project of point clouds (PCD), as the catalog writes and reads it."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from tongguan.catalog.formats.base import Report, WriteItem, WriteOptions
from tongguan.catalog.formats.registry import FORMATS
from tongguan.catalog.formats.sink import FolderSink
from tongguan.industries.mine.drift.scan import LABELS, Scan, make_scan


def pcd_bytes(scan: Scan) -> bytes:
    """A binary PCD with x, y, z and intensity."""
    count = len(scan.xyz)
    head = (
        "# .PCD v0.7 - Point Cloud Data file format\nVERSION 0.7\nFIELDS x y z intensity\nSIZE 4 4 4 4\n"
        f"TYPE F F F F\nCOUNT 1 1 1 1\nWIDTH {count}\nHEIGHT 1\nVIEWPOINT 0 0 0 1 0 0 0\nPOINTS {count}\nDATA binary\n"
    )
    rows = np.column_stack([scan.xyz, scan.intensity]).astype("<f4")
    return head.encode() + rows.tobytes()


class _Clouds:
    """The clouds as a tree from which the writer of the format takes the bytes."""

    def __init__(self, seed: int, count: int) -> None:
        self.scans = {f"{scan.name}.pcd": scan for scan in (make_scan(seed, number) for number in range(count))}

    def list(self) -> list[str]:
        """Names of the clouds."""
        return sorted(self.scans)

    def size(self, path: str) -> int:
        """Bytes of a cloud."""
        return len(pcd_bytes(self.scans[path]))

    def open(self, path: str) -> io.BytesIO:
        """The cloud."""
        return io.BytesIO(pcd_bytes(self.scans[path]))


def write_scans(folder: Path, count: int, seed: int) -> list[Scan]:
    """Writes scans with their labels into a folder and returns them."""
    folder.mkdir(parents=True, exist_ok=True)
    clouds = _Clouds(seed, count)
    items: Iterator[WriteItem] = (
        WriteItem(name, clouds, name, 0, 0, scan.labels, media="point_cloud")
        for name, scan in sorted(clouds.scans.items())
    )
    report = Report()
    FORMATS["supervisely"].write(items, FolderSink(folder), WriteOptions(classes=LABELS), report)
    if report.refused:
        raise RuntimeError(report.refused[0].reason)
    return list(clouds.scans.values())
