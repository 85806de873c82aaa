"""Pascal VOC: one XML file a picture."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tongguan.catalog.formats.base import ReadItem, Report, Sink, Sniff, Tree, WriteItem, WriteOptions
from tongguan.catalog.formats.voc.read import read
from tongguan.catalog.formats.voc.sniff import sniff
from tongguan.catalog.formats.voc.write import write
from tongguan.catalog.formats.writing import Describes

__all__ = ["VocFormat"]


class VocFormat(Describes):
    """Contract of `Format` for `voc`."""

    id = "voc"
    title = "Pascal VOC"
    kinds = frozenset({"box", "mask"})
    media = frozenset({"image"})
    keeps = frozenset({"sides", "empty", "unlabelled", "attributes", "lists", "score", "names", "any_names"})

    def sniff(self, tree: Tree) -> Sniff:
        """XML files whose root is <annotation>."""
        return sniff(tree)

    def read(self, tree: Tree, report: Report) -> Iterator[ReadItem]:
        """Every picture, and every XML without one."""
        return read(tree, report)

    def write(self, items: Iterable[WriteItem], sink: Sink, options: WriteOptions, report: Report) -> None:
        """JPEGImages, Annotations and, where items have sides, ImageSets/Main."""
        write(self, items, sink, options, report)
