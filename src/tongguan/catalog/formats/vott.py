"""VoTT: one JSON of all assets with their regions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from hashlib import md5
from typing import Any

import orjson

from tongguan.catalog.formats import shapes
from tongguan.catalog.formats.base import ReadError, ReadItem, Report, Sink, Sniff, Tree, WriteItem, WriteOptions
from tongguan.catalog.formats.gather import Entry, gather
from tongguan.catalog.formats.json_stream import EMPTY, walk
from tongguan.catalog.formats.marks import ItemMarks, number
from tongguan.catalog.formats.output import edges, side_path
from tongguan.catalog.formats.paths import side_of_folders
from tongguan.catalog.formats.sniffing import matching, sniff_heads
from tongguan.catalog.formats.spool import Part
from tongguan.catalog.formats.text import name_problem
from tongguan.catalog.formats.writing import Describes, Writing
from tongguan.catalog.labels.base import AttributeValue, LabelRecord
from tongguan.catalog.labels.box import BoxLabel
from tongguan.catalog.labels.polygon import PolygonLabel
from tongguan.catalog.labels.polyline import PolylineLabel

NOT_VISITED, VISITED, TAGGED = 0, 1, 2


class VottFormat(Describes):
    """Contract of `Format` for `vott`."""

    id = "vott"
    title = "VoTT"
    kinds = frozenset({"box", "polygon", "polyline"})
    keeps = frozenset({"sides", "empty", "unlabelled", "order", "names", "any_names"})

    def sniff(self, tree: Tree) -> Sniff:
        """A JSON with assets and regions."""
        return sniff_heads(tree, {".json"}, _fits, "assets and regions of VoTT", one_is_enough=True, size=65536)

    def read(self, tree: Tree, report: Report) -> Iterator[ReadItem]:
        """Every asset, then pictures that are none."""
        files = matching(tree, {".json"}, _fits, 65536)
        for path in files:
            _classes(tree, path, report)
        return gather(tree, report, (entry for path in files for entry in _entries(tree, path)))

    def write(self, items: Iterable[WriteItem], sink: Sink, options: WriteOptions, report: Report) -> None:
        """tongguan-export.json and images/SIDE."""
        out = Writing(self, sink, options, report)
        assets = Part()
        try:
            for item in items:
                begun = out.begin(item, lambda name, item=item: side_path("images", item, name))  # type: ignore[misc]
                if begun is not None:
                    assets.add(_asset(item, side_path("images", item, begun[0]), begun[1], out))
            sink.write("tongguan-export.json", _document(assets, out))
            report.files += 1
        finally:
            assets.close()
        out.finish()


def _fits(head: bytes, path: str) -> bool:
    return (b'"assets"' in head and (b'"regions"' in head or b'"tags"' in head)) or (
        b'"asset"' in head and b'"regions"' in head
    )


def _classes(tree: Tree, path: str, report: Report) -> None:
    try:
        for key, value in walk(tree, path, ("assets", "tags")):
            name = value.get("name") if key == "tags" and isinstance(value, dict) else None
            if not name_problem(name) and name not in report.classes:
                report.classes.append(str(name))
    except ReadError:
        return  # said again, and refused, when the assets are read


def _entries(tree: Tree, path: str) -> Iterator[Entry]:
    single: dict[str, Any] = {}
    for key, value in walk(tree, path, ("assets",)):
        if key == "assets" and value is not EMPTY:
            one = value[1] if isinstance(value, list) and len(value) == 2 else value
            yield _entry(one, path)
        elif key in ("asset", "regions"):
            single[key] = value
    if "asset" in single:
        yield _entry(single, path)


def _entry(raw: Any, path: str) -> Entry:
    asset = raw.get("asset") if isinstance(raw, dict) else None
    if not isinstance(asset, dict):
        return Entry("", path, None)
    said = asset.get("size")
    size = said if isinstance(said, dict) else {}
    width, height = (int(value) if (value := number(size.get(key))) > 0 else None for key in ("width", "height"))
    regions = raw.get("regions") if isinstance(raw.get("regions"), list) else []
    state = asset.get("state", TAGGED if regions else NOT_VISITED)
    called = str(asset.get("path") or "").removeprefix("file:").lstrip("/")
    name = called or str(asset.get("name") or "")
    if "://" in name or not name:
        name = str(asset.get("name") or "")
    fill = partial(_fill, regions, path) if regions or state in (VISITED, TAGGED) else None
    return Entry(name, path, fill, width, height, side_of_folders(called))


def _fill(regions: list[Any], path: str, marks: ItemMarks) -> None:
    for at, one in enumerate(regions):
        if not isinstance(one, dict):
            marks.refuse("box", f"{path}: regions[{at}] is no object")
            continue
        tags = [str(tag) for tag in one.get("tags") or []]
        given: dict[str, AttributeValue] = {"tags": tags[1:]} if len(tags) > 1 else {}
        label, identity = tags[0] if tags else "", str(one.get("id") or "")
        type_ = str(one.get("type") or "RECTANGLE").upper()
        said = one.get("boundingBox")
        box = said if isinstance(said, dict) else {}
        if type_ in ("RECTANGLE", "SQUARE"):
            edges_ = (
                number(box.get("left")),
                number(box.get("top")),
                number(box.get("width")),
                number(box.get("height")),
            )
            marks.box(label, edges_, given, identity=identity)
            continue
        kind = {"POLYGON": "polygon", "POLYLINE": "polyline", "POINT": "points"}.get(type_)
        if kind is None:
            marks.unsupported("item", f"a region of type {type_[:40]} is not read")
            continue
        try:
            places = shapes.point_list(one.get("points"))
        except shapes.Unreadable as error:
            marks.refuse(kind, str(error))
            continue
        marks.add(label, (kind, {"points": places}), given, identity=identity)


def _asset(item: WriteItem, path: str, labels: tuple[LabelRecord, ...] | None, out: Writing) -> bytes:
    regions: list[dict[str, Any]] = []
    for label in labels or ():
        region = _region(label, len(regions), out.options.round)
        if region is None:
            out.refuse(item, label, "an outline of VoTT has neither holes nor further parts")
            continue
        regions.append(region)
        out.done(label)
    identity = md5(path.encode(), usedforsecurity=False).hexdigest()
    state = TAGGED if regions else VISITED if labels == () else NOT_VISITED
    asset = {"id": identity, "name": path.rpartition("/")[2], "path": path, "state": state, "type": 1}
    size = {"width": item.width, "height": item.height}
    return b'"%s": %s' % (identity.encode(), orjson.dumps({"asset": {**asset, "size": size}, "regions": regions}))


def _region(label: LabelRecord, at: int, rounded: bool) -> dict[str, Any] | None:
    if isinstance(label, BoxLabel):
        left, top, right, bottom = edges(label, rounded)
        places = [(left, top), (right, top), (right, bottom), (left, bottom)]
        box = (left, top, right - left, bottom - top) if rounded else (label.x, label.y, label.width, label.height)
        type_ = "RECTANGLE"
    elif isinstance(label, (PolygonLabel, PolylineLabel)) and not getattr(label, "holes", ()) + getattr(
        label, "others", ()
    ):
        places, box, type_ = list(label.points), shapes.bounds_of(label.points), label.kind.upper()
    else:
        return None
    bounds = dict(zip(("left", "top", "width", "height"), box, strict=True))
    points = [{"x": x, "y": y} for x, y in places]
    return {"id": f"r{at}", "type": type_, "tags": [label.label], "boundingBox": bounds, "points": points}


def _document(assets: Part, out: Writing) -> Iterator[bytes]:
    tags = [{"name": name, "color": "#5db300"} for name in out.classes.numbers]
    yield b'{"name": "tongguan", "version": "2.2.0", "tags": ' + orjson.dumps(tags) + b', "assets": {\n'
    yield from assets.chunks()
    yield b"\n}}\n"
