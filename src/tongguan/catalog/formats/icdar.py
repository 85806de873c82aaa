"""ICDAR: text in scenes. One text file a picture: corners and transcription (2015), or a box and a word (2013)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from tongguan.catalog.formats import shapes
from tongguan.catalog.formats.base import ReadItem, Report, Sink, Sniff, Tree, WriteItem, WriteOptions
from tongguan.catalog.formats.beside import Layout, Size, read_beside
from tongguan.catalog.formats.marks import ItemMarks, number
from tongguan.catalog.formats.output import edges, plain, side_path, without_suffix
from tongguan.catalog.formats.paths import join, stem_of
from tongguan.catalog.formats.sniffing import matching, sniff_heads
from tongguan.catalog.formats.text import read_lines
from tongguan.catalog.formats.writing import Describes, Writing
from tongguan.catalog.labels.base import LabelRecord
from tongguan.catalog.labels.box import BoxLabel
from tongguan.catalog.labels.polygon import PolygonLabel

_NUMBER = rb"-?\d+(?:\.\d+)?"
CORNERS = re.compile(rb"^\xef?\xbb?\xbf?\s*(?:" + _NUMBER + rb"\s*,\s*){8,}.*$")
WORD = re.compile(rb"^\xef?\xbb?\xbf?\s*(?:" + _NUMBER + rb"[\s,]+){4}\"[^\"]*\"\s*$")
LABEL = "text"
UNREADABLE = "###"
NOT_ASCII = frozenset({"\n", "\r"})


def _stem(path: str) -> str:
    return re.sub(r"^gt_", "", stem_of(path))


LAYOUT = Layout(
    ("gt", "labels", "annotations", "train_gts", "test_gts"), ("images", "Images", "image", "img", ""), _stem
)


class IcdarFormat(Describes):
    """Contract of `Format` for `icdar`: everything is text; the transcription is an attribute, ### is unreadable."""

    id = "icdar"
    title = "ICDAR"
    kinds = frozenset({"box", "polygon"})
    keeps = frozenset({"sides", "empty", "unlabelled", "names"})
    only_labels = (LABEL,)

    def sniff(self, tree: Tree) -> Sniff:
        """gt_*.txt with corners and a transcription, or with a box and a word in quotes."""
        return sniff_heads(tree, {".txt"}, _fits, "corners and a transcription a line, as ICDAR has")

    def read(self, tree: Tree, report: Report) -> Iterator[ReadItem]:
        """The item of each text file, then the other pictures."""
        files = matching(tree, {".txt"}, lambda head, path: _fits(head, path) or not head.strip())
        return read_beside(tree, report, files, LAYOUT, _read)

    def write(self, items: Iterable[WriteItem], sink: Sink, options: WriteOptions, report: Report) -> None:
        """images/SIDE and gt/SIDE/gt_NAME.txt."""
        out = Writing(self, sink, options, report)
        for item in items:
            begun = out.begin(item, lambda name, item=item: side_path("images", item, name))  # type: ignore[misc]
            if begun is None:
                continue
            name, labels = begun
            if labels is None:
                continue
            rows = [row for label in labels if (row := _row(label, item, out)) is not None]
            if rows or not labels:
                folder, _, base = without_suffix(name).rpartition("/")
                out.text(side_path("gt", item, join(folder, f"gt_{base}.txt")), "".join(rows))
        out.finish()


def _fits(head: bytes, path: str) -> bool:
    lines = [line for line in head.split(b"\n")[:6] if line.strip()]
    if len(head) >= 4096 and len(lines) > 1:
        lines.pop()
    return bool(lines) and all(CORNERS.match(line) or WORD.match(line) for line in lines)


def _read(tree: Tree, path: str, size: Size, marks: ItemMarks) -> None:
    for at, line in read_lines(tree, path):
        line = line.lstrip("\ufeff")
        if not line.strip():
            continue
        quoted = re.fullmatch(r'\s*((?:[-\d.]+[\s,]+){4})"(.*)"\s*', line)
        if quoted:
            left, top, right, bottom = (number(word) for word in re.split(r"[\s,]+", quoted.group(1).strip(" ,")))
            marks.box(LABEL, (left, top, right - left, bottom - top), _given(quoted.group(2)))
            continue
        words = line.split(",")
        count = next((count for count, word in enumerate(words) if number(word) != number(word)), len(words) - 1)
        count = min(count - count % 2, 8 if count < 10 else count)
        if count < 8:
            marks.refuse("polygon", f"{path} line {at}: not four corners and a transcription")
            continue
        places = shapes.pairs([number(word) for word in words[:count]])
        marks.add(LABEL, shapes.polygon(places), _given(",".join(words[count:])))


def _given(text: str) -> dict[str, str | bool | float | list[str]]:
    return {"unreadable": True} if text == UNREADABLE else {"transcription": text} if text else {}


def _row(label: LabelRecord, item: WriteItem, out: Writing) -> str | None:
    if label.label != LABEL:
        out.refuse(item, label, f"ICDAR holds one label class, {LABEL!r}")
        return None
    text = UNREADABLE if label.attributes.get("unreadable") is True else str(label.attributes.get("transcription", ""))
    if NOT_ASCII & set(text) or ('"' in text and isinstance(label, BoxLabel)):
        out.refuse(item, label, "the transcription holds a line break or a quote, which the line cannot")
        return None
    if isinstance(label, BoxLabel):
        row = ", ".join(plain(value) for value in edges(label, out.options.round)) + f', "{text}"\n'
    elif isinstance(label, PolygonLabel) and len(label.points) >= 4 and not label.holes and not label.others:
        row = ",".join(plain(value) for value in shapes.flat(label.points)) + f",{text}\n"
    else:
        out.refuse(item, label, "an outline of ICDAR has at least four corners, and neither holes nor parts")
        return None
    out.done(label, frozenset({"transcription", "unreadable"}))
    return row
