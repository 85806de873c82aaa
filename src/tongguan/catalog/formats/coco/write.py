"""Writing COCO: annotations/instances_SIDE.json and images/SIDE; keypoints, classes, captions apart."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import orjson

from tongguan.catalog.formats import shapes
from tongguan.catalog.formats.base import Report, Sink, WriteItem, WriteOptions
from tongguan.catalog.formats.coco.annotation import is_own_rectangle
from tongguan.catalog.formats.masks import rle_of_mask
from tongguan.catalog.formats.output import edges, side_path
from tongguan.catalog.formats.paths import side_folder
from tongguan.catalog.formats.spool import Part
from tongguan.catalog.formats.writing import Describes, Writing
from tongguan.catalog.labels.base import LabelRecord
from tongguan.catalog.labels.box import BoxLabel
from tongguan.catalog.labels.mask import MaskLabel, rle
from tongguan.catalog.labels.polygon import PolygonLabel
from tongguan.catalog.labels.polygon.geometry import area as polygon_area
from tongguan.catalog.labels.skeleton import SkeletonLabel
from tongguan.catalog.labels.text_answer import TextAnswerLabel

# Which file of a side holds a kind; `instances` is there even when it is empty.
FILES = {"skeleton": "person_keypoints", "class": "labels", "text_answer": "captions"}


class _Side:
    """The files of one side: the pictures, and the annotations of each file."""

    def __init__(self) -> None:
        self.images = Part()
        self.files: dict[str, Part] = {"instances": Part()}

    def part(self, kind: str) -> Part:
        name = FILES.get(kind, "instances")
        if name not in self.files:
            self.files[name] = Part()
        return self.files[name]

    def close(self) -> None:
        for part in (self.images, *self.files.values()):
            part.close()


class _Export:
    """What the annotations share: numbers of label classes, and the keypoints of each."""

    def __init__(self, out: Writing) -> None:
        self.out = out
        self.points: dict[int, SkeletonLabel] = {}

    def entry(self, label: LabelRecord, image: int, item: WriteItem) -> dict[str, Any] | None:
        """One annotation without its id; None when it is refused."""
        number = self.out.classes.numbers[label.label]
        entry: dict[str, Any] = {"image_id": image, "category_id": number + 1}
        attributes = dict(label.attributes)
        if isinstance(label, SkeletonLabel):
            first = self.points.setdefault(number, label)
            if [point.name for point in first.points] != [point.name for point in label.points]:
                self.out.refuse(
                    item, label, "its points are called otherwise than those of the first of its label class"
                )
                return None
        shape = _shape(label, self.out.options.round)
        if shape is None:
            self.out.refuse(item, label, "a polygon of COCO has no holes; convert it to a mask to keep them")
            return None
        if "bbox" in shape:
            shape["iscrowd"] = 1 if attributes.get("iscrowd") is True else 0
            if shape["iscrowd"]:
                attributes.pop("iscrowd")
        entry |= shape
        if attributes:
            entry["attributes"] = attributes
        if label.score is not None:
            entry["score"] = label.score
        return entry

    def categories(self, name: str) -> bytes:
        """The list `categories`; with keypoints in the file that holds them."""
        entries: list[dict[str, Any]] = []
        for label, number in self.out.classes.numbers.items():
            entry: dict[str, Any] = {"id": number + 1, "name": label, "supercategory": ""}
            if name == "person_keypoints" and number in self.points:
                names = [point.name for point in self.points[number].points]
                entry["keypoints"] = names
                entry["skeleton"] = [[names.index(a) + 1, names.index(b) + 1] for a, b in self.points[number].edges]
            entries.append(entry)
        return orjson.dumps(entries)


def write(format_: Describes, items: Iterable[WriteItem], sink: Sink, options: WriteOptions, report: Report) -> None:
    """One pass over the items; the JSON files are written at the end out of temporary files."""
    out = Writing(format_, sink, options, report)
    export = _Export(out)
    sides: dict[str, _Side] = {}
    try:
        for item in items:
            begun = out.begin(item, lambda name, item=item: side_path("images", item, name))  # type: ignore[misc]
            if begun is None:
                continue
            identity = report.items
            side = sides.setdefault(item.side or "", _Side())
            side.images.add(orjson.dumps(_image(identity, begun[0], item)))
            for label in begun[1] or ():
                entry = export.entry(label, identity, item)
                if entry is not None:
                    part = side.part(label.kind)
                    part.add(orjson.dumps({"id": part.count + 1, **entry}))
                    out.done(label)
        for key in sorted(sides) or [""]:
            _finish(key, sides.get(key) or sides.setdefault(key, _Side()), export)
    finally:
        for side in sides.values():
            side.close()


def _image(identity: int, name: str, item: WriteItem) -> dict[str, Any]:
    entry: dict[str, Any] = {"id": identity, "file_name": name}
    if item.width > 0 and item.height > 0:
        entry |= {"width": item.width, "height": item.height}
    return entry


def _shape(label: LabelRecord, rounded: bool) -> dict[str, Any] | None:
    if isinstance(label, BoxLabel):
        left, top, right, bottom = edges(label, rounded)
        width, height = (right - left, bottom - top) if rounded else (label.width, label.height)
        return {"bbox": [left, top, width, height], "area": width * height, "segmentation": []}
    if isinstance(label, PolygonLabel):
        if any(part.holes for part in label.parts):
            return None
        rings = [shapes.flat(part.points) for part in label.parts]
        bbox = list(shapes.bounds_of(point for part in label.parts for point in part.points))
        entry = {"segmentation": rings, "bbox": bbox, "area": polygon_area(label)}
        # Four corners of its own box would be read as that box.
        return {**entry, "kind": "polygon"} if is_own_rectangle(rings, bbox) else entry
    if isinstance(label, MaskLabel):
        runs = rle.expand(label.counts)
        bounds = list(rle.bounds(runs, label.size[0]))
        return {"segmentation": rle_of_mask(label), "bbox": bounds, "area": rle.area(runs)}
    if isinstance(label, SkeletonLabel):
        return _keypoints(label)
    return {"caption": label.text, "label": label.label} if isinstance(label, TextAnswerLabel) else {}


def _keypoints(label: SkeletonLabel) -> dict[str, Any]:
    seen = [(point.x, point.y) for point in label.points if point.visible]
    bbox = list(label.box) if label.box else list(shapes.bounds_of(seen)) if seen else [0.0, 0.0, 0.0, 0.0]
    return {
        "keypoints": [value for point in label.points for value in (point.x, point.y, point.visible)],
        "num_keypoints": len(seen),
        "bbox": bbox,
        "area": label.area if label.area is not None else bbox[2] * bbox[3],
        "segmentation": [],
    }


def _finish(key: str, side: _Side, export: _Export) -> None:
    ending = f"_{side_folder(key)}" if key else ""
    for name, part in side.files.items():
        document = _document(side.images, part, export.categories(name))
        export.out.sink.write(f"annotations/{name}{ending}.json", document)
        export.out.report.files += 1


def _document(images: Part, annotations: Part, categories: bytes) -> Iterator[bytes]:
    yield b'{"info": {"description": "Tongguan export"}, "licenses": [],\n"categories": ' + categories
    yield b',\n"images": [\n'
    yield from images.chunks()
    yield b'\n],\n"annotations": [\n'
    yield from annotations.chunks()
    yield b"\n]}\n"
