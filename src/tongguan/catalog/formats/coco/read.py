"""Reading COCO: all files of one family together, every picture once, one annotation one label."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from tongguan.catalog.formats.base import ReadItem, Report, Tree
from tongguan.catalog.formats.coco.annotation import RICHNESS, kind_of
from tongguan.catalog.formats.coco.document import Document, load
from tongguan.catalog.formats.coco.resolve import Resolver
from tongguan.catalog.formats.coco.sniff import coco_files
from tongguan.catalog.formats.marks import ItemMarks, clean_attributes, number
from tongguan.catalog.formats.paths import side_of_folders
from tongguan.catalog.formats.pictures import PictureIndex
from tongguan.catalog.labels.base import AttributeValue

SUPPORTED = ("box", "class")


@dataclass(slots=True)
class _Mark:
    kind: str
    label: str
    annotation: dict[str, Any]
    source: str


@dataclass(slots=True)
class _Item:
    name: str
    path: str | None
    width: int | None
    height: int | None
    side: str | None
    labelled: bool = False
    marks: list[_Mark] = field(default_factory=list)
    lost: list[tuple[str, str]] = field(default_factory=list)


def read(tree: Tree, report: Report) -> Iterator[ReadItem]:
    """Yields every picture once, sorted by name; label classes are in `report.classes` before the first."""
    files = coco_files(tree)
    label_folders = {path.rpartition("/")[0] for path in files}
    pictures = PictureIndex(path for path in tree.list() if not _is_panoptic(path, label_folders))
    resolver = Resolver(pictures)
    items: dict[tuple[str, str], _Item] = {}
    for path in files:
        document = load(tree, path, report)
        if document is not None:
            _collect(document, resolver, items, report)
    named = {item.path for item in items.values()}
    for path in pictures.paths:
        if path not in named:
            items["", path] = _Item(path, path, None, None, side_of_folders(path))
    return _emit(sorted(items.values(), key=lambda item: item.name), report)


def _is_panoptic(path: str, label_folders: set[str]) -> bool:
    """PNG files of segment numbers lie in annotations/panoptic_*: they are labels, not pictures."""
    return any(folder and path.startswith(folder + "/panoptic") for folder in label_folders)


def _emit(items: list[_Item], report: Report) -> Iterator[ReadItem]:
    for item in items:
        report.items += 1
        marks = ItemMarks(item.name, report)
        for mark in item.marks:
            _add(mark, marks)
        for kind, reason in item.lost:
            marks.refuse(kind, reason)
        settled = marks.settle()
        labels = settled if item.labelled or settled else None
        yield ReadItem(item.name, item.path, labels, item.width, item.height, item.side)


def _collect(document: Document, resolver: Resolver, items: dict[tuple[str, str], _Item], report: Report) -> None:
    """Adds the pictures and annotations of one file to what other files said about the same pictures."""
    for name in document.categories.values():
        if name not in report.classes:
            report.classes.append(name)
    by_id: dict[Any, _Item] = {}
    for image in document.images:
        path = resolver.find(document, image.file_name)
        key = ("picture", path) if path else (document.root + "\n" + (document.side or ""), image.file_name)
        side = document.side or side_of_folders(path or image.file_name)
        item = items.get(key)
        if item is None:
            item = items[key] = _Item(path or image.file_name, path, image.width, image.height, side)
        item.side = item.side or side
        item.labelled = item.labelled or document.labelled
        by_id[image.id] = item
    lost: dict[tuple[str, str], int] = {}
    for annotation in document.annotations:
        _attach(annotation, document, by_id, lost)
    for (kind, reason), count in lost.items():
        report.refuse(document.path, kind, reason, count)


def _attach(
    annotation: dict[str, Any], document: Document, by_id: dict[Any, _Item], lost: dict[tuple[str, str], int]
) -> None:
    kind = kind_of(annotation)
    image_id = annotation.get("image_id")
    item = by_id.get(image_id) if isinstance(image_id, (int, str)) else None
    if item is None:
        key = (kind, f"image_id {str(image_id)[:60]} is not among the images")
        lost[key] = lost.get(key, 0) + 1
        return
    segments = annotation.get("segments_info")
    if segments is not None:
        for segment in segments if isinstance(segments, list) else []:
            item.marks.append(_Mark("mask", "", segment if isinstance(segment, dict) else {}, document.path))
        return
    if kind == "text_answer":
        item.marks.append(_Mark(kind, "", annotation, document.path))
        return
    category = annotation.get("category_id")
    label = document.categories.get(category) if isinstance(category, (int, str)) else None
    if label is None:
        item.lost.append((kind, f"category_id {str(category)[:60]} is not among the categories"))
        item.labelled = True
        return
    _merge(item, _Mark(kind, label, annotation, document.path))


def _merge(item: _Item, mark: _Mark) -> None:
    """Keeps one mark of an annotation that two files of a family hold (boxes and keypoints of one person)."""
    identity = mark.annotation.get("id")
    if mark.kind in RICHNESS and identity is not None:
        for at, other in enumerate(item.marks):
            same = other.kind in RICHNESS and other.annotation.get("id") == identity and other.label == mark.label
            if same and other.source != mark.source and _same_place(other.annotation, mark.annotation):
                if RICHNESS.index(mark.kind) < RICHNESS.index(other.kind):
                    item.marks[at] = mark
                return
    item.marks.append(mark)


def _same_place(first: dict[str, Any], second: dict[str, Any]) -> bool:
    return first.get("bbox") == second.get("bbox") or first.get("bbox") is None or second.get("bbox") is None


def _add(mark: _Mark, marks: ItemMarks) -> None:
    annotation = mark.annotation
    if mark.kind not in SUPPORTED:
        marks.unsupported(mark.kind, f"a COCO annotation of kind {mark.kind} is not read, and not flattened to a box")
        return
    attributes: dict[str, AttributeValue] = clean_attributes(annotation.get("attributes"))
    if annotation.get("iscrowd") in (1, True):
        attributes["iscrowd"] = True
    value = number(annotation.get("score"))
    score = value if 0 <= value <= 1 else None
    identity = str(annotation.get("id", ""))
    if mark.kind == "class":
        marks.class_(mark.label, attributes, score, identity)
        return
    bbox = annotation.get("bbox")
    if not isinstance(bbox, list) or len(bbox) != 4:
        marks.refuse("box", "bbox is not a list of four numbers: left, top, width, height")
        return
    x, y, width, height = (number(value) for value in bbox)
    marks.box(mark.label, (x, y, width, height), attributes, score, identity)
