"""Datumaro's own format: one JSON a side."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tongguan.catalog.formats.base import ReadItem, Report, Sink, Sniff, Tree, WriteItem, WriteOptions
from tongguan.catalog.formats.datumaro.read import read, sniff
from tongguan.catalog.formats.datumaro.write import write
from tongguan.catalog.formats.writing import Describes

__all__ = ["DatumaroFormat"]


class DatumaroFormat(Describes):
    """Contract of `Format` for `datumaro`."""

    id = "datumaro"
    title = "Datumaro"
    kinds = frozenset({"box", "rotated_box", "polygon", "polyline", "points", "skeleton", "mask", "class"})
    keeps = frozenset({"sides", "empty", "order", "attributes", "lists", "score", "names", "any_names"})

    def sniff(self, tree: Tree) -> Sniff:
        """JSON files with categories and items."""
        return sniff(tree)

    def read(self, tree: Tree, report: Report) -> Iterator[ReadItem]:
        """Every item of every file, then pictures that no file names."""
        return read(tree, report)

    def write(self, items: Iterable[WriteItem], sink: Sink, options: WriteOptions, report: Report) -> None:
        """annotations/SIDE.json and images/SIDE."""
        write(self, items, sink, options, report)
