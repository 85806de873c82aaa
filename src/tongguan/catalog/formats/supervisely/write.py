"""Writing Supervisely: meta.json, and a data set a side with img and ann, or pointcloud and ann."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Iterable
from typing import Any

import numpy as np
import orjson

from tongguan.catalog.formats.base import Report, Sink, WriteItem, WriteOptions
from tongguan.catalog.formats.masks import crop_of, png_of
from tongguan.catalog.formats.output import edges
from tongguan.catalog.formats.paths import side_folder
from tongguan.catalog.formats.writing import Describes, Writing
from tongguan.catalog.labels.base import AttributeValue, LabelRecord
from tongguan.catalog.labels.box import BoxLabel
from tongguan.catalog.labels.class_ import ClassLabel
from tongguan.catalog.labels.cuboid import CuboidLabel
from tongguan.catalog.labels.mask import MaskLabel
from tongguan.catalog.labels.points import PointsLabel
from tongguan.catalog.labels.polygon import PolygonLabel
from tongguan.catalog.labels.polyline import PolylineLabel

MEDIA = {"image": "img", "point_cloud": "pointcloud"}


def write(format_: Describes, items: Iterable[WriteItem], sink: Sink, options: WriteOptions, report: Report) -> None:
    """One pass; meta.json comes last, since it names label classes and tags."""
    out = Writing(format_, sink, options, report)
    tags: dict[str, str] = {}
    used: dict[str, str] = {}
    media = ""
    for item in items:
        media = media or item.media
        data_set = side_folder(item.side) or "ds0"
        folder = MEDIA.get(item.media, "img")
        begun = out.begin(item, lambda name, at=f"{data_set}/{folder}": f"{at}/{name}")  # type: ignore[misc]
        if begun is None:
            continue
        name, labels = begun
        if labels is None:
            continue
        document = (
            _cloud(labels, tags, used, out) if item.media == "point_cloud" else _picture(item, labels, tags, used, out)
        )
        if document is not None:
            out.text(f"{data_set}/ann/{name}.json", orjson.dumps(document, option=orjson.OPT_INDENT_2).decode())
    classes = [
        {"id": number + 1, "title": name, "shape": used.get(name, "any"), "color": "#FF0000"}
        for name, number in out.classes.numbers.items()
    ]
    meta = {
        "classes": classes,
        "tags": [{"name": name, "value_type": type_, "color": "#00FF00"} for name, type_ in tags.items()],
        "projectType": "point_clouds" if media == "point_cloud" else "images",
    }
    out.text("meta.json", orjson.dumps(meta, option=orjson.OPT_INDENT_2).decode())
    out.finish()


def _tag(name: str, value: AttributeValue, tags: dict[str, str]) -> dict[str, Any]:
    tags.setdefault(name, "none" if value is True else "any_number" if isinstance(value, float) else "any_string")
    return {"name": name, "value": None if value is True else value}


def _given(label: LabelRecord, tags: dict[str, str]) -> list[dict[str, Any]]:
    return [_tag(key, value, tags) for key, value in label.attributes.items() if not isinstance(value, list)]


def _whole(label: ClassLabel, tags: dict[str, str]) -> dict[str, Any]:
    value = label.attributes.get("value", True)
    return _tag(label.label, value if isinstance(value, (str, float)) else True, tags)


def _picture(
    item: WriteItem, labels: Iterable[LabelRecord], tags: dict[str, str], used: dict[str, str], out: Writing
) -> dict[str, Any] | None:
    objects: list[dict[str, Any]] = []
    whole: list[dict[str, Any]] = []
    lost = False
    for label in labels:
        if isinstance(label, ClassLabel):
            whole.append(_whole(label, tags))
            out.done(label)
            continue
        shape = _shape(label, out.options.round)
        if shape is None:
            lost = True
            out.refuse(item, label, "Supervisely holds points one by one and outlines without further parts")
            continue
        used.setdefault(label.label, str(shape["geometryType"]))
        objects.append({"classTitle": label.label, "tags": _given(label, tags), **shape})
        out.done(label)
    if lost and not objects and not whole:
        return None
    return {"description": "", "tags": whole, "size": {"height": item.height, "width": item.width}, "objects": objects}


def _points(exterior: Any, interior: Any = ()) -> dict[str, Any]:
    return {"points": {"exterior": list(exterior), "interior": list(interior)}}


def _shape(label: LabelRecord, rounded: bool) -> dict[str, Any] | None:
    if isinstance(label, BoxLabel):
        left, top, right, bottom = edges(label, rounded)
        return {"geometryType": "rectangle", **_points([(left, top), (right, bottom)])}
    if isinstance(label, PolygonLabel) and not label.others:
        return {"geometryType": "polygon", **_points(label.points, label.holes)}
    if isinstance(label, PolylineLabel):
        return {"geometryType": "line", **_points(label.points)}
    if isinstance(label, PointsLabel) and len(label.points) == 1:
        return {"geometryType": "point", **_points(label.points)}
    if isinstance(label, MaskLabel):
        crop, left, top, _, _ = crop_of(label)
        data = base64.b64encode(zlib.compress(png_of(crop.astype(np.uint8) * np.uint8(255)))).decode()
        return {"geometryType": "bitmap", "bitmap": {"data": data, "origin": [left, top]}}
    return None


def _cloud(labels: Iterable[LabelRecord], tags: dict[str, str], used: dict[str, str], out: Writing) -> dict[str, Any]:
    objects: list[dict[str, Any]] = []
    figures: list[dict[str, Any]] = []
    whole: list[dict[str, Any]] = []
    for label in labels:
        if isinstance(label, ClassLabel):
            whole.append(_whole(label, tags))
        elif isinstance(label, CuboidLabel):
            key = f"{len(objects):032x}"
            used.setdefault(label.label, "cuboid_3d")
            objects.append({"key": key, "classTitle": label.label, "tags": _given(label, tags)})
            geometry = {
                "position": {axis: getattr(label, axis) for axis in ("x", "y", "z")},
                "rotation": {"x": label.roll, "y": label.pitch, "z": label.yaw},
                "dimensions": {"x": label.length, "y": label.width, "z": label.height},
            }
            figures.append({"key": f"f{key[1:]}", "objectKey": key, "geometryType": "cuboid_3d", "geometry": geometry})
        out.done(label)
    return {"description": "", "key": "0" * 32, "tags": whole, "objects": objects, "figures": figures}
