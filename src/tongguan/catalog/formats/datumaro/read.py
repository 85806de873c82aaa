"""Reading Datumaro's own JSON: annotations/SIDE.json, items one by one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from tongguan.catalog.formats import shapes
from tongguan.catalog.formats.base import ReadError, ReadItem, Report, Sniff, Tree
from tongguan.catalog.formats.gather import Entry, gather
from tongguan.catalog.formats.json_stream import EMPTY, walk
from tongguan.catalog.formats.marks import ItemMarks, clean_attributes, number
from tongguan.catalog.formats.masks import mask_of_rle
from tongguan.catalog.formats.paths import folder_of, join, side_of_stem, stem_of
from tongguan.catalog.formats.sniffing import matching, sniff_heads
from tongguan.catalog.formats.text import name_problem

_KINDS = {
    "label": "class",
    "bbox": "box",
    "rotated_bbox": "rotated_box",
    "polygon": "polygon",
    "polyline": "polyline",
    "points": "points",
    "skeleton": "skeleton",
    "ellipse": "ellipse",
    "mask": "mask",
    "caption": "text_answer",
    "cuboid_3d": "cuboid",
    "cuboid_2d": "cuboid",
    "feature_vector": "item",
}


def is_datumaro(head: bytes, path: str) -> bool:
    """Categories and items at the top, and no images."""
    body = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    return (
        body.startswith(b"{")
        and b'"categories"' in body
        and (b'"label_groups"' in body or b'"infos"' in body or b'"items"' in body)
        and b'"images"' not in body
    )


def sniff(tree: Tree) -> Sniff:
    """JSON files with categories and items."""
    return sniff_heads(tree, {".json"}, is_datumaro, "a JSON of Datumaro (categories, items)", one_is_enough=True)


class Known:
    """Label classes by number, and for skeletons the names of their points."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.points: dict[int, list[str]] = {}
        self.joints: dict[int, list[tuple[str, str]]] = {}

    def take(self, raw: object, path: str, report: Report) -> None:
        """Adds what `categories` says."""
        part = raw.get("label") if isinstance(raw, dict) else None
        for at, entry in enumerate(part.get("labels") or [] if isinstance(part, dict) else []):
            name = entry.get("name") if isinstance(entry, dict) else None
            problem = name_problem(name)
            if problem:
                report.refuse(path, "file", f"{path}: categories.label.labels[{at}]: {problem}")
            self.names.append(str(name) if not problem else "")
        points = raw.get("points") if isinstance(raw, dict) else None
        for entry in points.get("items") or [] if isinstance(points, dict) else []:
            if isinstance(entry, dict) and isinstance(entry.get("label_id"), int):
                names = [str(name) for name in entry.get("labels") or []]
                self.points[entry["label_id"]] = names
                self.joints[entry["label_id"]] = [
                    (names[a - 1], names[b - 1])
                    for a, b in entry.get("joints") or []
                    if isinstance(a, int) and isinstance(b, int) and 0 < a <= len(names) and 0 < b <= len(names)
                ]

    def name(self, number_: object) -> str | None:
        """The label class of a number, None when it is not among the categories."""
        if isinstance(number_, int) and not isinstance(number_, bool) and 0 <= number_ < len(self.names):
            return self.names[number_]
        return None


def read(tree: Tree, report: Report) -> Iterator[ReadItem]:
    """Every item of every file, then pictures that no file names."""
    files = matching(tree, {".json"}, is_datumaro)
    known: dict[str, Known] = {}
    for path in files:
        known[path] = Known()
        try:
            for key, value in walk(tree, path, ("items",)):
                if key == "categories":
                    known[path].take(value, path, report)
                    break
        except ReadError:
            pass  # said again, and refused, when the items are read
        report.classes.extend(name for name in known[path].names if name and name not in report.classes)
    return gather(tree, report, (entry for path in files for entry in _entries(tree, path, known[path])))


def _entries(tree: Tree, path: str, known: Known) -> Iterator[Entry]:
    said = side_of_stem(stem_of(path))
    for at, (key, item) in enumerate(walk(tree, path, ("items",))):
        if key != "items" or item is EMPTY:
            continue
        if not isinstance(item, dict):
            yield Entry("", f"{path}: items[{at}]", None)
            continue
        found = [item[word] for word in ("image", "media", "point_cloud") if isinstance(item.get(word), dict)]
        media: dict[str, Any] = found[0] if found else {}
        size = media.get("size")
        height, width = size if isinstance(size, list) and len(size) == 2 else (None, None)
        identity = str(item.get("id") or "")
        called = str(media.get("path") or "") or f"{identity}.jpg"
        kind = "point_cloud" if "point_cloud" in item else "image"
        yield Entry(
            called if called.rpartition("/")[0] or not identity else join(folder_of(identity), called),
            path,
            partial(_fill, item.get("annotations"), known, path),
            width if isinstance(width, int) else None,
            height if isinstance(height, int) else None,
            said[0] if said else None,
            media=kind,
        )


def _fill(raw: object, known: Known, path: str, marks: ItemMarks) -> None:
    for entry in raw if isinstance(raw, list) else []:
        if not isinstance(entry, dict):
            marks.refuse("item", f"{path}: an annotation of {marks.item} is no object")
            continue
        type_ = str(entry.get("type"))
        kind = _KINDS.get(type_, "item")
        label = known.name(entry.get("label_id"))
        if type_ == "caption":
            marks.add("caption", ("text_answer", {"text": str(entry.get("caption") or "")}))
        elif label is None:
            marks.refuse(kind, f"label_id {str(entry.get('label_id'))[:40]} is not among the categories")
        else:
            _add(entry, type_, kind, label, known, marks)


def _add(entry: dict[str, Any], type_: str, kind: str, label: str, known: Known, marks: ItemMarks) -> None:
    given = clean_attributes(entry.get("attributes"))
    score = number(given.get("score"))
    confidence = score if 0 <= score <= 1 else None
    if confidence is not None:
        given.pop("score")
    for key in ("group", "z_order"):
        if number(entry.get(key)) > 0:
            given[key] = number(entry.get(key))
    identity = str(entry.get("id") or "")
    if type_ == "label":
        marks.class_(label, given, confidence, identity)
        return
    make = _SHAPES.get(type_)
    if type_ == "skeleton":
        number_ = entry["label_id"]
        make = partial(_skeleton, names=known.points.get(number_, []), joints=known.joints.get(number_, []))
    if make is None:
        marks.unsupported(kind, f"an annotation of type {type_[:40]} is not read, and not flattened")
        return
    try:
        shape = make(entry)
    except shapes.Unreadable as error:
        marks.refuse(kind, f"{type_}: {error}")
        return
    if shape[0] == "box":
        marks.box(label, tuple(shape[1].values()), given, confidence, identity)
    else:
        marks.add(label, shape, given, confidence, identity)


def _numbers(raw: object, count: int | None = None) -> list[float]:
    if not isinstance(raw, list) or (count is not None and len(raw) != count):
        raise shapes.Unreadable(f"not a list of {count or 'many'} numbers")
    return [number(value) for value in raw]


def _points(entry: dict[str, Any]) -> list[shapes.Point]:
    return shapes.pairs(_numbers(entry.get("points")))


def _ellipse(entry: dict[str, Any]) -> shapes.Shape:
    left, top, right, bottom = _numbers(entry.get("points"), 4)
    return shapes.ellipse((left + right) / 2, (top + bottom) / 2, (right - left) / 2, (bottom - top) / 2)


def _skeleton(entry: dict[str, Any], names: list[str], joints: list[tuple[str, str]]) -> shapes.Shape:
    places = []
    for at, part in enumerate(entry.get("elements") or []):
        x, y = _numbers(part.get("points") if isinstance(part, dict) else None, 2)
        seen = part.get("visibility")
        visible = seen[0] if isinstance(seen, list) and seen and seen[0] in (0, 1, 2) else 2
        places.append((names[at] if at < len(names) else str(at), x, y, visible))
    return shapes.skeleton(places, joints)


def _mask(entry: dict[str, Any]) -> shapes.Shape:
    rle = entry.get("rle")
    if not isinstance(rle, dict):
        raise shapes.Unreadable("no `rle`")
    return mask_of_rle(rle.get("counts"), rle.get("size"))


_SHAPES: dict[str, Callable[[dict[str, Any]], shapes.Shape]] = {
    "bbox": lambda entry: shapes.box(*_numbers(entry.get("bbox"), 4)),
    "rotated_bbox": lambda entry: shapes.rotated_box(*_numbers(entry.get("points"), 5)),
    "polygon": lambda entry: shapes.polygon(_points(entry)),
    "polyline": lambda entry: shapes.polyline(_points(entry)),
    "points": lambda entry: shapes.points(_points(entry)),
    "ellipse": _ellipse,
    "mask": _mask,
}
