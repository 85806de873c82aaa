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


def _with(picture: PlatePicture, flaw: str, data: bytes, **changes: Any) -> PlatePicture:
    stem, _, suffix = picture.name.rpartition(".")
    name = f"{stem}_{flaw}.{suffix}"
    meta = {**picture.meta, "flaw": flaw, "of": picture.name}
    return picture._replace(name=name, data=data, meta=meta, **changes)


def duplicate(picture: PlatePicture) -> PlatePicture:
    """The same bytes under another name."""
    return _with(picture, "duplicate", picture.data)


def near_duplicate(picture: PlatePicture) -> PlatePicture:
    """The same picture, a little brighter and compressed once more; the boxes still fit."""
    brighter = np.clip(_pixels(picture).astype(np.int16) + 3, 0, 255).astype(np.uint8)
    return _with(picture, "near_duplicate", encode(brighter, quality=72))


def dark(picture: PlatePicture) -> PlatePicture:
    """The lamp was off: a twelfth of the light."""
    return _with(picture, "dark", encode((_pixels(picture) // 12).astype(np.uint8)))


def blurred(picture: PlatePicture) -> PlatePicture:
    """Out of focus."""
    soft = Image.fromarray(_pixels(picture)).filter(ImageFilter.GaussianBlur(6))
    return _with(picture, "blurred", encode(np.asarray(soft, dtype=np.uint8)))


def truncated(picture: PlatePicture) -> PlatePicture:
    """The file ends after three fifths of its bytes."""
    return _with(picture, "truncated", picture.data[: len(picture.data) * 3 // 5])


def blank(picture: PlatePicture) -> PlatePicture:
    """One grey from edge to edge, nothing to label."""
    even = np.full((picture.meta["height"], picture.meta["width"]), 128, dtype=np.uint8)
    return _with(picture, "blank", encode(even), labels=())


FLAWS: dict[str, Callable[[PlatePicture], PlatePicture]] = {
    each.__name__: each for each in (duplicate, near_duplicate, dark, blurred, truncated, blank)
}
