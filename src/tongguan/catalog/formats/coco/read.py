"""Reading COCO: all files of one family together, every picture once, one annotation one label."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from tongguan.catalog.formats.base import ReadError, ReadItem, Report, Tree
from tongguan.catalog.formats.coco.annotation import RICHNESS, kind_of
from tongguan.catalog.formats.coco.document import Document, describe, images_of
from tongguan.catalog.formats.coco.panoptic import Segments
from tongguan.catalog.formats.coco.resolve import Resolver
from tongguan.catalog.formats.coco.shape import Mark, add
from tongguan.catalog.formats.coco.sniff import coco_files
from tongguan.catalog.formats.grouping import Grouped
from tongguan.catalog.formats.marks import ItemMarks
from tongguan.catalog.formats.paths import side_of_folders
from tongguan.catalog.formats.pictures import PictureIndex


@dataclass(slots=True)
class _Item:
    name: str
    path: str | None
    width: int | None
    height: int | None
    side: str | None
    labelled: bool = False
    sources: list[tuple[int, int | str]] = field(default_factory=list)


def read(tree: Tree, report: Report) -> Iterator[ReadItem]:
    """Yields every picture once, sorted by name; label classes are in `report.classes` before the first."""
    files = coco_files(tree)
    label_folders = {path.rpartition("/")[0] for path in files}
    pictures = PictureIndex(path for path in tree.list() if not _is_panoptic(path, label_folders))
    with Grouped() as annotations:
        items: dict[tuple[str, str], _Item] = {}
        documents: dict[int, Document] = {}
        for number, path in enumerate(files):
            document = describe(path, number)
            before = len(report.refused)
            try:
                _collect(tree, document, annotations, Resolver(pictures), items, report)
            except ReadError as error:
                # Half a file would make "nothing here" of pictures whose labels are in the other half.
                del report.refused[before:]
                report.refuse(path, "file", str(error))
                _forget(number, items)
                continue
            documents[number] = document
            report.classes += [name for name in document.categories.values() if name not in report.classes]
        _refuse_strangers(annotations, documents, items, report)
        named = {item.path for item in items.values()}
        for path in pictures.paths:
            if path not in named:
                items["", path] = _Item(path, path, None, None, side_of_folders(path))
        segments = Segments(tree)
        for item in sorted(items.values(), key=lambda item: item.name):
            yield _read_item(item, documents, annotations, segments, report)


def _is_panoptic(path: str, label_folders: set[str]) -> bool:
    """PNG files of segment numbers lie in annotations/panoptic_*: they are labels, not pictures."""
    return any(folder and path.startswith(folder + "/panoptic") for folder in label_folders)


def _collect(
    tree: Tree,
    document: Document,
    annotations: Grouped,
    resolver: Resolver,
    items: dict[tuple[str, str], _Item],
    report: Report,
) -> None:
    """Adds the pictures of one file to what other files said about the same pictures."""
    found: list[_Item] = []
    for image in images_of(tree, document, annotations, report):
        path = resolver.find(document, image.file_name)
        key = ("picture", path) if path else (document.root + "\n" + (document.side or ""), image.file_name)
        side = document.side or side_of_folders(path or image.file_name)
        item = items.get(key)
        if item is None:
            item = items[key] = _Item(path or image.file_name, path, image.width, image.height, side)
        item.side = item.side or side
        item.sources.append((document.number, image.id))
        found.append(item)
    for item in found:
        item.labelled = item.labelled or document.labelled


def _forget(number: int, items: dict[tuple[str, str], _Item]) -> None:
    for key, item in list(items.items()):
        item.sources = [source for source in item.sources if source[0] != number]
        if not item.sources:
            del items[key]


def _refuse_strangers(
    annotations: Grouped, documents: dict[int, Document], items: dict[tuple[str, str], _Item], report: Report
) -> None:
    """Annotations of pictures that their file does not list."""
    known = {source for item in items.values() for source in item.sources}
    lost: dict[tuple[str, str, str], int] = {}
    for key in annotations:
        if key in known or key[0] not in documents:
            continue
        for annotation in annotations.take(key):
            said = str(annotation.get("image_id"))[:60]
            entry = (documents[key[0]].path, kind_of(annotation), f"image_id {said} is not among the images")
            lost[entry] = lost.get(entry, 0) + 1
    for (path, kind, reason), count in lost.items():
        report.refuse(path, kind, reason, count)


def _read_item(
    item: _Item, documents: dict[int, Document], annotations: Grouped, segments: Segments, report: Report
) -> ReadItem:
    report.items += 1
    marks = ItemMarks(item.name, report)
    found: list[Mark] = []
    for number, image in item.sources:
        document = documents[number]
        for annotation in annotations.take((number, image)):
            _attach(annotation, document, found, segments, marks)
    if len({number for number, _ in item.sources}) > 1:
        found = _merged(found)
    for mark in found:
        add(mark, (item.width, item.height), marks)
    settled = marks.settle()
    labels = settled if item.labelled or settled else None
    return ReadItem(item.name, item.path, labels, item.width, item.height, item.side)


def _attach(
    annotation: dict[str, Any], document: Document, found: list[Mark], segments: Segments, marks: ItemMarks
) -> None:
    kind = kind_of(annotation)
    if "segments_info" in annotation:
        found.extend(segments.marks(annotation, document, marks))
        return
    if kind == "text_answer":
        found.append(Mark(kind, str(annotation.get("label") or "caption"), annotation, document.path))
        return
    category = annotation.get("category_id")
    label = document.categories.get(category) if isinstance(category, (int, str)) else None
    if label is None:
        marks.refuse(kind, f"category_id {str(category)[:60]} is not among the categories")
        return
    found.append(Mark(kind, label, annotation, document.path, document.points.get(category)))


def _merged(marks: list[Mark]) -> list[Mark]:
    """One mark of an annotation that two files of a family hold (boxes and keypoints of one person)."""
    found: list[Mark] = []
    for mark in marks:
        _merge(found, mark)
    return found


def _merge(found: list[Mark], mark: Mark) -> None:
    identity = mark.annotation.get("id")
    if mark.kind in RICHNESS and identity is not None:
        for at, other in enumerate(found):
            if other.source == mark.source or other.kind not in RICHNESS:
                continue
            same = other.annotation.get("id") == identity and other.label == mark.label
            if same and _same_place(other.annotation, mark.annotation):
                if RICHNESS.index(mark.kind) < RICHNESS.index(other.kind):
                    found[at] = mark
                return
    found.append(mark)


def _same_place(first: dict[str, Any], second: dict[str, Any]) -> bool:
    return first.get("bbox") == second.get("bbox") or first.get("bbox") is None or second.get("bbox") is None
