"""DOTA: one text file a picture, eight numbers, label class and difficulty a line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from tongguan.catalog.formats import shapes
from tongguan.catalog.formats.base import ReadItem, Report, Sink, Sniff, Tree, WriteItem, WriteOptions
from tongguan.catalog.formats.beside import Layout, Size, read_beside
from tongguan.catalog.formats.marks import ItemMarks, number
from tongguan.catalog.formats.output import plain, side_path, without_suffix
from tongguan.catalog.formats.sniffing import matching, sniff_heads
from tongguan.catalog.formats.text import read_lines
from tongguan.catalog.formats.writing import Describes, Writing
from tongguan.catalog.labels.base import LabelRecord
from tongguan.catalog.labels.polygon import PolygonLabel
from tongguan.catalog.labels.rotated_box import RotatedBoxLabel

LINE = re.compile(rb"^\s*(?:-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?\s+){8}\S+\s+[012]\s*$")
HEADS = (b"imagesource", b"gsd")
LAYOUT = Layout(("labeltxt", "labels", "annotations", "annfiles"), ("images", "Images", "image"), suffix=".png")


class DotaFormat(Describes):
    """Contract of `Format` for `dota`. Four corners that are no rectangle are read as a polygon."""

    id = "dota"
    title = "DOTA"
    kinds = frozenset({"rotated_box"})
    keeps = frozenset({"sides", "empty", "unlabelled", "names"})

    def sniff(self, tree: Tree) -> Sniff:
        """Text files of eight numbers, a name and a difficulty a line."""
        return sniff_heads(tree, {".txt"}, _fits, "eight numbers, a name and a difficulty a line, as DOTA has")

    def read(self, tree: Tree, report: Report) -> Iterator[ReadItem]:
        """The item of each text file, then the other pictures."""
        files = matching(tree, {".txt"}, lambda head, path: _fits(head, path) or not head.strip())
        return read_beside(tree, report, files, LAYOUT, _read)

    def write(self, items: Iterable[WriteItem], sink: Sink, options: WriteOptions, report: Report) -> None:
        """SIDE/images and SIDE/labelTxt."""
        out = Writing(self, sink, options, report)
        for item in items:
            begun = out.begin(item, lambda name, item=item: side_path("", item, f"images/{name}"))  # type: ignore[misc]
            if begun is None:
                continue
            name, labels = begun
            if labels is None:
                continue
            rows = [row for label in labels if (row := _row(label, item, out)) is not None]
            if rows or not labels:
                out.text(side_path("", item, f"labelTxt/{without_suffix(name)}.txt"), "".join(rows))
        out.finish()


def _fits(head: bytes, path: str) -> bool:
    lines = [line for line in head.split(b"\n")[:6] if line.strip() and not line.lstrip().startswith(HEADS)]
    if len(head) >= 4096 and len(lines) > 1:
        lines.pop()
    return bool(lines) and all(LINE.match(line) for line in lines)


def _read(tree: Tree, path: str, size: Size, marks: ItemMarks) -> None:
    for at, line in read_lines(tree, path):
        words = line.split()
        if not words or words[0].encode().startswith(HEADS):
            continue
        if len(words) < 9:
            marks.refuse("rotated_box", f"{path} line {at}: not eight numbers and a name")
            continue
        corners = shapes.pairs([number(word) for word in words[:8]])
        difficult = number(words[9]) if len(words) > 9 else 0
        given = {"difficult": True if difficult == 1 else difficult} if difficult else {}
        shape = shapes.rotated_box_of(corners) if shapes.is_rectangle(corners) else shapes.polygon(corners)
        marks.add(words[8], shape, given)


def _row(label: LabelRecord, item: WriteItem, out: Writing) -> str | None:
    if re.search(r"\s", label.label):
        out.refuse(item, label, "a name in DOTA holds no white space")
        return None
    if isinstance(label, RotatedBoxLabel):
        corners = shapes.corners_of(label.cx, label.cy, label.width, label.height, label.angle)
    elif isinstance(label, PolygonLabel):
        corners = list(label.points)
    else:
        return None
    said = label.attributes.get("difficult")
    difficult = 1 if said is True else 2 if said == 2 else 0
    out.done(label, frozenset({"difficult"}))
    return " ".join((*(plain(value) for value in shapes.flat(corners)), label.label, str(difficult))) + "\n"
