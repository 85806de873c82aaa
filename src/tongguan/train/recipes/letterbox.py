"""A picture as the model's input, the same in training and in serving."""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tongguan.catalog.media.base import MediaProblem
from tongguan.catalog.media.image.decode import gray, load, open_picture, orientation, upright_size
from tongguan.train.recipes.base import PictureUnreadable

BORDER = 127
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


@dataclass(frozen=True, slots=True)
class Letterboxed:
    """pixels: uint8 (size, size, 3). factor: input pixels per picture pixel, x and y. width, height: of the picture as
    people see it, after EXIF rotation."""

    pixels: NDArray[np.uint8]
    factor: tuple[float, float]
    width: int
    height: int


def letterbox(content: bytes, size: int) -> Letterboxed:
    """Longest side to `size`, grey border right and below. Raises PictureUnreadable with the reason."""
    try:
        picture, width, height = _decoded(content, size)
    except MediaProblem as problem:
        raise PictureUnreadable(problem.check, problem.detail) from problem
    scale = size / max(width, height)
    wide, high = max(1, round(width * scale)), max(1, round(height * scale))
    if picture.size != (wide, high):
        picture = picture.resize((wide, high), Image.Resampling.BILINEAR, reducing_gap=3.0)
    pixels = np.full((size, size, 3), BORDER, dtype=np.uint8)
    pixels[:high, :wide] = np.asarray(picture.convert("RGB"), dtype=np.uint8)
    return Letterboxed(pixels, (wide / width, high / height), width, height)


def _decoded(content: bytes, size: int) -> tuple[Image.Image, int, int]:
    """RGB or grey picture, upright, perhaps already reduced (never below the wanted size), and its true width and
    height. What is grey stays grey: resizing one channel takes a third of the time and gives the same pixels."""
    picture = open_picture(io.BytesIO(content))
    width, height = upright_size(picture)
    turned = orientation(picture)
    if picture.mode.startswith(("I", "F")):
        small, width, height = gray(content, max(1, size * min(width, height) // max(width, height)))
        return small.convert("L"), width, height
    if picture.format in ("JPEG", "MPO"):
        share = size / max(width, height)
        picture.draft(None, (max(1, round(picture.width * share)), max(1, round(picture.height * share))))
    load(picture)
    plain = _on_white(picture)
    if turned in _TURNS:
        plain = plain.transpose(_TURNS[turned])
    return plain, width, height


def _on_white(picture: Image.Image) -> Image.Image:
    """Transparent pictures on white, as a browser shows them."""
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        layered = picture.convert("RGBA")
        ground = Image.new("RGB", layered.size, (255, 255, 255))
        ground.paste(layered, mask=layered.getchannel("A"))
        return ground
    return picture if picture.mode == "L" else picture.convert("RGB")
