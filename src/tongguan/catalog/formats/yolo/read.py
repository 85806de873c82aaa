"""Reading YOLO: class number, then centre and size relative to the picture after EXIF rotation."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

from tongguan.catalog.formats import shapes
from tongguan.catalog.formats.base import ReadError, ReadItem, Report, Tree
from tongguan.catalog.formats.marks import ItemMarks, number
from tongguan.catalog.formats.paths import SIDES, folder_of, side_of_folders, stem_of, suffix_of
from tongguan.catalog.formats.pictures import PictureIndex, picture_size
from tongguan.catalog.formats.sniffing import sample
from tongguan.catalog.formats.text import read_head, read_text
from tongguan.catalog.formats.yolo.layout import Layout, label_candidates, read_layout

MOST_WORDS = 200_000
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
    if not layout.task and not layout.keypoint_values:
        _guess_task(tree, sorted(taken), layout)
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
    sides: dict[str, str | None] = {}
    for name, picture, text in plan:
        report.items += 1
        folder = folder_of(name)
        if folder not in sides:
            sides[folder] = layout.side_of_folder(folder) or _folder_side(folder, layout)
        side = layout.listed.get(name) or sides[folder]
        if text is None:
            yield ReadItem(name, picture, None, side=side)
            continue
        yield _read_item(tree, name, picture, text, side, layout, report)


def _folder_side(folder: str, layout: Layout) -> str | None:
    """Folders called train, val … count where no file declares the sides; a folder that two sides share has none."""
    declared = any(side for _, side in layout.folders)
    inside = f"{folder}/"
    return (
        None
        if declared and any(inside.startswith(f"{other}/") for other, _ in layout.folders)
        else side_of_folders(inside)
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
            _read_line(line, (text, at), size, layout, marks)
    labels = marks.settle()
    return ReadItem(name, picture, labels, width, height, side, measured=size is not None)


def _read_line(
    line: str, place: tuple[str, int], size: tuple[int, int] | None, layout: Layout, marks: ItemMarks
) -> None:
    words = line.split(None, MOST_WORDS)
    try:
        values = list(map(float, words))
    except ValueError:
        values = [number(word) for word in words]
    if len(words) < 5 or not 0 <= values[0] < math.inf or values[0] != int(values[0]):
        marks.refuse("box", f"{_where(place)}: not a class number and four numbers")
        return
    kind = _kind(len(words) - 1, layout)
    if kind is None:
        marks.refuse(
            "box", f"{_where(place)}: {len(words) - 1} numbers after the class; a box has four, and a score may follow"
        )
        return
    which = int(values[0])
    label = layout.names.get(which, "") if layout.names else str(which)
    if not label:
        marks.refuse(kind, f"class {which} is not among the {len(layout.names)} names")
        return
    if size is None:
        marks.refuse(kind, "the picture is absent or unreadable, so that relative numbers have no size")
        return
    if kind == "box":
        _box(values, label, size, marks)
        return
    try:
        shape = _shape(kind, values, size, layout)
    except shapes.Unreadable as error:
        marks.refuse(kind, f"{_where(place)}: {error}")
        return
    marks.add(label, shape)


def _where(place: tuple[str, int]) -> str:
    return f"{place[0]} line {place[1]}"


def _kind(count: int, layout: Layout) -> str | None:
    """What so many numbers after the class are in this data set."""
    if layout.keypoint_values and count == 4 + layout.keypoint_values:
        return "skeleton"
    if count in (4, 5):
        return "box"
    if layout.task == "obb" and count in (8, 9):
        return "rotated_box"
    return "polygon" if count >= 6 and count % 2 == 0 else None


def _shape(kind: str, values: list[float], size: tuple[int, int], layout: Layout) -> shapes.Shape:
    width, height = size
    if kind != "skeleton":
        places = [(x * width, y * height) for x, y in shapes.pairs(values[1 : 9 if kind == "rotated_box" else None])]
        return shapes.rotated_box_of(places) if kind == "rotated_box" else shapes.polygon(places)
    names = layout.keypoint_names.get(int(values[0]), [])
    points, step = [], layout.keypoint_size
    for at, start in enumerate(range(5, len(values), step)):
        x, y = values[start] * width, values[start + 1] * height
        seen = values[start + 2] if step == 3 else (2 if x or y else 0)
        if seen not in (0, 1, 2):
            raise shapes.Unreadable(f"keypoint {at + 1}: visible is {seen:g}, not 0, 1 or 2")
        points.append((names[at] if at < len(names) else str(at + 1), x, y, int(seen)))
    return shapes.skeleton(points, box=_edges(values, size))


def _edges(values: list[float], size: tuple[int, int]) -> tuple[float, float, float, float]:
    centre_x, centre_y = values[1] * size[0], values[2] * size[1]
    width, height = values[3] * size[0], values[4] * size[1]
    return centre_x - width / 2, centre_y - height / 2, width, height


def _box(values: list[float], label: str, size: tuple[int, int], marks: ItemMarks) -> None:
    score = values[5] if len(values) == 6 and 0 <= values[5] <= 1 else None
    marks.box(label, _edges(values, size), score=score)


def _guess_task(tree: Tree, texts: list[str], layout: Layout) -> None:
    """Oriented boxes where the files do not say so: every line of eight numbers is a rectangle, and one is turned."""
    turned = False
    for path in sample(texts):
        for line in read_head(tree, path, 65536).split(b"\n")[:-1] or [read_head(tree, path, 65536)]:
            values = [number(word.decode("latin-1")) for word in line.split()[1:]]
            if len(values) < 6:
                continue
            corners = shapes.pairs(values[:8]) if len(values) in (8, 9) else []
            # Relative numbers of a wide picture are squeezed: a rectangle is only seen after they are stretched.
            if len(corners) != 4 or not _parallel(corners):
                return
            turned = turned or corners[0][1] != corners[1][1]
    if turned:
        layout.task = "obb"


def _parallel(corners: list[shapes.Point]) -> bool:
    """Whether the diagonals halve each other, as those of a stretched rectangle do."""
    a, b, c, d = corners
    return all(abs(a[axis] + c[axis] - b[axis] - d[axis]) <= 2e-3 for axis in (0, 1))


def is_list_name(path: str) -> bool:
    """train.txt, val.txt … at any depth."""
    return suffix_of(path) == ".txt" and stem_of(path).lower() in SIDES
