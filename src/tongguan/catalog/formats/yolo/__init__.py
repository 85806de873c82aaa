"""YOLO: one text file a picture, relative centre and size."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tongguan.catalog.formats.base import ReadItem, Report, Sink, Sniff, Tree, WriteItem, WriteOptions
from tongguan.catalog.formats.writing import Describes
from tongguan.catalog.formats.yolo.read import read
from tongguan.catalog.formats.yolo.sniff import sniff
from tongguan.catalog.formats.yolo.write import write

__all__ = ["YoloFormat"]


class YoloFormat(Describes):
    """Contract of `Format` for `yolo`."""

    id = "yolo"
    title = "YOLO"
    kinds = frozenset({"box", "polygon", "rotated_box", "skeleton"})
    media = frozenset({"image"})
    keeps = frozenset({"sides", "empty", "unlabelled", "order", "names", "any_names"})

    def sniff(self, tree: Tree) -> Sniff:
        """data.yaml, obj.data, names files and text files of five numbers a line."""
        return sniff(tree)

    def read(self, tree: Tree, report: Report) -> Iterator[ReadItem]:
        """Every picture, and every label file without one."""
        return read(tree, report)

    def write(self, items: Iterable[WriteItem], sink: Sink, options: WriteOptions, report: Report) -> None:
        """images/SIDE, labels/SIDE and data.yaml."""
        write(self, items, sink, options, report)
