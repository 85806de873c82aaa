"""WIDER FACE: one text file a side, for each picture its name, the number of faces, and a line a face."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import partial

from tongguan.catalog.formats.base import ReadItem, Report, Sink, Sniff, Tree, WriteItem, WriteOptions
from tongguan.catalog.formats.gather import Entry, gather
from tongguan.catalog.formats.marks import ItemMarks, number
from tongguan.catalog.formats.output import edges, plain
from tongguan.catalog.formats.paths import join, side_folder, side_of_stem, stem_of
from tongguan.catalog.formats.pictures import is_picture
from tongguan.catalog.formats.sniffing import matching, sniff_heads
from tongguan.catalog.formats.spool import Part
from tongguan.catalog.formats.text import read_lines
from tongguan.catalog.formats.writing import Describes, Writing
from tongguan.catalog.labels.base import AttributeValue
from tongguan.catalog.labels.box import BoxLabel

LABEL = "face"
GIVEN = ("blur", "expression", "illumination", "invalid", "occlusion", "pose")
ROW = re.compile(rb"^\s*-?\d+(?:\.\d+)?(?:\s+-?\d+(?:\.\d+)?){3,9}\s*$")


class WiderFaceFormat(Describes):
    """Contract of `Format` for `wider-face`: everything is a face."""

    id = "wider-face"
    title = "WIDER FACE"
    kinds = frozenset({"box"})
    keeps = frozenset({"sides", "empty", "names"})
    only_labels = (LABEL,)

    def sniff(self, tree: Tree) -> Sniff:
        """A picture's name, a number, and rows of ten numbers."""
        return sniff_heads(tree, {".txt"}, _fits, "a picture's name, a count and rows of numbers, as WIDER FACE has")

    def read(self, tree: Tree, report: Report) -> Iterator[ReadItem]:
        """Every picture of every list."""
        report.classes.append(LABEL)
        files = matching(tree, {".txt"}, _fits)
        return gather(tree, report, (entry for path in files for entry in _entries(tree, path)))

    def write(self, items: Iterable[WriteItem], sink: Sink, options: WriteOptions, report: Report) -> None:
        """WIDER_SIDE/images and wider_face_split/wider_face_SIDE_bbx_gt.txt."""
        out = Writing(self, sink, options, report)
        sides: dict[str, Part] = {}
        try:
            for item in items:
                side = side_folder(item.side)
                folder = f"WIDER_{side}/images" if side else "images"
                begun = out.begin(item, lambda name, folder=folder: f"{folder}/{name}")  # type: ignore[misc]
                if begun is None:
                    continue
                text = _text(item, begun[0], begun[1] or (), out)
                if text is not None:
                    sides.setdefault(side, Part(b"")).add(text.encode())
            for side, part in sorted(sides.items()):
                sink.write(
                    join("wider_face_split", f"wider_face_{side + '_' if side else ''}bbx_gt.txt"), part.chunks()
                )
                report.files += 1
        finally:
            for part in sides.values():
                part.close()
        out.finish()


def _fits(head: bytes, path: str) -> bool:
    lines = head.split(b"\n")
    if len(lines) < 3 or not is_picture(lines[0].strip().decode("utf-8", "replace")):
        return False
    return lines[1].strip().isdigit() and bool(ROW.match(lines[2]))


def _entries(tree: Tree, path: str) -> Iterator[Entry]:
    said = side_of_stem(re.sub(r"_bbx_gt$", "", stem_of(path)))
    side = said[0] if said else None
    rows: list[tuple[int, str]] = []
    name, left, empty = "", -1, False
    start = 0
    for at, line in read_lines(tree, path):
        if left < 0 and is_picture(line.strip()):
            name, start = line.strip(), at
            rows = []
            left = -2
        elif left == -2:
            count = number(line.strip())
            if not count >= 0:
                yield Entry("", f"{path} line {at}", None)
                left = -1
                continue
            # A picture without faces has one row of zeros.
            left = max(1, int(count))
            empty = count == 0
        elif left > 0:
            left -= 1
            if not empty:
                rows.append((at, line))
        if left == 0:
            yield Entry(name, f"{path} line {start}", partial(_fill, path, rows), side=side)
            left = -1


def _fill(path: str, rows: list[tuple[int, str]], marks: ItemMarks) -> None:
    for at, line in rows:
        values = [number(word) for word in line.split()]
        if len(values) < 4:
            marks.refuse("box", f"{path} line {at}: not four numbers")
            continue
        given: dict[str, AttributeValue] = {}
        for key, value in zip(GIVEN, values[4:], strict=False):
            if value:
                given[key] = value
        marks.box(LABEL, (values[0], values[1], values[2], values[3]), given)


def _text(item: WriteItem, name: str, labels: Iterable[object], out: Writing) -> str | None:
    rows = []
    lost = False
    for label in labels:
        if not isinstance(label, BoxLabel) or label.label != LABEL:
            lost = True
            if isinstance(label, BoxLabel):
                out.refuse(item, label, f"WIDER FACE holds one label class, {LABEL!r}")
            continue
        left, top, right, bottom = edges(label, out.options.round)
        given = [label.attributes.get(key) for key in GIVEN]
        more = " ".join(plain(value) if isinstance(value, float) else "0" for value in given)
        rows.append(f"{plain(left)} {plain(top)} {plain(right - left)} {plain(bottom - top)} {more}")
        out.done(label, frozenset(GIVEN))
    if lost and not rows:
        return None
    return "\n".join((name, str(len(rows)), *(rows or ["0 0 0 0 0 0 0 0 0 0"])))
