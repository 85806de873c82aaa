"""LabelMe: one JSON or XML a picture."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tongguan.catalog.formats.base import ReadItem, Report, Sink, Sniff, Tree, WriteItem, WriteOptions
from tongguan.catalog.formats.labelme.read import read, sniff
from tongguan.catalog.formats.labelme.write import write
from tongguan.catalog.formats.writing import Describes

__all__ = ["LabelmeFormat"]


class LabelmeFormat(Describes):
    """Contract of `Format` for `labelme`."""

    id = "labelme"
    title = "LabelMe"
    kinds = frozenset({"box", "rotated_box", "polygon", "polyline", "points", "mask", "class"})
    keeps = frozenset({"sides", "empty", "unlabelled", "attributes", "lists", "score", "names", "any_names"})

    def sniff(self, tree: Tree) -> Sniff:
        """JSON files with shapes and imagePath, or XML files of the web tool."""
        return sniff(tree)

    def read(self, tree: Tree, report: Report) -> Iterator[ReadItem]:
        """Every label file, then pictures without one."""
        return read(tree, report)

    def write(self, items: Iterable[WriteItem], sink: Sink, options: WriteOptions, report: Report) -> None:
        """A JSON beside each picture."""
        write(self, items, sink, options, report)
