"""Writing LabelMe: a JSON beside each picture, as the desktop program and X-AnyLabeling open it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import orjson

from tongguan.catalog.formats import shapes
from tongguan.catalog.formats.base import Report, Sink, WriteItem, WriteOptions
from tongguan.catalog.formats.masks import png_of_mask
from tongguan.catalog.formats.output import edges, side_path, without_suffix
from tongguan.catalog.formats.writing import Describes, Writing
from tongguan.catalog.labels.base import LabelRecord
from tongguan.catalog.labels.box import BoxLabel
from tongguan.catalog.labels.class_ import ClassLabel
from tongguan.catalog.labels.mask import MaskLabel
from tongguan.catalog.labels.points import PointsLabel
from tongguan.catalog.labels.polygon import PolygonLabel
from tongguan.catalog.labels.polyline import PolylineLabel
from tongguan.catalog.labels.rotated_box import RotatedBoxLabel


def write(format_: Describes, items: Iterable[WriteItem], sink: Sink, options: WriteOptions, report: Report) -> None:
    """One pass, picture and JSON of each item at once."""
    out = Writing(format_, sink, options, report)
    for item in items:
        begun = out.begin(item, lambda name, item=item: side_path("", item, name))  # type: ignore[misc]
        if begun is None:
            continue
        name, labels = begun
        if labels is None:
            continue
        document = _document(item, name, labels, out)
        if document is not None:
            text = orjson.dumps(document, option=orjson.OPT_INDENT_2).decode()
            out.text(side_path("", item, without_suffix(name) + ".json"), text)
    out.finish()


def _document(item: WriteItem, name: str, labels: Iterable[LabelRecord], out: Writing) -> dict[str, Any] | None:
    flags: dict[str, bool] = {}
    found: list[dict[str, Any]] = []
    lost = False
    for label in labels:
        if isinstance(label, ClassLabel):
            flags[label.label] = True
            out.done(label)
            continue
        shape = _shape(label, out.options.round)
        if shape is None:
            out.refuse(item, label, "a polygon of LabelMe has neither holes nor further parts")
            lost = True
            continue
        given = dict(label.attributes)
        group = given.get("group_id")
        found.append(
            {
                "label": label.label,
                **shape,
                "group_id": int(given.pop("group_id")) if isinstance(group, float) and group == int(group) else None,  # type: ignore[arg-type]
                "description": given.pop("description", "") if isinstance(given.get("description"), str) else "",
                "flags": {},
                "attributes": given,
                **({"score": label.score} if label.score is not None else {}),
            }
        )
        out.done(label)
    if lost and not found and not flags:
        return None
    return {
        "version": "5.5.0",
        "flags": flags,
        "shapes": found,
        "imagePath": name.rpartition("/")[2],
        "imageData": None,
        "imageHeight": item.height or None,
        "imageWidth": item.width or None,
    }


def _shape(label: LabelRecord, rounded: bool) -> dict[str, Any] | None:
    if isinstance(label, BoxLabel):
        left, top, right, bottom = edges(label, rounded)
        return {"shape_type": "rectangle", "points": [[left, top], [right, bottom]]}
    if isinstance(label, RotatedBoxLabel):
        corners = shapes.corners_of(label.cx, label.cy, label.width, label.height, label.angle)
        return {"shape_type": "rotation", "points": corners}
    if isinstance(label, PolygonLabel):
        return None if label.holes or label.others else {"shape_type": "polygon", "points": label.points}
    if isinstance(label, PolylineLabel):
        return {"shape_type": "linestrip", "points": label.points}
    if isinstance(label, PointsLabel):
        return {"shape_type": "point" if len(label.points) == 1 else "points", "points": label.points}
    if isinstance(label, MaskLabel):
        packed, left, top, width, height = png_of_mask(label)
        corners = [(left, top), (left + width - 1, top + height - 1)]
        return {"shape_type": "mask", "points": corners, "mask": packed}
    return None
