"""From the shares of every pixel to marks: the likeliest class of each, then the regions that hang together."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tongguan.catalog.labels.base import LabelRecord
from tongguan.catalog.labels.mask import MaskLabel, rle
from tongguan.train.recipes.base import LEAST_SCORE, MOST_MARKS
from tongguan.train.recipes.letterbox import Letterboxed
from tongguan.train.recipes.picture_parts.regions import regions

LEAST_SHARE = 1e-4
"""Of the picture's pixels: smaller regions are noise of the border between two classes."""


def marks_of(shares: NDArray[np.float32], picture: Letterboxed, labels: Sequence[str]) -> list[LabelRecord]:
    """shares (1 + classes, size, size) of the letterboxed picture -> a mask for each region, in pixels of the picture;
    its score is the mean share of its class, falling, at most 100."""
    high, wide = (round(side) for side in (picture.height * picture.factor[1], picture.width * picture.factor[0]))
    best, value = likeliest(shares[:, :high, :wide], (picture.width, picture.height))
    least = max(1, int(LEAST_SHARE * best.size))
    found: list[tuple[float, str, NDArray[np.bool_]]] = []
    for number in np.unique(best[best > 0]).tolist():
        places, count = regions(best == number)
        size = np.bincount(places.ravel(), minlength=count + 1)
        sums = np.bincount(places.ravel(), weights=value.ravel().astype(np.float64), minlength=count + 1)
        found += [
            (float(sums[at] / size[at]), labels[number - 1], places == at)
            for at in range(1, count + 1)
            if size[at] >= least and sums[at] >= LEAST_SCORE * size[at]
        ]
        found = sorted(found, key=lambda one: -one[0])[:MOST_MARKS]
    return [
        MaskLabel(
            label=name,
            size=(picture.height, picture.width),
            counts=rle.compress(rle.encode(pixels)),
            score=min(1.0, max(LEAST_SCORE, round(score, 6))),
        )
        for score, name, pixels in found
    ]


def likeliest(shares: NDArray[np.float32], size: tuple[int, int]) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Number of the likeliest class of each pixel of a picture of `size` (width, height), and its share. One class at a
    time: a large picture with many classes does not fit otherwise."""
    best = np.zeros(size[::-1], dtype=np.int64)
    value = np.full(size[::-1], -1.0, dtype=np.float32)
    for number, one in enumerate(shares):
        shown = Image.fromarray(np.ascontiguousarray(one)).resize(size, Image.Resampling.BILINEAR)
        here = np.asarray(shown, dtype=np.float32)
        better = here > value
        best[better], value[better] = number, here[better]
    return best, value
