"""Supervisely: projects of pictures, and of point clouds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tongguan.catalog.formats.base import ReadItem, Report, Sink, Sniff, Tree, WriteItem, WriteOptions
from tongguan.catalog.formats.supervisely.read import read, sniff
from tongguan.catalog.formats.supervisely.write import write
from tongguan.catalog.formats.writing import Describes

__all__ = ["SuperviselyFormat"]


class SuperviselyFormat(Describes):
    """Contract of `Format` for `supervisely`."""

    id = "supervisely"
    title = "Supervisely"
    kinds = frozenset({"box", "polygon", "polyline", "mask", "class", "cuboid"})
    media = frozenset({"image", "point_cloud"})
    keeps = frozenset({"sides", "empty", "unlabelled", "order", "attributes", "names", "any_names"})

    def sniff(self, tree: Tree) -> Sniff:
        """meta.json with classes, and JSON in folders `ann`."""
        return sniff(tree)

    def read(self, tree: Tree, report: Report) -> Iterator[ReadItem]:
        """Every picture or point cloud with an annotation, then the other pictures."""
        return read(tree, report)

    def write(self, items: Iterable[WriteItem], sink: Sink, options: WriteOptions, report: Report) -> None:
        """meta.json, SIDE/img and SIDE/ann."""
        write(self, items, sink, options, report)
