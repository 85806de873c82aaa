"""Reads exported archives with nothing of the project's own: what was exported, box by box."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path, PurePosixPath
from typing import Any

import yaml
from defusedxml import ElementTree

Boxes = dict[str, list[dict[str, Any]]]
SIZE = 200  # pixels of a side: all of these pictures


def boxes_of(archive: Path, format_id: str) -> Boxes:
    """Boxes by the stem of the picture's name; pictures without a box have an empty list."""
    with zipfile.ZipFile(archive) as opened:
        return {"coco": _coco, "voc": _voc, "yolo": _yolo}[format_id](opened)


def _stem(name: str) -> str:
    return PurePosixPath(name).stem


def _box(label: str, x: float, y: float, width: float, height: float) -> dict[str, Any]:
    return {"label": label, "x": x, "y": y, "width": width, "height": height}


def _coco(opened: zipfile.ZipFile) -> Boxes:
    found: Boxes = {}
    for name in opened.namelist():
        if not name.endswith(".json"):
            continue
        data = json.loads(opened.read(name))
        classes = {entry["id"]: entry["name"] for entry in data["categories"]}
        names = {entry["id"]: _stem(entry["file_name"]) for entry in data["images"]}
        for stem in names.values():
            found[stem] = []
        for mark in data["annotations"]:
            found[names[mark["image_id"]]].append(_box(classes[mark["category_id"]], *mark["bbox"]))
    return found


def _voc(opened: zipfile.ZipFile) -> Boxes:
    found: Boxes = {}
    for name in opened.namelist():
        if not name.endswith(".xml"):
            continue
        root = ElementTree.fromstring(opened.read(name))
        boxes = found.setdefault(_stem(name), [])
        for mark in root.iter("object"):
            left, top, right, bottom = (
                float(mark.findtext(f"bndbox/{key}")) for key in ("xmin", "ymin", "xmax", "ymax")
            )
            boxes.append(_box(mark.findtext("name"), left - 1, top - 1, right - left + 1, bottom - top + 1))
    return found


def _yolo(opened: zipfile.ZipFile) -> Boxes:
    listed = yaml.safe_load(opened.read(next(n for n in opened.namelist() if n.endswith((".yaml", ".yml")))))["names"]
    classes = dict(enumerate(listed)) if isinstance(listed, list) else {int(key): name for key, name in listed.items()}
    found: Boxes = {}
    for name in opened.namelist():
        parts = PurePosixPath(name).parts
        if not name.endswith(".txt") or "labels" not in parts:
            continue
        boxes = found.setdefault(_stem(name), [])
        for line in opened.read(name).decode().splitlines():
            kind, *numbers = line.split()
            x, y, width, height = (float(number) * SIZE for number in numbers)
            boxes.append(_box(classes[int(kind)], x - width / 2, y - height / 2, width, height))
    return found
