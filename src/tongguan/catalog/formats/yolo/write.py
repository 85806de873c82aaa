"""Writing YOLO: images/SIDE, labels/SIDE and data.yaml, relative numbers with 8 decimals."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import yaml

from tongguan.catalog.formats import shapes
from tongguan.catalog.formats.base import Report, Sink, WriteItem, WriteOptions
from tongguan.catalog.formats.output import edges, side_path, without_suffix
from tongguan.catalog.formats.paths import SIDE_NAMES, join, side_folder
from tongguan.catalog.formats.writing import Describes, Writing
from tongguan.catalog.labels.base import LabelRecord
from tongguan.catalog.labels.box import BoxLabel
from tongguan.catalog.labels.polygon import PolygonLabel
from tongguan.catalog.labels.rotated_box import RotatedBoxLabel
from tongguan.catalog.labels.skeleton import SkeletonLabel

# A data set of YOLO serves one task; boxes and polygons may stand in one file, the others may not.
TASKS = {"box": "detect", "polygon": "segment", "rotated_box": "obb", "skeleton": "pose"}
TOGETHER = frozenset({"detect", "segment"})


class _Task:
    """What the data set is for: the first label decides, since one file cannot say two things."""

    def __init__(self) -> None:
        self.name = ""
        self.points = 0
        self.names: dict[int, list[str]] = {}

    def refusal(self, label: LabelRecord, number: int) -> str | None:
        """Why a label cannot stand beside those before it, or None."""
        wanted = TASKS[label.kind]
        if wanted == "detect" and self.name in TOGETHER:
            return None
        if self.name and wanted != self.name and not {wanted, self.name} <= TOGETHER:
            return f"a YOLO data set for {self.name} holds no labels of kind {label.kind}"
        if isinstance(label, PolygonLabel) and (label.holes or label.others):
            return "a polygon of YOLO has neither holes nor further parts"
        if isinstance(label, SkeletonLabel):
            names = [point.name for point in label.points]
            if self.points not in (0, len(names)) or self.names.setdefault(number, names) != names:
                return "its points are others than those of the first skeleton"
            self.points = len(names)
        self.name = "segment" if {wanted, self.name} == TOGETHER else wanted
        return None


def write(format_: Describes, items: Iterable[WriteItem], sink: Sink, options: WriteOptions, report: Report) -> None:
    """One pass; only the names of the label classes wait for the end."""
    out = Writing(format_, sink, options, report)
    sides: set[str] = set()
    task = _Task()
    for item in items:
        begun = out.begin(item, lambda name, item=item: side_path("images", item, name), sized=True)  # type: ignore[misc]
        if begun is None:
            continue
        name, labels = begun
        sides.add(item.side or "")
        if labels is not None:
            text = _lines(item, labels, task, out)
            if text or not labels:
                out.text(side_path("labels", item, without_suffix(name) + ".txt"), text)
    out.text("data.yaml", _declaration(sides, task, out))
    out.finish()


def _lines(item: WriteItem, labels: Sequence[LabelRecord], task: _Task, out: Writing) -> str:
    rows: list[str] = []
    for label in labels:
        number = out.classes.numbers[label.label]
        reason = task.refusal(label, number)
        if reason:
            out.refuse(item, label, reason)
            continue
        rows.append(_row(number, label, item, out.options.round))
        out.done(label)
    return "".join(rows)


def _row(number: int, label: LabelRecord, item: WriteItem, rounded: bool) -> str:
    if isinstance(label, BoxLabel):
        return f"{number} {_box(edges(label, rounded), item)}\n"
    return " ".join((str(number), *_numbers(label, item))) + "\n"


def _numbers(label: LabelRecord, item: WriteItem) -> list[str]:
    width, height = item.width, item.height
    if isinstance(label, PolygonLabel):
        return _relative(label.points, item)
    if isinstance(label, RotatedBoxLabel):
        return _relative(shapes.corners_of(label.cx, label.cy, label.width, label.height, label.angle), item)
    if not isinstance(label, SkeletonLabel):
        return []
    seen = [(point.x, point.y) for point in label.points if point.visible]
    left, top, across, down = label.box or (shapes.bounds_of(seen) if seen else (0.0, 0.0, 0.0, 0.0))
    numbers = [_box((left, top, left + across, top + down), item)]
    for point in label.points:
        numbers += [f"{point.x / width:.8f}", f"{point.y / height:.8f}", str(point.visible)]
    return numbers


def _box(box: tuple[float, float, float, float], item: WriteItem) -> str:
    left, top, right, bottom = box
    width, height = item.width, item.height
    return "%.8f %.8f %.8f %.8f" % (  # noqa: UP031  a third of the time that four parts of an f-string take
        (left + right) / 2 / width,
        (top + bottom) / 2 / height,
        (right - left) / width,
        (bottom - top) / height,
    )


def _relative(places: Iterable[shapes.Point], item: WriteItem) -> list[str]:
    return [f"{value:.8f}" for x, y in places for value in (x / item.width, y / item.height)]


def _declaration(sides: set[str], task: _Task, out: Writing) -> str:
    """data.yaml. Without any side, train and val are the same folder, since trainers ask for both."""
    lines: dict[str, object] = {}
    for side in SIDE_NAMES:
        if side in sides:
            lines[side_folder(side)] = join("images", side_folder(side))
    if not lines:
        lines |= {"train": "images", "val": "images"}
    if task.name not in ("", "detect"):
        lines["task"] = task.name
    if task.points:
        lines["kpt_shape"] = [task.points, 3]
        lines["kpt_names"] = task.names
    lines["nc"] = len(out.classes.numbers)
    lines["names"] = {number: name for name, number in out.classes.numbers.items()}
    text: str = yaml.safe_dump(lines, allow_unicode=True, sort_keys=False, width=10_000)
    return text
