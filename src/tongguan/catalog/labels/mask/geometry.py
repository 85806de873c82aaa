"""Area and extent of a mask."""

from __future__ import annotations

from tongguan.catalog.labels.base import Bounds
from tongguan.catalog.labels.coordinates import outside
from tongguan.catalog.labels.mask import rle
from tongguan.catalog.labels.mask.schema import MaskShape


def area(label: MaskShape) -> int:
    """Pixels inside."""
    return rle.area(rle.expand(label.counts))


def bounds(label: MaskShape) -> Bounds:
    """Upright rectangle round the pixels; without size at 0, 0 where there is none."""
    x, y, width, height = rle.bounds(rle.expand(label.counts), label.size[0])
    return Bounds(x=x, y=y, width=width, height=height)


def problems(label: MaskShape, width: int, height: int) -> tuple[str, ...]:
    """`zero_area` without pixels; `label_outside` when its pixels leave the picture."""
    flat = ("zero_area",) if area(label) == 0 else ()
    return (*flat, *outside(bounds(label), width, height))
