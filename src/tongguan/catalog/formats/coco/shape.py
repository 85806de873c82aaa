"""One COCO annotation as a label of its kind."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from tongguan.catalog.formats import shapes
from tongguan.catalog.formats.coco.annotation import rings_of
from tongguan.catalog.formats.coco.document import Points
from tongguan.catalog.formats.marks import ItemMarks, clean_attributes, number
from tongguan.catalog.formats.masks import mask_of_rle
from tongguan.catalog.labels.base import AttributeValue


@dataclass(slots=True)
class Mark:
    """An annotation with its kind, label class, the file it comes from, and its category's keypoints."""

    kind: str
    label: str
    annotation: dict[str, Any]
    source: str
    points: Points | None = None


def add(mark: Mark, size: tuple[int | None, int | None], marks: ItemMarks) -> None:
    """Adds the label, or refuses it with the reason."""
    annotation = mark.annotation
    attributes: dict[str, AttributeValue] = clean_attributes(annotation.get("attributes"))
    if annotation.get("iscrowd") in (1, True):
        attributes["iscrowd"] = True
    said = annotation.get("score")
    value = math.nan if said is None else number(said)
    score = value if 0 <= value <= 1 else None
    identity = str(annotation.get("id", ""))
    if mark.kind == "class":
        marks.class_(mark.label, attributes, score, identity)
    elif mark.kind == "box":
        bbox = annotation.get("bbox")
        if not isinstance(bbox, list) or len(bbox) != 4:
            marks.refuse("box", "bbox is not a list of four numbers: left, top, width, height")
            return
        x, y, width, height = map(number, bbox)
        marks.box(mark.label, (x, y, width, height), attributes, score, identity)
    else:
        try:
            shape = _shape(mark)
        except shapes.Unreadable as error:
            marks.refuse(mark.kind, str(error))
            return
        marks.add(mark.label, shape, attributes, score, identity)


def _shape(mark: Mark) -> shapes.Shape:
    annotation = mark.annotation
    if mark.kind == "text_answer":
        return "text_answer", {"text": str(annotation.get("caption") or "")}
    if mark.kind == "skeleton":
        return _skeleton(annotation, mark.points)
    segmentation = annotation.get("segmentation")
    if mark.kind == "mask":
        rle = segmentation if isinstance(segmentation, dict) else {}
        return mask_of_rle(rle.get("counts"), rle.get("size"))
    rings = [shapes.pairs([number(value) for value in ring]) for ring in rings_of(segmentation)]
    return shapes.polygon(rings[0], others=rings[1:])


def _skeleton(annotation: dict[str, Any], points: Points | None) -> shapes.Shape:
    raw = annotation["keypoints"]
    if len(raw) % 3:
        raise shapes.Unreadable(f"{len(raw)} numbers; keypoints are x, y, visible in turn")
    names = points.names if points else ()
    if names and len(names) != len(raw) // 3:
        raise shapes.Unreadable(f"{len(raw) // 3} keypoints, its category has {len(names)}")
    places = []
    for at in range(len(raw) // 3):
        x, y, seen = (number(value) for value in raw[3 * at : 3 * at + 3])
        if seen not in (0, 1, 2):
            raise shapes.Unreadable(f"keypoint {at + 1}: visible is {str(raw[3 * at + 2])[:20]}, not 0, 1 or 2")
        places.append((names[at] if names else str(at + 1), x, y, int(seen)))
    bbox = annotation.get("bbox")
    box = [number(value) for value in bbox] if isinstance(bbox, list) and len(bbox) == 4 else None
    area = number(annotation.get("area"))
    return shapes.skeleton(places, points.edges if points else (), box, area if area >= 0 else None)
