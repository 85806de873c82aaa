"""Masks and polygons as run lengths of one picture: what pixels are counted by."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np

from tongguan.catalog.labels.base import LabelRecord
from tongguan.catalog.labels.mask import MaskLabel, rle
from tongguan.catalog.labels.polygon import PolygonLabel
from tongguan.catalog.labels.polygon.geometry import bounds, rings
from tongguan.quality.aggregation.labels.raster import Grid, fill

Areal = MaskLabel | PolygonLabel


def areal(labels: Iterable[LabelRecord]) -> list[Areal]:
    """Those of the labels that cover pixels by their outline or mask."""
    return [label for label in labels if isinstance(label, MaskLabel | PolygonLabel)]


def size_of(labels: Sequence[Areal]) -> tuple[int, int]:
    """Height and width of the picture: what masks say, else what polygons need."""
    for label in labels:
        if isinstance(label, MaskLabel):
            return label.size
    extents = [bounds(label) for label in labels if isinstance(label, PolygonLabel)]
    ends = [(one.y + one.height, one.x + one.width) for one in extents]
    high, wide = (max(1, math.ceil(max((end[at] for end in ends), default=1))) for at in (0, 1))
    return high, wide


def runs_of(label: Areal, size: tuple[int, int]) -> rle.Runs:
    """Run lengths in a picture of `size` (height, width): a pixel belongs to a polygon that holds its middle."""
    if isinstance(label, MaskLabel):
        return (
            rle.expand(label.counts)
            if label.size == size
            else rle.encode(_cut(rle.decode(rle.expand(label.counts), label.size), size))
        )
    return rle.encode(fill(rings(label), Grid(0.0, 0.0, 1.0, *size)))


def _cut(pixels: rle.Pixels, size: tuple[int, int]) -> rle.Pixels:
    """A mask of another size than the picture: what lies inside."""
    out = np.zeros(size, dtype=np.bool_)
    high, wide = min(size[0], pixels.shape[0]), min(size[1], pixels.shape[1])
    out[:high, :wide] = pixels[:high, :wide]
    return out
