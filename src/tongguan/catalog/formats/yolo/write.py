"""Writing YOLO: images/SIDE, labels/SIDE and data.yaml, relative numbers with 8 decimals."""

from __future__ import annotations

from collections.abc import Iterable

import yaml

from tongguan.catalog.formats.base import Report, Sink, WriteItem, WriteOptions
from tongguan.catalog.formats.output import (
    ClassNumbers,
    OutputNames,
    copy_media,
    edges,
    fitting,
    side_path,
    without_suffix,
    write_text,
)
from tongguan.catalog.formats.paths import SIDE_NAMES, join, side_folder
from tongguan.catalog.labels.base import LabelRecord
from tongguan.catalog.labels.box import BoxLabel

KINDS = frozenset({"box"})


def write(items: Iterable[WriteItem], sink: Sink, options: WriteOptions, report: Report) -> None:
    """One pass; only the names of the label classes wait for the end."""
    names = OutputNames()
    classes = ClassNumbers(options)
    sides: set[str] = set()
    lost: dict[str, int] = {}
    for item in items:
        labels = fitting(item, KINDS, "YOLO", report)
        if labels is not None and labels and (item.width < 1 or item.height < 1):
            report.refuse(item.name, "item", "the picture's size is not known, which relative numbers need")
            continue
        report.items += 1
        sides.add(item.side or "")
        name = names.claim(item)
        if options.media:
            copy_media(item, side_path("images", item, name), sink, report)
        if labels is not None:
            text = _lines(item, labels, classes, options, report, lost)
            if text or not labels:
                write_text(sink, side_path("labels", item, without_suffix(name) + ".txt"), text, report)
    write_text(sink, "data.yaml", _declaration(sides, classes), report)
    for key, count in lost.items():
        report.notes.append(f"YOLO has no place for {key[:80]}: left out of {count} labels")


def _lines(
    item: WriteItem,
    labels: tuple[LabelRecord, ...],
    classes: ClassNumbers,
    options: WriteOptions,
    report: Report,
    lost: dict[str, int],
) -> str:
    rows: list[str] = []
    for label in labels:
        if not isinstance(label, BoxLabel):
            continue
        number = classes.number(label)
        if number is None:
            report.refuse(item.name, "box", f"{label.label[:80]} is not one of the label classes of this export")
            continue
        left, top, right, bottom = edges(label, options.round)
        width, height = item.width, item.height
        rows.append(
            f"{number} {(left + right) / 2 / width:.8f} {(top + bottom) / 2 / height:.8f} "
            f"{(right - left) / width:.8f} {(bottom - top) / height:.8f}\n"
        )
        report.count("box")
        for key in (*label.attributes, *(("score",) if label.score is not None else ())):
            lost[key] = lost.get(key, 0) + 1
    return "".join(rows)


def _declaration(sides: set[str], classes: ClassNumbers) -> str:
    """data.yaml. Without any side, train and val are the same folder, since trainers ask for both."""
    lines: dict[str, object] = {}
    for side in SIDE_NAMES:
        if side in sides:
            lines[side_folder(side)] = join("images", side_folder(side))
    if not lines:
        lines |= {"train": "images", "val": "images"}
    lines["nc"] = len(classes.numbers)
    lines["names"] = {number: name for name, number in classes.numbers.items()}
    text: str = yaml.safe_dump(lines, allow_unicode=True, sort_keys=False, width=10_000)
    return text
