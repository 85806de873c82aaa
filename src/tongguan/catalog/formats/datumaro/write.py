"""Writing Datumaro's own JSON: annotations/SIDE.json and images/SIDE."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import orjson

from tongguan.catalog.formats import shapes
from tongguan.catalog.formats.base import Report, Sink, WriteItem, WriteOptions
from tongguan.catalog.formats.masks import rle_of_mask
from tongguan.catalog.formats.output import edges, side_path, without_suffix
from tongguan.catalog.formats.paths import join, side_folder
from tongguan.catalog.formats.spool import Part
from tongguan.catalog.formats.writing import Describes, Writing
from tongguan.catalog.labels.base import LabelRecord
from tongguan.catalog.labels.box import BoxLabel
from tongguan.catalog.labels.class_ import ClassLabel
from tongguan.catalog.labels.mask import MaskLabel
from tongguan.catalog.labels.points import PointsLabel
from tongguan.catalog.labels.polygon import PolygonLabel
from tongguan.catalog.labels.polyline import PolylineLabel
from tongguan.catalog.labels.rotated_box import RotatedBoxLabel
from tongguan.catalog.labels.skeleton import SkeletonLabel
from tongguan.catalog.labels.text_answer import TextAnswerLabel


class _Points:
    """Names and lines of the skeletons of each label class."""

    def __init__(self) -> None:
        self.names: dict[int, tuple[str, ...]] = {}
        self.edges: dict[int, tuple[tuple[str, str], ...]] = {}

    def entries(self) -> list[dict[str, Any]]:
        return [
            {
                "label_id": number,
                "labels": names,
                "joints": [[names.index(a) + 1, names.index(b) + 1] for a, b in self.edges[number]],
            }
            for number, names in self.names.items()
        ]


def write(format_: Describes, items: Iterable[WriteItem], sink: Sink, options: WriteOptions, report: Report) -> None:
    """One pass; the JSON of each side is written at the end out of a temporary file."""
    out = Writing(format_, sink, options, report)
    sides: dict[str, Part] = {}
    points = _Points()
    try:
        for item in items:
            begun = out.begin(item, lambda name, item=item: side_path("images", item, name))  # type: ignore[misc]
            if begun is None:
                continue
            name, labels = begun
            found = [entry for label in labels or () if (entry := _entry(item, label, points, out)) is not None]
            part = sides.setdefault(item.side or "", Part())
            size = {"size": [item.height, item.width]} if item.height and item.width else {}
            media = {"path": join(side_folder(item.side), name), **size}
            part.add(orjson.dumps({"id": without_suffix(name), "annotations": found, "image": media}))
        for key, part in sorted(sides.items()) or [("", Part())]:
            sink.write(f"annotations/{side_folder(key) or 'default'}.json", _document(part, points, out))
            report.files += 1
    finally:
        for part in sides.values():
            part.close()
    out.finish()


def _document(part: Part, points: _Points, out: Writing) -> Iterator[bytes]:
    labels = [{"name": name, "parent": "", "attributes": []} for name in out.classes.numbers]
    categories: dict[str, Any] = {"label": {"labels": labels, "attributes": []}}
    if points.names:
        categories["points"] = {"items": points.entries()}
    yield b'{"infos": {"author": "Tongguan"},\n"categories": ' + orjson.dumps(categories) + b',\n"items": ['
    yield from part.chunks()
    yield b"\n]}\n"


def _entry(item: WriteItem, label: LabelRecord, points: _Points, out: Writing) -> dict[str, Any] | None:
    number = out.classes.numbers[label.label]
    if isinstance(label, SkeletonLabel):
        names = tuple(point.name for point in label.points)
        if points.names.setdefault(number, names) != names:
            out.refuse(item, label, "its points are called otherwise than those of the first of its label class")
            return None
        points.edges.setdefault(number, label.edges)
    shape = _shape(label, out.options.round)
    if shape is None:
        out.refuse(item, label, "a polygon of Datumaro has neither holes nor further parts")
        return None
    given = dict(label.attributes)
    common: dict[str, Any] = {"group": 0, "z_order": 0, "id": 0}
    for key in ("group", "z_order"):
        value = given.get(key)
        if isinstance(value, float) and value == int(value):
            common[key] = int(value)
            given.pop(key)
    if label.score is not None:
        given["score"] = label.score
    out.done(label)
    return {**shape, "label_id": number, "attributes": given, **common}


def _shape(label: LabelRecord, rounded: bool) -> dict[str, Any] | None:
    if isinstance(label, ClassLabel):
        return {"type": "label"}
    if isinstance(label, BoxLabel):
        left, top, right, bottom = edges(label, rounded)
        width, height = (right - left, bottom - top) if rounded else (label.width, label.height)
        return {"type": "bbox", "bbox": [left, top, width, height]}
    if isinstance(label, RotatedBoxLabel):
        return {"type": "rotated_bbox", "points": [label.cx, label.cy, label.width, label.height, label.angle]}
    if isinstance(label, PolygonLabel):
        return None if label.holes or label.others else {"type": "polygon", "points": shapes.flat(label.points)}
    if isinstance(label, (PolylineLabel, PointsLabel)):
        return {"type": label.kind, "points": shapes.flat(label.points)}
    if isinstance(label, SkeletonLabel):
        elements = [
            {"type": "points", "points": [point.x, point.y], "visibility": [point.visible]} for point in label.points
        ]
        return {"type": "skeleton", "elements": elements}
    if isinstance(label, MaskLabel):
        return {"type": "mask", "rle": rle_of_mask(label)}
    return {"type": "caption", "caption": label.text} if isinstance(label, TextAnswerLabel) else None
