"""One CVAT element is one label: its shape, and its attributes by the types that the head of the file declares."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tongguan.catalog.formats import shapes
from tongguan.catalog.formats.base import Report
from tongguan.catalog.formats.marks import ItemMarks, number
from tongguan.catalog.formats.masks import mask_of_rows
from tongguan.catalog.formats.text import name_problem
from tongguan.catalog.labels.base import AttributeValue

_KINDS = {"cuboid": "cuboid", "polygon": "polygon", "polyline": "polyline", "points": "points", "mask": "mask"}


class Meta:
    """What the head of a file says: label classes in order, types of attributes, the video's name and size."""

    def __init__(self) -> None:
        self.classes: list[str] = []
        self.types: dict[tuple[str, str], str] = {}
        self.source = ""
        self.video = False
        self.size: tuple[int, int] | None = None

    def take(self, element: Any, path: str, report: Report) -> None:
        """Adds what <meta> says."""
        for label in element.iter("label"):
            name = label.findtext("name") or ""
            if name_problem(name):
                report.refuse(path, "file", f"{path}: a <label> without a usable name")
                continue
            if name not in self.classes and label.findtext("parent") is None:
                self.classes.append(name)
            for attribute in label.iter("attribute"):
                self.types[name, attribute.findtext("name") or ""] = attribute.findtext("input_type") or ""
        self.source = element.findtext("source") or element.findtext("task/source") or ""
        self.video = element.findtext("task/mode") == "interpolation" and bool(self.source)
        width, height = (number(element.findtext(f".//original_size/{side}")) for side in ("width", "height"))
        if width > 0 and height > 0:
            self.size = int(width), int(height)


def fill(elements: Sequence[Any], meta: Meta, size: tuple[int, int] | None, marks: ItemMarks) -> None:
    """All labels of one <image>."""
    for element in elements:
        label = element.get("label") or ""
        given = attributes(element, label, meta)
        if element.tag == "tag":
            marks.class_(label, given)
            continue
        if element.tag not in _READERS and element.tag != "mask":
            kind = _KINDS.get(element.tag, "item")
            marks.unsupported(kind, f"CVAT <{element.tag}> is not read, and not flattened into another kind")
            continue
        try:
            shape = shape_of(element, size)
        except shapes.Unreadable as error:
            marks.refuse(_KINDS.get(element.tag, element.tag), f"<{element.tag}>: {error}")
            continue
        if shape[0] == "box":
            marks.box(label, tuple(shape[1].values()), given)
        else:
            marks.add(label, shape, given)


def shape_of(element: Any, size: tuple[int, int] | None) -> shapes.Shape:
    """The shape of an element in a picture of width x height. Unreadable when its numbers are none."""
    if element.tag == "mask":
        counts = [number(text) for text in (element.get("rle") or "").split(",")]
        return mask_of_rows(counts, _numbers(element, "left", "top", "width", "height"), size)
    return _READERS[element.tag](element)


def attributes(element: Any, label: str, meta: Meta) -> dict[str, AttributeValue]:
    """<attribute> children by their declared type; `occluded`, `z_order` and `group_id` where they are set."""
    found: dict[str, AttributeValue] = {}
    if element.get("occluded") == "1":
        found["occluded"] = True
    for key in ("z_order", "group_id"):
        value = number(element.get(key))
        if value == value and value != 0:
            found[key] = value
    for child in element.iter("attribute"):
        key, text = child.get("name") or "", child.text or ""
        kind = meta.types.get((label, key), "")
        value = number(text)
        if kind == "checkbox":
            found[key] = text.strip().lower() == "true"
        else:
            found[key] = value if kind == "number" and value == value else text
    found.pop("", None)
    return found


def _numbers(element: Any, *keys: str) -> list[float]:
    return [number(element.get(key)) for key in keys]


def points_of(text: str | None) -> list[shapes.Point]:
    """ "x,y;x,y" as points."""
    found: list[shapes.Point] = []
    for pair in (text or "").split(";"):
        x, comma, y = pair.partition(",")
        if not comma:
            raise shapes.Unreadable(f"{pair[:40]!r} is not x,y")
        found.append((number(x), number(y)))
    return found


def _box(element: Any) -> shapes.Shape:
    left, top, right, bottom = _numbers(element, "xtl", "ytl", "xbr", "ybr")
    turn = number(element.get("rotation", "0"))
    if turn % 360 == 0:
        return shapes.box(left, top, right - left, bottom - top)
    return shapes.rotated_box((left + right) / 2, (top + bottom) / 2, right - left, bottom - top, turn)


def _ellipse(element: Any) -> shapes.Shape:
    cx, cy, rx, ry = _numbers(element, "cx", "cy", "rx", "ry")
    return shapes.ellipse(cx, cy, rx, ry, number(element.get("rotation", "0")))


def _skeleton(element: Any) -> shapes.Shape:
    places = []
    for at, child in enumerate(element.findall("points")):
        ((x, y),) = points_of(child.get("points"))[:1]
        outside, hidden = child.get("outside") == "1", child.get("occluded") == "1"
        places.append((child.get("label") or str(at), x, y, 0 if outside else 1 if hidden else 2))
    return shapes.skeleton(places)


_READERS = {
    "box": _box,
    "polygon": lambda element: shapes.polygon(points_of(element.get("points"))),
    "polyline": lambda element: shapes.polyline(points_of(element.get("points"))),
    "points": lambda element: shapes.points(points_of(element.get("points"))),
    "ellipse": _ellipse,
    "skeleton": _skeleton,
}
