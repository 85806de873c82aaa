"""CVAT XML 1.1: for pictures, and the tracks of a video."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tongguan.catalog.formats.base import ReadItem, Report, Sink, Sniff, Tree, WriteItem, WriteOptions
from tongguan.catalog.formats.cvat.read import read, sniff
from tongguan.catalog.formats.cvat.video import write_video
from tongguan.catalog.formats.cvat.write import write
from tongguan.catalog.formats.writing import Describes

__all__ = ["CvatFormat"]


class CvatFormat(Describes):
    """Contract of `Format` for `cvat`."""

    id = "cvat"
    title = "CVAT XML"
    kinds = frozenset(
        {"box", "rotated_box", "polygon", "polyline", "points", "ellipse", "mask", "skeleton", "class", "track"}
    )
    media = frozenset({"image", "video"})
    keeps = frozenset({"sides", "empty", "order", "attributes", "names", "any_names"})

    def sniff(self, tree: Tree) -> Sniff:
        """XML files whose root is <annotations>."""
        return sniff(tree)

    def read(self, tree: Tree, report: Report) -> Iterator[ReadItem]:
        """Every picture of every file; the tracks of a video file are one item."""
        return read(tree, report)

    def write(self, items: Iterable[WriteItem], sink: Sink, options: WriteOptions, report: Report) -> None:
        """annotations.xml and images/SIDE."""
        write(self, items, sink, options, report, write_video)
