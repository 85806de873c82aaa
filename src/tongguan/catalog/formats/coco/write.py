"""Writing COCO: annotations/instances_SIDE.json and images/SIDE; class labels in annotations/labels_SIDE.json."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from typing import IO, Any

import orjson

from tongguan.catalog.formats.base import Report, Sink, WriteItem, WriteOptions
from tongguan.catalog.formats.output import CHUNK, ClassNumbers, OutputNames, copy_media, edges, fitting, side_path
from tongguan.catalog.formats.paths import side_folder
from tongguan.catalog.labels.base import LabelRecord
from tongguan.catalog.labels.box import BoxLabel

KINDS = frozenset({"box", "class"})
SPOOL_IN_MEMORY = 4 * 2**20


class _Part:
    """One array of a JSON file, gathered in a temporary file so that memory stays constant."""

    def __init__(self) -> None:
        self._spool: IO[bytes] = tempfile.SpooledTemporaryFile(SPOOL_IN_MEMORY)  # noqa: SIM115  closed by close()
        self.count = 0

    def add(self, entry: dict[str, Any]) -> None:
        self._spool.write((b",\n" if self.count else b"\n") + orjson.dumps(entry))
        self.count += 1

    def chunks(self) -> Iterator[bytes]:
        self._spool.seek(0)
        while chunk := self._spool.read(CHUNK):
            yield chunk

    def close(self) -> None:
        self._spool.close()


class _Side:
    """The files of one side: pictures, annotations with a place, annotations of the whole picture."""

    def __init__(self) -> None:
        self.images = _Part()
        self.annotations = _Part()
        self.classes = _Part()

    def close(self) -> None:
        for part in (self.images, self.annotations, self.classes):
            part.close()


def write(items: Iterable[WriteItem], sink: Sink, options: WriteOptions, report: Report) -> None:
    """One pass over the items; the JSON files are written at the end out of temporary files."""
    names = OutputNames()
    classes = ClassNumbers(options)
    sides: dict[str, _Side] = {}
    try:
        for item in items:
            labels = fitting(item, KINDS, "COCO", report)
            if labels is None:
                reason = "not labelled" if item.labels is None else "none of its labels can be written"
                report.refuse(item.name, "item", f"{reason}: COCO would say that nothing is there")
                continue
            report.items += 1
            side = sides.setdefault(item.side or "", _Side())
            name = names.claim(item)
            if options.media:
                copy_media(item, side_path("images", item, name), sink, report)
            identity = report.items
            side.images.add(_image(identity, name, item))
            for label in labels:
                _add(label, identity, side, classes, item, options, report)
        for key in sorted(sides) or [""]:
            _finish(key, sides.get(key) or sides.setdefault(key, _Side()), classes, sink, report)
    finally:
        for side in sides.values():
            side.close()


def _image(identity: int, name: str, item: WriteItem) -> dict[str, Any]:
    entry: dict[str, Any] = {"id": identity, "file_name": name}
    if item.width > 0 and item.height > 0:
        entry |= {"width": item.width, "height": item.height}
    return entry


def _add(
    label: LabelRecord,
    image: int,
    side: _Side,
    classes: ClassNumbers,
    item: WriteItem,
    options: WriteOptions,
    report: Report,
) -> None:
    number = classes.number(label)
    if number is None:
        report.refuse(item.name, label.kind, f"{label.label[:80]} is not one of the label classes of this export")
        return
    entry: dict[str, Any] = {"image_id": image, "category_id": number + 1}
    attributes = dict(label.attributes)
    if isinstance(label, BoxLabel):
        left, top, right, bottom = edges(label, options.round)
        width, height = (right - left, bottom - top) if options.round else (label.width, label.height)
        crowd = 1 if attributes.get("iscrowd") is True else 0
        if crowd:
            attributes.pop("iscrowd")
        entry |= {"bbox": [left, top, width, height], "area": width * height, "segmentation": [], "iscrowd": crowd}
    if attributes:
        entry["attributes"] = attributes
    if label.score is not None:
        entry["score"] = label.score
    part = side.annotations if isinstance(label, BoxLabel) else side.classes
    part.add({"id": part.count + 1, **entry})
    report.count(label.kind)


def _finish(key: str, side: _Side, classes: ClassNumbers, sink: Sink, report: Report) -> None:
    ending = f"_{side_folder(key)}" if key else ""
    categories = orjson.dumps(
        [{"id": number + 1, "name": name, "supercategory": ""} for name, number in classes.numbers.items()]
    )
    sink.write(f"annotations/instances{ending}.json", _document(side.images, side.annotations, categories))
    report.files += 1
    if side.classes.count:
        sink.write(f"annotations/labels{ending}.json", _document(side.images, side.classes, categories))
        report.files += 1


def _document(images: _Part, annotations: _Part, categories: bytes) -> Iterator[bytes]:
    yield b'{"info": {"description": "Tongguan export"}, "licenses": [],\n"categories": ' + categories
    yield b',\n"images": ['
    yield from images.chunks()
    yield b'\n],\n"annotations": ['
    yield from annotations.chunks()
    yield b"\n]}\n"
