"""COCO: one JSON a side, with images, annotations and categories."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tongguan.catalog.formats.base import ReadItem, Report, Sink, Sniff, Tree, WriteItem, WriteOptions
from tongguan.catalog.formats.coco.read import read
from tongguan.catalog.formats.coco.sniff import sniff
from tongguan.catalog.formats.coco.write import write

__all__ = ["CocoFormat"]


class CocoFormat:
    """Contract of `Format` for `coco`. A class label is an annotation without a place, in a file of its own."""

    id = "coco"
    kinds = frozenset({"box", "class"})

    def sniff(self, tree: Tree) -> Sniff:
        """JSON files that begin like COCO."""
        return sniff(tree)

    def read(self, tree: Tree, report: Report) -> Iterator[ReadItem]:
        """Every picture of every COCO file of the tree once, and pictures that no file names."""
        return read(tree, report)

    def write(self, items: Iterable[WriteItem], sink: Sink, options: WriteOptions, report: Report) -> None:
        """annotations/instances_SIDE.json (labels_SIDE.json for class labels) and images/SIDE."""
        write(items, sink, options, report)
