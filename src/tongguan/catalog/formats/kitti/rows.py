"""One row of a KITTI label file: a box in the picture, and where it is known the box in space."""

from __future__ import annotations

import math
import re

from tongguan.catalog.formats import shapes
from tongguan.catalog.formats.base import Tree, WriteItem
from tongguan.catalog.formats.beside import Size
from tongguan.catalog.formats.marks import ItemMarks, number
from tongguan.catalog.formats.output import edges, plain
from tongguan.catalog.formats.text import read_lines
from tongguan.catalog.formats.writing import Writing
from tongguan.catalog.labels.base import AttributeValue, LabelRecord
from tongguan.catalog.labels.box import BoxLabel
from tongguan.catalog.labels.cuboid import CuboidLabel

OWN = frozenset({"truncated", "occluded", "alpha", "bbox"})
_NUMBER = rb"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
LINE = re.compile(rb"^\S+(?:[ \t]+" + _NUMBER + rb"){14,15}\s*$")


def is_label_file(head: bytes, path: str) -> bool:
    """A name and 14 or 15 numbers a line."""
    lines = [line for line in head.split(b"\n")[:6] if line.strip()]
    if len(head) >= 4096 and len(lines) > 1:
        lines.pop()
    return bool(lines) and all(LINE.match(line) for line in lines)


def read_rows(tree: Tree, path: str, size: Size, marks: ItemMarks) -> None:
    """Adds the labels of one file."""
    for at, line in read_lines(tree, path):
        words = line.split()
        if not words:
            continue
        if len(words) not in (15, 16):
            marks.refuse("box", f"{path} line {at}: {len(words)} words; a name and 14 numbers, and a score may follow")
            continue
        _row(words[0], [number(word) for word in words[1:]], marks)


def _row(label: str, values: list[float], marks: ItemMarks) -> None:
    truncated, occluded, alpha, left, top, right, bottom = values[:7]
    height, width, length, x, y, z, turn = values[7:14]
    given: dict[str, AttributeValue] = {}
    for key, value, unknown in (("truncated", truncated, 0), ("occluded", occluded, 0), ("alpha", alpha, -10)):
        if math.isfinite(value) and value not in (unknown, -1):
            given[key] = value
    score = values[14] if len(values) == 15 and 0 <= values[14] <= 1 else None
    if min(height, width, length) <= 0 or z <= -1000:
        marks.box(label, (left, top, right - left, bottom - top), given, score)
        return
    if right > left or bottom > top:
        given["bbox"] = [plain(value) for value in (left, top, right, bottom)]
    marks.add(label, cuboid_of((height, width, length), (x, y, z), turn), given, score)


def cuboid_of(size: tuple[float, float, float], place: tuple[float, float, float], turn: float) -> shapes.Shape:
    """From the camera's frame (x right, y down, z forward; the place is the bottom's middle) to z up, x forward."""
    height, width, length = size
    x, y, z = place
    yaw = math.remainder(-turn - math.pi / 2, 2 * math.pi)
    fields = {"x": z, "y": -x, "z": -y + height / 2, "length": length, "width": width, "height": height, "yaw": yaw}
    return "cuboid", fields


def row_of(label: LabelRecord, item: WriteItem, out: Writing) -> str | None:
    """One line; None when the label is refused."""
    if re.search(r"\s", label.label):
        out.refuse(item, label, "a name in KITTI holds no white space")
        return None
    if isinstance(label, CuboidLabel) and (label.pitch or label.roll):
        out.refuse(item, label, "a box in space of KITTI turns about the upright axis only")
        return None
    given = label.attributes
    truncated, occluded, alpha = (
        _float(given.get(key), default) for key, default in (("truncated", 0.0), ("occluded", 0.0), ("alpha", -10.0))
    )
    head = f"{label.label} {truncated:.2f} {int(occluded)} {plain(alpha)}"
    tail = f" {label.score!r}" if label.score is not None else ""
    out.done(label, OWN)
    if isinstance(label, BoxLabel):
        places = " ".join(plain(value) for value in edges(label, out.options.round))
        return f"{head} {places} -1 -1 -1 -1000 -1000 -1000 -10{tail}\n"
    assert isinstance(label, CuboidLabel)  # noqa: S101  the two kinds of this format
    said = given.get("bbox")
    places = " ".join(said) if isinstance(said, list) and len(said) == 4 else "0 0 0 0"
    turn = math.remainder(-label.yaw - math.pi / 2, 2 * math.pi)
    size = f"{plain(label.height)} {plain(label.width)} {plain(label.length)}"
    place = f"{plain(-label.y)} {plain(label.height / 2 - label.z)} {plain(label.x)}"
    return f"{head} {places} {size} {place} {turn:.7f}{tail}\n"


def _float(value: AttributeValue | None, default: float) -> float:
    if isinstance(value, bool):
        return 1.0 if value else 0.0
    return value if isinstance(value, float) else default
