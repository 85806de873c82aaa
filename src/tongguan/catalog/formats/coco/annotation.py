"""One COCO annotation is one label of its richest kind; here that kind is found."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

# The richest first; a label that several files of one family hold is taken once, as its richest kind.
RICHNESS = ("skeleton", "mask", "polygon", "box")
RECTANGLE_TOLERANCE = 0.02


def kind_of(annotation: dict[str, Any]) -> str:
    """keypoints → skeleton, RLE → mask, polygon → polygon, empty or the box's own rectangle → box, no place → class."""
    if "segments_info" in annotation:
        return "mask"
    if "caption" in annotation:
        return "text_answer"
    if _has_keypoints(annotation):
        return "skeleton"
    shape = annotation.get("segmentation")
    if isinstance(shape, dict) and shape:
        return "mask"
    outlined = isinstance(shape, list) and bool(shape) and bool(rings_of(shape))
    if outlined and (annotation.get("kind") == "polygon" or not is_own_rectangle(shape, annotation.get("bbox"))):
        return "polygon"
    if annotation.get("bbox") is not None or shape is not None:
        return "box"
    return "class"


def _has_keypoints(annotation: dict[str, Any]) -> bool:
    points = annotation.get("keypoints")
    if not points or not isinstance(points, list):
        return False
    seen = annotation.get("num_keypoints")
    if isinstance(seen, int):
        return seen > 0
    return any(value not in (0, None) for value in points[2::3])


def rings_of(shape: Any) -> list[Sequence[Any]]:
    """The rings that are there; a flat list of numbers is one ring written without its outer list."""
    if not isinstance(shape, list):
        return []
    if shape and not isinstance(shape[0], (list, dict)):
        return [shape]
    return [ring for ring in shape if isinstance(ring, list) and ring]


def is_own_rectangle(shape: Any, bbox: object) -> bool:
    """Whether a segmentation is no more than the four corners of the annotation's own box."""
    rings = rings_of(shape)
    if len(rings) != 1 or not isinstance(bbox, list) or len(bbox) != 4:
        return False
    ring = rings[0]
    if len(ring) not in (8, 10) or not all(_is_number(value) for value in (*ring, *bbox)):
        return False
    corners = [(float(ring[at]), float(ring[at + 1])) for at in range(0, len(ring), 2)]
    if len(corners) == 5:
        if corners[0] != corners[4]:
            return False
        corners.pop()
    x, y, width, height = (float(value) for value in bbox)
    wanted = [(x, y), (x + width, y), (x + width, y + height), (x, y + height)]
    for turn in range(4):
        for order in (wanted, wanted[::-1]):
            turned = order[turn:] + order[:turn]
            if all(
                math.dist(first, second) <= RECTANGLE_TOLERANCE for first, second in zip(corners, turned, strict=True)
            ):
                return True
    return False


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
