"""Masks of the segmentation benchmark: 256 times the number of the label class, plus the number of the thing."""

from __future__ import annotations

import numpy as np

from tongguan.catalog.formats import shapes
from tongguan.catalog.formats.base import Tree
from tongguan.catalog.formats.beside import Size
from tongguan.catalog.formats.marks import ItemMarks
from tongguan.catalog.formats.masks import mask_of_pixels, read_numbers

FOLDERS = frozenset({"instance", "semantic", "semantic_rgb"})
# Numbers of label classes, which are those of Cityscapes.
NAMES = (
    *("unlabeled", "ego vehicle", "rectification border", "out of roi", "static", "dynamic", "ground", "road"),
    *("sidewalk", "parking", "rail track", "building", "wall", "fence", "guard rail", "bridge", "tunnel", "pole"),
    *("polegroup", "traffic light", "traffic sign", "vegetation", "terrain", "sky", "person", "rider", "car"),
    *("truck", "bus", "caravan", "trailer", "train", "motorcycle", "bicycle"),
)


def is_label_png(path: str) -> bool:
    """A PNG of numbers: a label, no item."""
    return any(part in FOLDERS for part in path.split("/")[:-1]) and path.lower().endswith(".png")


def is_instance(path: str) -> bool:
    """One of the files that hold label class and thing."""
    return "/instance/" in "/" + path and path.lower().endswith(".png")


def read_instances(tree: Tree, path: str, size: Size, marks: ItemMarks) -> None:
    """One mask a thing; 0, the unlabelled pixels, is none."""
    try:
        numbers = read_numbers(tree, path)
    except shapes.Unreadable as error:
        marks.refuse("mask", str(error))
        return
    for value in np.unique(numbers).tolist():
        number = value >> 8
        if value == 0:
            continue
        if number >= len(NAMES):
            marks.refuse("mask", f"{path}: {number} is not among the {len(NAMES)} label classes of Cityscapes")
        else:
            marks.add(NAMES[number], mask_of_pixels(numbers == value), identity=str(value & 255))
