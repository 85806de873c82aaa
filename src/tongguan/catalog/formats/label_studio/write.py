"""Writing Label Studio: tasks.json with one annotation a task, and the files beside it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import orjson

from tongguan.catalog.formats import shapes
from tongguan.catalog.formats.base import Report, Sink, WriteItem, WriteOptions
from tongguan.catalog.formats.label_studio.results import pack
from tongguan.catalog.formats.masks import pixels_of
from tongguan.catalog.formats.output import edges, side_path
from tongguan.catalog.formats.spool import Part
from tongguan.catalog.formats.writing import Describes, Writing
from tongguan.catalog.labels.base import LabelRecord
from tongguan.catalog.labels.box import BoxLabel
from tongguan.catalog.labels.class_ import ClassLabel
from tongguan.catalog.labels.ellipse import EllipseLabel
from tongguan.catalog.labels.mask import MaskLabel
from tongguan.catalog.labels.points import PointsLabel
from tongguan.catalog.labels.polygon import PolygonLabel
from tongguan.catalog.labels.polyline import PolylineLabel
from tongguan.catalog.labels.relation import RelationLabel
from tongguan.catalog.labels.rotated_box import RotatedBoxLabel
from tongguan.catalog.labels.sound_segment import SoundSegmentLabel
from tongguan.catalog.labels.span import SpanLabel
from tongguan.catalog.labels.text_answer import TextAnswerLabel
from tongguan.catalog.labels.track import TrackLabel

KEYS = {"image": "image", "sound": "audio", "video": "video", "text": "text"}
FOLDERS = {"image": "images", "sound": "audio", "video": "video", "text": ""}


def write(format_: Describes, items: Iterable[WriteItem], sink: Sink, options: WriteOptions, report: Report) -> None:
    """One pass; the JSON is written at the end out of a temporary file."""
    out = Writing(format_, sink, options, report)
    tasks = Part()
    try:
        for item in items:
            folder = FOLDERS.get(item.media, "")
            begun = out.begin(
                item,
                lambda name, item=item, folder=folder: side_path(folder, item, name),  # type: ignore[misc]
                sized=item.media in ("image", "video"),
            )
            if begun is not None:
                name = side_path(folder, item, begun[0])
                tasks.add(orjson.dumps(_task(item, name, begun[1], tasks.count + 1, out)))
        sink.write("tasks.json", _document(tasks))
        report.files += 1
    finally:
        tasks.close()
    out.finish()


def _document(tasks: Part) -> Iterator[bytes]:
    yield b"[\n"
    yield from tasks.chunks()
    yield b"\n]\n"


def _task(
    item: WriteItem, name: str, labels: tuple[LabelRecord, ...] | None, number: int, out: Writing
) -> dict[str, Any]:
    data: dict[str, Any] = {KEYS[item.media]: item.text if item.media == "text" else name}
    if item.media == "text":
        data["name"] = item.name
    if item.side:
        data["side"] = item.side
    results = []
    for at, label in enumerate(labels or ()):
        found = _result(label, item, at, out)
        if found is not None:
            results += found
            out.done(label)
    annotations = [] if labels is None or (labels and not results) else [{"id": number, "result": results}]
    return {"id": number, "data": data, "annotations": annotations}


def _result(label: LabelRecord, item: WriteItem, at: int, out: Writing) -> list[dict[str, Any]] | None:
    if isinstance(label, RelationLabel):
        way = "right" if label.directed else "bi"
        ends = {"from_id": label.source, "to_id": label.target}
        return [{"type": "relation", **ends, "direction": way, "labels": [label.label]}]
    common: dict[str, Any] = {"id": label.id or f"r{at}", "to_name": KEYS[item.media]}
    if isinstance(label, ClassLabel):
        return [{**common, "type": "choices", "from_name": "choice", "value": {"choices": [label.label]}}]
    if isinstance(label, TextAnswerLabel):
        return [{**common, "type": "textarea", "from_name": label.label, "value": {"text": [label.text]}}]
    try:
        type_, value = _value(label, item, out.options.round)
    except shapes.Unreadable as error:
        out.refuse(item, label, str(error))
        return None
    named = "labels" if type_ in ("labels", "videorectangle") else type_
    result: dict[str, Any] = {**common, "type": type_, "from_name": "label", "value": {**value, named: [label.label]}}
    if item.width and item.height:
        result |= {"original_width": item.width, "original_height": item.height, "image_rotation": 0}
    if label.score is not None:
        result["score"] = label.score
    found = [result]
    if isinstance(label, SoundSegmentLabel) and label.transcript:
        found.append(
            {**common, "type": "textarea", "from_name": "transcription", "value": {"text": [label.transcript]}}
        )
    return found


def _value(label: LabelRecord, item: WriteItem, rounded: bool) -> tuple[str, dict[str, Any]]:
    across, down = 100 / max(1, item.width), 100 / max(1, item.height)
    if isinstance(label, BoxLabel):
        left, top, right, bottom = edges(label, rounded)
        box = (left, top, right - left, bottom - top) if rounded else (label.x, label.y, label.width, label.height)
        return "rectanglelabels", _part(box, across, down)
    if isinstance(label, RotatedBoxLabel):
        return "rectanglelabels", _turned(label, across, down)
    if isinstance(label, (PolygonLabel, PolylineLabel)):
        if isinstance(label, PolygonLabel) and (label.holes or label.others):
            raise shapes.Unreadable("a polygon of Label Studio has neither holes nor further parts")
        places = [[x * across, y * down] for x, y in label.points]
        return "polygonlabels", {"points": places, "closed": isinstance(label, PolygonLabel)}
    if isinstance(label, PointsLabel):
        if len(label.points) != 1:
            raise shapes.Unreadable("Label Studio holds points one by one")
        return "keypointlabels", {"x": label.points[0][0] * across, "y": label.points[0][1] * down, "width": 0.2}
    if isinstance(label, EllipseLabel):
        radii = {"radiusX": label.rx * across, "radiusY": label.ry * down, "rotation": label.angle}
        return "ellipselabels", {"x": label.cx * across, "y": label.cy * down, **radii}
    if isinstance(label, MaskLabel):
        if label.size != (item.height, item.width):
            raise shapes.Unreadable("the mask has not the size of the picture")
        layers = np.repeat((pixels_of(label) * np.uint8(255)).ravel(), 4)
        return "brushlabels", {"format": "rle", "rle": pack(layers)}
    return _elsewhere(label, item, across, down)


def _elsewhere(label: LabelRecord, item: WriteItem, across: float, down: float) -> tuple[str, dict[str, Any]]:
    if isinstance(label, SpanLabel):
        if label.pieces:
            raise shapes.Unreadable("a span of Label Studio has no gaps")
        return "labels", {"start": label.start, "end": label.end, "text": (item.text or "")[label.start : label.end]}
    if isinstance(label, SoundSegmentLabel):
        if label.speaker:
            raise shapes.Unreadable("a segment of Label Studio names no speaker")
        channel = {} if label.channel is None else {"channel": label.channel}
        return "labels", {"start": label.start, "end": label.end, **channel}
    if isinstance(label, TrackLabel):
        return "videorectangle", {"sequence": [_frame(frame, across, down) for frame in label.keyframes]}
    raise shapes.Unreadable(f"Label Studio cannot hold labels of kind {label.kind}")


def _part(box: tuple[float, float, float, float], across: float, down: float) -> dict[str, Any]:
    x, y, width, height = box
    return {"x": x * across, "y": y * down, "width": width * across, "height": height * down, "rotation": 0}


def _turned(label: Any, across: float, down: float) -> dict[str, Any]:
    """By its top left corner before the turn, which it is turned about."""
    cos, sin = math.cos(math.radians(label.angle)), math.sin(math.radians(label.angle))
    x = label.cx - label.width / 2 * cos + label.height / 2 * sin
    y = label.cy - label.width / 2 * sin - label.height / 2 * cos
    # A turn of exactly 0 would come back as an upright box.
    turn = label.angle if label.angle % 360 else 1e-9
    return {**_part((x, y, label.width, label.height), across, down), "rotation": turn}


def _frame(frame: Any, across: float, down: float) -> dict[str, Any]:
    if frame.shape.kind == "box":
        place = _part((frame.shape.x, frame.shape.y, frame.shape.width, frame.shape.height), across, down)
    elif frame.shape.kind == "rotated_box":
        place = _turned(frame.shape, across, down)
    else:
        raise shapes.Unreadable(f"Label Studio tracks boxes, no {frame.shape.kind}")
    return {"frame": frame.frame + 1, "enabled": not frame.outside, **place}
