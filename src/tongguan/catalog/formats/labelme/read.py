"""Reading LabelMe: a JSON a picture (the desktop program, X-AnyLabeling), or an XML a picture (the web tool of MIT)."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import partial
from typing import Any

from tongguan.catalog.formats import shapes
from tongguan.catalog.formats.base import ReadError, ReadItem, Report, Sniff, Tree
from tongguan.catalog.formats.gather import Entry, Places, gather
from tongguan.catalog.formats.jsonio import parse
from tongguan.catalog.formats.labelme.xml import is_mask_file, is_xml, xml_entry
from tongguan.catalog.formats.marks import ItemMarks, clean_attributes, number
from tongguan.catalog.formats.masks import mask_of_png
from tongguan.catalog.formats.paths import folder_of, join, side_of_folders, stem_of
from tongguan.catalog.formats.pictures import PictureIndex
from tongguan.catalog.formats.sniffing import members_of, sniff_heads
from tongguan.catalog.formats.text import read_bytes, read_head
from tongguan.catalog.labels.base import AttributeValue

LABEL_FOLDERS = ("annotations", "annotation", "labels", "json", "jsons", "labelme")
PICTURE_FOLDERS = ("images", "Images", "JPEGImages", "image", "img")
_KINDS = {
    "rectangle": "box",
    "polygon": "polygon",
    "rotation": "rotated_box",
    "line": "polyline",
    "linestrip": "polyline",
    "point": "points",
    "points": "points",
    "circle": "ellipse",
    "mask": "mask",
}


def is_json(head: bytes, path: str) -> bool:
    """Shapes and the picture's name at the top. The picture itself may follow as text."""
    return head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{") and (
        (b'"shapes"' in head and (b'"imagePath"' in head or b'"version"' in head or b'"flags"' in head))
        or (b'"imagePath"' in head and b'"imageData"' in head)
    )


def _fits(head: bytes, path: str) -> bool:
    return is_xml(head, path) if path.lower().endswith(".xml") else is_json(head, path)


def sniff(tree: Tree) -> Sniff:
    """JSON files with shapes and imagePath, or XML files of the web tool."""
    found = [sniff_heads(tree, {suffix}, _fits, "a label file of LabelMe", size=65536) for suffix in (".json", ".xml")]
    return max(found, key=lambda one: one.score)


def read(tree: Tree, report: Report) -> Iterator[ReadItem]:
    """Every label file, then pictures without one."""
    places = Places(PictureIndex(path for path in tree.list() if not is_mask_file(path)))
    files = [path for path in members_of(tree, {".json", ".xml"}) if _fits(read_head(tree, path), path)]
    return gather(tree, report, _entries(tree, files, places, report), hidden=is_mask_file)


def _entries(tree: Tree, files: list[str], places: Places, report: Report) -> Iterator[Entry]:
    for path in files:
        try:
            if path.lower().endswith(".xml"):
                yield xml_entry(tree, path, places)
            else:
                yield _json_entry(tree, path, places)
        except ReadError as error:
            report.refuse(path, "file", str(error))


def _json_entry(tree: Tree, path: str, places: Places) -> Entry:
    raw = parse(read_bytes(tree, path), path)
    if not isinstance(raw, dict) or not isinstance(raw.get("shapes"), list):
        raise ReadError(f"{path}: no list `shapes` at the top")
    called = str(raw.get("imagePath") or "").replace("\\", "/")
    base = called.rpartition("/")[2]
    picture = places.across(path, stem_of(path), LABEL_FOLDERS, PICTURE_FOLDERS)
    if picture is None and base:
        picture = places.pictures.first_known([join(folder_of(path), base)]) or places.pictures.anywhere(base)
    name = picture or join(folder_of(path), base or stem_of(path) + ".jpg")
    width, height = (_whole(raw.get(key)) for key in ("imageWidth", "imageHeight"))
    fill = partial(_fill, raw, path)
    return Entry(name, path, fill, width, height, side_of_folders(path), path=picture)


def _whole(value: object) -> int | None:
    size = number(value)
    return int(size) if 0 < size < 1e7 else None


def _fill(raw: dict[str, Any], path: str, marks: ItemMarks) -> None:
    flags = raw.get("flags")
    for name, on in flags.items() if isinstance(flags, dict) else ():
        if on is True:
            marks.class_(str(name))
    size = _whole(raw.get("imageWidth")), _whole(raw.get("imageHeight"))
    for at, shape in enumerate(raw["shapes"]):
        if not isinstance(shape, dict):
            marks.refuse("box", f"{path}: shapes[{at}] is no object")
            continue
        kind = str(shape.get("shape_type") or "polygon")
        if kind not in _KINDS:
            marks.unsupported("item", f"a shape of type {kind[:40]} is not read")
            continue
        _add(shape, kind, size, marks)


def _add(raw: dict[str, Any], kind: str, size: tuple[int | None, int | None], marks: ItemMarks) -> None:
    label = raw.get("label")
    name = label if isinstance(label, str) else str(label or "")
    score = number(raw.get("score"))
    good = score if 0 <= score <= 1 else None
    try:
        shape = _shape(raw, kind, size)
    except shapes.Unreadable as error:
        marks.refuse(_KINDS[kind], f"{kind}: {error}")
        return
    if shape[0] == "box":
        marks.box(name, tuple(shape[1].values()), attributes(raw), good)
    else:
        marks.add(name, shape, attributes(raw), good)


def attributes(raw: dict[str, Any]) -> dict[str, AttributeValue]:
    """Attributes (X-AnyLabeling), flags, group and description where they are set."""
    found = clean_attributes(raw.get("attributes"))
    found |= clean_attributes(raw.get("flags"))
    group = number(raw.get("group_id"))
    if group == group:
        found["group_id"] = group
    for key in ("difficult",):
        if raw.get(key) is True:
            found[key] = True
    if raw.get("description"):
        found["description"] = str(raw["description"])
    return found


def _shape(raw: dict[str, Any], kind: str, size: tuple[int | None, int | None]) -> shapes.Shape:
    places = shapes.point_list(raw.get("points"))
    if kind == "rectangle":
        if len(places) not in (2, 4):
            raise shapes.Unreadable(f"{len(places)} points; a rectangle has two or four")
        return shapes.box(*shapes.bounds_of(places)) if _finite(places) else shapes.box(*[math.nan] * 4)
    if kind == "rotation":
        return shapes.rotated_box_of(places)
    if kind == "polygon":
        return shapes.polygon(places)
    if kind in ("line", "linestrip"):
        return shapes.polyline(places)
    if kind in ("point", "points"):
        return shapes.points(places)
    if len(places) != 2:
        raise shapes.Unreadable(f"{len(places)} points; two are needed")
    if kind == "circle":
        radius = shapes.distance(*places)
        return shapes.ellipse(*places[0], radius, radius)
    if size[0] is None or size[1] is None:
        raise shapes.Unreadable("the file does not say the size of the picture")
    return mask_of_png(str(raw.get("mask") or ""), places[0], (size[0], size[1]))


def _finite(places: list[shapes.Point]) -> bool:
    return all(math.isfinite(value) for place in places for value in place)
