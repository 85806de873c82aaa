"""COCO: one JSON a side, with images, annotations and categories."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tongguan.catalog.formats.base import ReadItem, Report, Sink, Sniff, Tree, WriteItem, WriteOptions
from tongguan.catalog.formats.coco.read import read
from tongguan.catalog.formats.coco.sniff import sniff
from tongguan.catalog.formats.coco.write import write
from tongguan.catalog.formats.writing import Describes

__all__ = ["CocoFormat"]


class CocoFormat(Describes):
    """Contract of `Format` for `coco`. Keypoints, classes and captions go to files of their own."""

    id = "coco"
    title = "COCO"
    kinds = frozenset({"box", "polygon", "mask", "skeleton", "class", "text_answer"})
    media = frozenset({"image"})
    keeps = frozenset({"sides", "empty", "order", "attributes", "lists", "score", "names", "any_names"})

    def sniff(self, tree: Tree) -> Sniff:
        """JSON files that begin like COCO."""
        return sniff(tree)

    def read(self, tree: Tree, report: Report) -> Iterator[ReadItem]:
        """Every picture of every COCO file of the tree once, and pictures that no file names."""
        return read(tree, report)

    def write(self, items: Iterable[WriteItem], sink: Sink, options: WriteOptions, report: Report) -> None:
        """annotations/instances_SIDE.json (person_keypoints, labels, captions) and images/SIDE."""
        write(self, items, sink, options, report)
