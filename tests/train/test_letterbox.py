"""A picture as the model's input."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from tongguan.train.recipes.letterbox import letterbox


def _bytes(picture: Image.Image, form: str) -> bytes:
    out = io.BytesIO()
    picture.save(out, form)
    return out.getvalue()


@pytest.mark.parametrize(
    ("width", "height", "turned"), [(200, 200, 1), (37, 53, 1), (640, 90, 6), (1000, 731, 3), (192, 192, 1)]
)
@pytest.mark.parametrize("form", ["PNG", "BMP"])
def test_one_channel_gives_the_pixels_of_three(width: int, height: int, turned: int, form: str) -> None:
    rng = np.random.default_rng(width)
    gray = Image.fromarray(rng.integers(0, 256, (height, width), dtype=np.uint8))
    if turned != 1 and form == "PNG":
        exif = Image.Exif()
        exif[0x0112] = turned
        one, three = io.BytesIO(), io.BytesIO()
        gray.save(one, form, exif=exif)
        gray.convert("RGB").save(three, form, exif=exif)
        flat, deep = letterbox(one.getvalue(), 192), letterbox(three.getvalue(), 192)
    else:
        flat, deep = letterbox(_bytes(gray, form), 192), letterbox(_bytes(gray.convert("RGB"), form), 192)
    assert (flat.pixels == deep.pixels).all()
    assert (flat.width, flat.height, flat.factor) == (deep.width, deep.height, deep.factor)


def test_jpegs_and_grey_with_transparency_are_read_too() -> None:
    gray = Image.fromarray(np.full((100, 100), 40, dtype=np.uint8))
    assert abs(int(letterbox(_bytes(gray, "JPEG"), 64).pixels.mean()) - 40) <= 1
    clear = Image.merge("LA", (gray, Image.new("L", gray.size, 0)))
    assert (letterbox(_bytes(clear, "PNG"), 64).pixels == 255).all()
