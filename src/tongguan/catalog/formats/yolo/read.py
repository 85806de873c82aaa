"""Reading YOLO: class number, then centre and size relative to the picture after EXIF rotation."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

from tongguan.catalog.formats.base import ReadError, ReadItem, Report, Tree
from tongguan.catalog.formats.marks import ItemMarks, number
from tongguan.catalog.formats.paths import SIDES, side_of_folders, stem_of, suffix_of
from tongguan.catalog.formats.pictures import PictureIndex, picture_size
from tongguan.catalog.formats.text import read_head, read_text
from tongguan.catalog.formats.yolo.layout import Layout, label_candidates, read_layout

LABEL_LINE = re.compile(rb"^\s*\d+(?:\.0*)?(?:\s+[-+0-9.eE]+){4,}\s*$")


def read(tree: Tree, report: Report) -> Iterator[ReadItem]:
    """Yields every picture and every label file without a picture, sorted by name."""
    layout = read_layout(tree, report)
    report.classes.extend(layout.names[number] for number in sorted(layout.names))
    members = tree.list()
    texts = {path for path in members if suffix_of(path) == ".txt" and path not in layout.special}
    pictures = PictureIndex(members)
    taken: dict[str, str] = {}
    plan: list[tuple[str, str | None, str | None]] = []
    for picture in pictures.paths:
        text = next((path for path in label_candidates(picture) if path in texts), None)
        if text is not None and text in taken:
            report.refuse(picture, "item", f"{text} already belongs to {taken[text]}: two pictures of one stem")
            text = None
        if text is not None:
            taken[text] = picture
        plan.append((picture, picture, text))
    for text in texts.difference(taken):
        if looks_like_labels(read_head(tree, text, 4096)):
            plan.append((text, None, text))
    return _emit(tree, sorted(plan), layout, report)


def looks_like_labels(head: bytes) -> bool:
    """Whether the first lines of a text file are a class number and at least four numbers."""
    lines = [line for line in head.split(b"\n")[:5] if line.strip()]
    if len(head) >= 4096 and len(lines) > 1:
        lines.pop()
    return bool(lines) and all(LABEL_LINE.match(line) for line in lines)


def _emit(
    tree: Tree, plan: list[tuple[str, str | None, str | None]], layout: Layout, report: Report
) -> Iterator[ReadItem]:
    for name, picture, text in plan:
        report.items += 1
        side = layout.side_of(name) or _folder_side(name, layout)
        if text is None:
            yield ReadItem(name, picture, None, side=side)
            continue
        yield _read_item(tree, name, picture, text, side, layout, report)


def _folder_side(name: str, layout: Layout) -> str | None:
    """Folders called train, val … count where no file declares the sides; a folder that two sides share has none."""
    declared = any(side for _, side in layout.folders)
    return (
        None
        if declared and any(name.startswith(f"{folder}/") for folder, _ in layout.folders)
        else side_of_folders(name)
    )


def _read_item(
    tree: Tree, name: str, picture: str | None, text: str, side: str | None, layout: Layout, report: Report
) -> ReadItem:
    marks = ItemMarks(name, report)
    size = picture_size(tree, picture) if picture else None
    width, height = size or (None, None)
    try:
        lines = read_text(tree, text).splitlines()
    except ReadError as error:
        report.refuse(text, "file", str(error))
        return ReadItem(name, picture, None, width, height, side)
    for at, line in enumerate(lines, start=1):
        if line.strip():
            _read_line(line, f"{text} line {at}", size, layout, marks)
    labels = marks.settle()
    return ReadItem(name, picture, labels, width, height, side)


def _read_line(line: str, where: str, size: tuple[int, int] | None, layout: Layout, marks: ItemMarks) -> None:
    words = line.split(None, 2000)
    values = [number(word) for word in words]
    if len(words) < 5 or not math.isfinite(values[0]) or values[0] < 0 or values[0] != int(values[0]):
        marks.refuse("box", f"{where}: not a class number and four numbers")
        return
    count = len(words) - 1
    if layout.keypoint_values and count == 4 + layout.keypoint_values:
        marks.unsupported("skeleton", "keypoints of YOLO are not read, and not flattened to a box")
        return
    if count >= 6 and count % 2 == 0:
        marks.unsupported("polygon", "polygons of YOLO are not read, and not flattened to a box")
        return
    if count not in (4, 5):
        marks.refuse("box", f"{where}: {count} numbers after the class; a box has four, and a score may follow")
        return
    label = layout.names.get(int(values[0]), "" if layout.names else str(int(values[0])))
    if not label:
        marks.refuse("box", f"class {int(values[0])} is not among the {len(layout.names)} names")
        return
    if size is None:
        marks.refuse("box", "the picture is absent or unreadable, so that relative numbers have no size")
        return
    _box(values, label, size, marks)


def _box(values: list[float], label: str, size: tuple[int, int], marks: ItemMarks) -> None:
    width, height = size
    centre_x, centre_y, box_width, box_height = (
        values[1] * width,
        values[2] * height,
        values[3] * width,
        values[4] * height,
    )
    score = values[5] if len(values) == 6 and 0 <= values[5] <= 1 else None
    marks.box(label, (centre_x - box_width / 2, centre_y - box_height / 2, box_width, box_height), score=score)


def is_list_name(path: str) -> bool:
    """train.txt, val.txt … at any depth."""
    return suffix_of(path) == ".txt" and stem_of(path).lower() in SIDES
