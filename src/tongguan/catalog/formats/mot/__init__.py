"""MOT and MOTS: tracks of a video, a row a frame and thing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from tongguan.catalog.formats.base import ReadItem, Report, Sink, Sniff, Tree, WriteItem, WriteOptions
from tongguan.catalog.formats.mot.read import is_truth, read
from tongguan.catalog.formats.mot.write import write
from tongguan.catalog.formats.text import read_head
from tongguan.catalog.formats.writing import Describes

__all__ = ["MotFormat", "MotsFormat"]

_NUMBER = rb"-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?"
BOX_ROW = re.compile(rb"^\s*\d+\s*,\s*-?\d+\s*(?:,\s*" + _NUMBER + rb"\s*){4,8}\s*$")
MASK_ROW = re.compile(rb"^\s*\d+ \d+ \d+ \d+ \d+ \S+\s*$")


def _sniff(tree: Tree, row: re.Pattern[bytes], segmented: bool, what: str) -> Sniff:
    for path in tree.list():
        if is_truth(path, segmented):
            first = read_head(tree, path, 65536).split(b"\n")[0]
            if row.match(first) or not first.strip():
                return Sniff(0.95 if first.strip() else 0.6, f"{path} holds rows of {what}")
    return Sniff(0.0, f"no gt/gt.txt with rows of {what}")


class MotFormat(Describes):
    """Contract of `Format` for `mot`. Frames are filled between keyframes, and thinned out again when read."""

    id = "mot"
    title = "MOT"
    kinds = frozenset({"track"})
    media = frozenset({"video"})
    keeps = frozenset({"order", "names", "empty"})
    shape = "box"

    def sniff(self, tree: Tree) -> Sniff:
        """gt/gt.txt with commas."""
        return _sniff(tree, BOX_ROW, False, "MOT")

    def read(self, tree: Tree, report: Report) -> Iterator[ReadItem]:
        """Every sequence; rows without an id are boxes of single frames."""
        return read(tree, report)

    def write(self, items: Iterable[WriteItem], sink: Sink, options: WriteOptions, report: Report) -> None:
        """SEQUENCE/gt/gt.txt, labels.txt, seqinfo.ini, and the video."""
        write(self, items, sink, options, report)


class MotsFormat(MotFormat):
    """Contract of `Format` for `mots`: masks instead of boxes, as text."""

    id = "mots"
    title = "MOTS"
    shape = "mask"

    def sniff(self, tree: Tree) -> Sniff:
        """gt/gt.txt with blanks and run lengths."""
        return _sniff(tree, MASK_ROW, True, "MOTS")

    def read(self, tree: Tree, report: Report) -> Iterator[ReadItem]:
        """Every sequence."""
        return read(tree, report, segmented=True)
