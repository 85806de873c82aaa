"""Flawed pictures, as every delivery holds some: what the data gate must find."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFilter

from tongguan.industries.steel_plates.maker import PlatePicture, encode

Grey = npt.NDArray[np.uint8]


def _pixels(picture: PlatePicture) -> Grey:
    with Image.open(io.BytesIO(picture.data)) as opened:
        return np.asarray(opened.convert("L"), dtype=np.uint8)


def _spoiled(picture: PlatePicture, flaw: str, data: bytes, **changes: Any) -> PlatePicture:
    return picture._replace(data=data, meta={**picture.meta, "flaw": flaw}, **changes)


def _copy(picture: PlatePicture, flaw: str, data: bytes, suffix: str) -> PlatePicture:
    stem, _, ending = picture.name.rpartition(".")
    meta = {**picture.meta, "flaw": flaw, "of": picture.name}
    return picture._replace(name=f"{stem}_{suffix}.{ending}", data=data, meta=meta)


def duplicate(picture: PlatePicture) -> PlatePicture:
    """The same bytes under another name."""
    return _copy(picture, "duplicate", picture.data, "copy")


def near_duplicate(picture: PlatePicture) -> PlatePicture:
    """The same picture, a little brighter and compressed once more; the boxes still fit."""
    brighter = np.clip(_pixels(picture).astype(np.int16) + 3, 0, 255).astype(np.uint8)
    return _copy(picture, "near_duplicate", encode(brighter, quality=72), "again")


def dark(picture: PlatePicture) -> PlatePicture:
    """The lamp was off: a mean of 20 grey levels of 255, and the noise of the sensor."""
    grey = _pixels(picture).astype(np.float32)
    noise = np.random.default_rng(_seed(picture)).normal(0, 4, grey.shape)
    faint = np.clip(grey * (20 / max(float(grey.mean()), 1)) + noise, 0, 255)
    return _spoiled(picture, "dark", encode(faint.astype(np.uint8)))


def blurred(picture: PlatePicture) -> PlatePicture:
    """Out of focus."""
    soft = Image.fromarray(_pixels(picture)).filter(ImageFilter.GaussianBlur(6))
    return _spoiled(picture, "blurred", encode(np.asarray(soft, dtype=np.uint8)))


def truncated(picture: PlatePicture) -> PlatePicture:
    """The file ends after three fifths of its bytes."""
    return _spoiled(picture, "truncated", picture.data[: len(picture.data) * 3 // 5])


def blank(picture: PlatePicture) -> PlatePicture:
    """One grey from edge to edge, nothing to label."""
    level = 100 + sum(_seed(picture)) % 60
    even = np.full((picture.meta["height"], picture.meta["width"]), level, dtype=np.uint8)
    return _spoiled(picture, "blank", encode(even), labels=(), masks=())


def _seed(picture: PlatePicture) -> list[int]:
    return [picture.meta["plate"], picture.meta["position"]]


# Copies of a picture that is in the series too; the others take the place of a sound picture.
COPIES = frozenset({"duplicate", "near_duplicate"})
FLAWS: dict[str, Callable[[PlatePicture], PlatePicture]] = {
    each.__name__: each for each in (duplicate, near_duplicate, dark, blurred, truncated, blank)
}
