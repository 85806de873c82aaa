"""The small plates of `plates`, with other kinds of label made from their boxes, for tests only."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from scipy import ndimage

from tests.train import plates
from tests.train.plates import LABELS, write_plates
from tongguan.catalog.labels.base import LabelRecord
from tongguan.catalog.labels.box import BoxLabel
from tongguan.catalog.labels.mask import MaskLabel, rle
from tongguan.catalog.labels.rotated_box import RotatedBoxLabel
from tongguan.train.recipes.items import Gathered, Side

SIDE = 96


def masked(box: BoxLabel) -> MaskLabel:
    """All pixels of the box."""
    pixels = np.zeros((SIDE, SIDE), dtype=np.bool_)
    pixels[int(box.y) : int(box.y + box.height), int(box.x) : int(box.x + box.width)] = True
    return MaskLabel(label=box.label, size=(SIDE, SIDE), counts=rle.compress(rle.encode(pixels)))


def turned(box: BoxLabel) -> RotatedBoxLabel:
    """The box itself, as one that may be turned: by 180 degrees it stays the same."""
    return RotatedBoxLabel(
        label=box.label,
        cx=box.x + box.width / 2,
        cy=box.y + box.height / 2,
        width=box.width,
        height=box.height,
        angle=180 if int(box.x) % 2 else 0,
    )


def relabelled(made: Gathered, change: Callable[[BoxLabel], LabelRecord]) -> Gathered:
    """The items with other labels."""
    items = []
    for item in made.items:
        labels = [change(box) for box in item.records() if isinstance(box, BoxLabel)]
        items.append(item.model_copy(update={"labels": tuple(label.model_dump(mode="json") for label in labels)}))
    return made.model_copy(update={"items": tuple(items)})


def gathered_masks(folder: Path, count: int, sides: tuple[Side, ...] = ("train",), seed: int = 0) -> Gathered:
    """Plates with masks, dealt to `sides` in turn; things of one class that touch are one mask, since pixels that have
    a class alone cannot tell them apart."""
    made = plates.gathered(folder, count, sides, seed)
    items = []
    for item in made.items:
        boxes = [box for box in item.records() if isinstance(box, BoxLabel)]
        labels = [mark.model_dump(mode="json") for mark in _regions(boxes)]
        items.append(item.model_copy(update={"labels": tuple(labels)}))
    return made.model_copy(update={"items": tuple(items)})


def _regions(boxes: list[BoxLabel]) -> Iterator[MaskLabel]:
    for name in sorted({box.label for box in boxes}):
        pixels = np.zeros((SIDE, SIDE), dtype=np.bool_)
        for box in boxes:
            if box.label == name:
                pixels |= rle.decode(rle.expand(masked(box).counts), (SIDE, SIDE))
        parts, count = ndimage.label(pixels, np.ones((3, 3)))
        for at in range(1, count + 1):
            yield MaskLabel(label=name, size=(SIDE, SIDE), counts=rle.compress(rle.encode(parts == at)))


def gathered_turned(folder: Path, count: int, sides: tuple[Side, ...] = ("train",), seed: int = 0) -> Gathered:
    """Plates with boxes that may be turned, dealt to `sides` in turn."""
    return relabelled(plates.gathered(folder, count, sides, seed), turned)


def write_masks(folder: Path, count: int, seed: int = 0, outlines: bool = False) -> Path:
    """COCO with run lengths, or with polygons."""
    made = write_plates(folder / "images", count, seed)
    document = plates.coco(made)
    boxes = [box for _, _, labels in made for box in labels]
    for row, box in zip(document["annotations"], boxes, strict=True):
        x, y, right, bottom = box.x, box.y, box.x + box.width, box.y + box.height
        ring = [x, y, right, y, right, bottom, x + 0.5, bottom, x, bottom - 0.5]
        row["segmentation"] = [ring] if outlines else {"size": [SIDE, SIDE], "counts": masked(box).counts}
    (folder / "annotations.json").write_text(json.dumps(document))
    return folder


__all__ = ["LABELS", "gathered_masks", "gathered_turned", "masked", "relabelled", "write_masks"]
