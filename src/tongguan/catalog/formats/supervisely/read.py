"""Reading Supervisely: meta.json of a project, and a JSON for each picture or point cloud of a data set."""

from __future__ import annotations

import base64
import binascii
import zlib
from collections.abc import Iterator
from functools import partial
from typing import Any

from tongguan.catalog.formats import shapes
from tongguan.catalog.formats.base import ReadError, ReadItem, Report, Sniff, Tree
from tongguan.catalog.formats.gather import Entry, gather
from tongguan.catalog.formats.jsonio import parse
from tongguan.catalog.formats.marks import ItemMarks, number
from tongguan.catalog.formats.masks import numbers_of_png, placed
from tongguan.catalog.formats.paths import folder_of, join, side_of_folders, stem_of, suffix_of
from tongguan.catalog.formats.sniffing import matching
from tongguan.catalog.formats.text import name_problem, read_bytes
from tongguan.catalog.labels.base import AttributeValue

KINDS = {
    "rectangle": "box",
    "polygon": "polygon",
    "line": "polyline",
    "point": "points",
    "bitmap": "mask",
    "graph": "skeleton",
    "cuboid_3d": "cuboid",
    "cuboid": "cuboid",
    "point_cloud": "point_segment",
}
CLOUDS = frozenset({".pcd", ".ply", ".bin", ".las"})
LARGEST = 2**30


def is_annotation(head: bytes, path: str) -> bool:
    """A JSON in a folder `ann` that names objects."""
    return "/ann/" in "/" + path and b'"objects"' in head and (b'"size"' in head or b'"figures"' in head)


def sniff(tree: Tree) -> Sniff:
    """meta.json with classes, and JSON in folders `ann`."""
    found = [path for path in tree.list() if "/ann/" in "/" + path and suffix_of(path) == ".json"][:20]
    fit = matching_of(tree, found)
    meta = any(path.rpartition("/")[2] == "meta.json" for path in tree.list())
    if not fit:
        return Sniff(0.0, "no folder `ann` with JSON files of Supervisely")
    return Sniff(0.96 if meta else 0.8, f"{fit[0]} holds objects of Supervisely")


def matching_of(tree: Tree, paths: list[str]) -> list[str]:
    """Those of the paths that are annotations."""
    members = frozenset(paths)
    return [path for path in matching(tree, {".json"}, is_annotation, 65536) if path in members]


def read(tree: Tree, report: Report) -> Iterator[ReadItem]:
    """Every picture or point cloud with an annotation, then the other pictures of `img`."""
    for path in tree.list():
        if path.rpartition("/")[2] == "meta.json":
            _classes(tree, path, report)
    files = matching(tree, {".json"}, is_annotation, 2**20)
    return gather(tree, report, _entries(tree, files, report), _related)


def _related(path: str) -> bool:
    """Pictures that show the scene of a point cloud."""
    return "/related_images/" in "/" + path


def _classes(tree: Tree, path: str, report: Report) -> None:
    try:
        raw = parse(read_bytes(tree, path), path)
    except ReadError as error:
        report.refuse(path, "file", str(error))
        return
    for entry in raw.get("classes") or [] if isinstance(raw, dict) else []:
        title = entry.get("title") if isinstance(entry, dict) else None
        if not name_problem(title) and title not in report.classes:
            report.classes.append(str(title))


def _entries(tree: Tree, files: list[str], report: Report) -> Iterator[Entry]:
    members = frozenset(tree.list())
    for path in files:
        try:
            raw = parse(read_bytes(tree, path), path)
        except ReadError as error:
            report.refuse(path, "file", str(error))
            continue
        if not isinstance(raw, dict):
            report.refuse(path, "file", f"{path}: no object at the top")
            continue
        called = stem_of(path)
        before, _, inside = path.rpartition("/ann/") if "/ann/" in path else ("", "", path.removeprefix("ann/"))
        inner = folder_of(inside)
        media = "point_cloud" if suffix_of(called) in CLOUDS or "figures" in raw else "image"
        folders = ("pointcloud", "point_cloud") if media == "point_cloud" else ("img", "images")
        candidates = [join(before, folder, inner, called) for folder in folders]
        found = next((name for name in candidates if name in members), None)
        said = raw.get("size")
        size = said if isinstance(said, dict) else {}
        width, height = (int(value) if (value := number(size.get(key))) > 0 else None for key in ("width", "height"))
        side = side_of_folders(path)
        fill = partial(_fill, raw, path, (width, height) if width and height else None)
        yield Entry(found or candidates[0], path, fill, width, height, side, media=media, path=found)


def _fill(raw: dict[str, Any], path: str, size: tuple[int, int] | None, marks: ItemMarks) -> None:
    for name, value in _tags(raw).items():
        marks.class_(name, {} if value is True else {"value": value})
    titles = {one.get("key"): one for one in raw.get("objects") or [] if isinstance(one, dict)}
    figures = raw.get("figures")
    for at, one in enumerate(raw.get("objects") or [] if not isinstance(figures, list) else figures):
        owner = titles.get(one.get("objectKey")) if isinstance(figures, list) and isinstance(one, dict) else one
        if not isinstance(one, dict) or not isinstance(owner, dict):
            marks.refuse("item", f"{path}: entry {at} is no object, or belongs to none")
            continue
        type_ = str(one.get("geometryType") or "")
        if type_ not in KINDS:
            marks.unsupported("item", f"a geometry of type {type_[:40]} is not read")
            continue
        label, given = str(owner.get("classTitle") or ""), _tags(owner)
        identity = str(one.get("key") or one.get("id") or "")
        try:
            shape = shape_of(one, type_, size)
        except shapes.Unreadable as error:
            marks.refuse(KINDS[type_], f"{type_}: {error}")
            continue
        if shape[0] == "box":
            marks.box(label, tuple(shape[1].values()), given, identity=identity)
        else:
            marks.add(label, shape, given, identity=identity)


def _tags(raw: dict[str, Any]) -> dict[str, AttributeValue]:
    found: dict[str, AttributeValue] = {}
    for tag in raw.get("tags") or []:
        if isinstance(tag, dict) and isinstance(tag.get("name"), str):
            value = tag.get("value")
            if isinstance(value, (int, float)) and not isinstance(value, bool):
                value = float(value)
            found[tag["name"]] = value if isinstance(value, (str, bool, float)) else True
    return found


def shape_of(one: dict[str, Any], type_: str, size: tuple[int, int] | None) -> shapes.Shape:
    """The shape of an object. Unreadable when it is none."""
    if type_ == "bitmap":
        return _bitmap(one.get("bitmap"), size)
    if type_ == "cuboid_3d":
        return _cuboid(one.get("geometry"))
    raw = one.get("points")
    points = raw if isinstance(raw, dict) else {}
    places = shapes.point_list(points.get("exterior") or [])
    if type_ == "rectangle":
        if len(places) != 2:
            raise shapes.Unreadable(f"{len(places)} points; two are needed")
        (left, top), (right, bottom) = places
        return shapes.box(min(left, right), min(top, bottom), abs(right - left), abs(bottom - top))
    if type_ == "polygon":
        return shapes.polygon(places, [shapes.point_list(hole) for hole in points.get("interior") or []])
    if type_ == "line":
        return shapes.polyline(places)
    if type_ == "point":
        return shapes.points(places)
    raise shapes.Unreadable("this geometry is not read, and not flattened into another kind")


def _bitmap(raw: Any, size: tuple[int, int] | None) -> shapes.Shape:
    if not isinstance(raw, dict) or size is None:
        raise shapes.Unreadable("no bitmap, or the size of the picture is not known")
    try:
        packed = zlib.decompressobj()
        data = packed.decompress(base64.b64decode(str(raw.get("data") or "")), LARGEST)
    except (binascii.Error, ValueError, zlib.error) as error:
        raise shapes.Unreadable("the bitmap cannot be unpacked") from error
    origin = shapes.point_list([raw.get("origin")])
    numbers = _alpha(data)
    return placed(numbers, *origin[0], size)


def _alpha(data: bytes) -> Any:
    """RGBA of Supervisely says with its alpha what is inside; other PNG with what is not 0."""
    return numbers_of_png(data, "the bitmap") != 0


def _cuboid(raw: Any) -> shapes.Shape:
    parts = [raw.get(key) for key in ("position", "rotation", "dimensions")] if isinstance(raw, dict) else []
    if len(parts) != 3 or not all(isinstance(part, dict) for part in parts):
        raise shapes.Unreadable("no position, rotation and dimensions")
    found = [part for part in parts if isinstance(part, dict)]
    place, turn, size = ([number(part.get(axis)) for axis in ("x", "y", "z")] for part in found)
    fields = dict(zip(("x", "y", "z", "length", "width", "height"), (*place, *size), strict=True))
    return "cuboid", {**fields, "roll": turn[0], "pitch": turn[1], "yaw": turn[2]}
