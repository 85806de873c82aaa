"""Tile pyramids: every level shows the whole picture, upright, in the tiles that the index promises."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tongguan.catalog.media.base import MediaProblem
from tongguan.catalog.media.image import read_index, write_pyramid
from tongguan.catalog.media.image.tiles import TILE


def gradient(width: int, height: int) -> Image.Image:
    """Red grows to the right, green downwards."""
    across = np.broadcast_to(np.linspace(0, 255, width, dtype=np.uint8), (height, width))
    down = np.broadcast_to(np.linspace(0, 255, height, dtype=np.uint8)[:, None], (height, width))
    return Image.fromarray(np.dstack([across, down, np.full((height, width), 90, np.uint8)]))


def pyramid_of(
    picture: Image.Image, longest: int, form: str = "PNG", **options: Any
) -> tuple[dict[str, Any], list[Image.Image]]:
    """The index and the levels, put together from their tiles."""
    stored, out = io.BytesIO(), io.BytesIO()
    picture.save(stored, form, **options)
    head = write_pyramid(stored, out, longest)
    index, start = read_index(head)
    assert start == len(head)
    tiles, lengths, levels = io.BytesIO(out.getvalue()), iter(index["lengths"]), []
    for level in index["levels"]:
        whole = Image.new("RGB", (level["width"], level["height"]))
        for place in range(level["columns"] * level["rows"]):
            tile = Image.open(io.BytesIO(tiles.read(next(lengths))))
            whole.paste(tile, (place % level["columns"] * TILE, place // level["columns"] * TILE))
        levels.append(whole)
    assert tiles.read() == b""
    return index, levels


def away(one: Image.Image, other: Image.Image) -> float:
    """Mean difference of two pictures, 0 to 255."""
    return float(np.abs(np.asarray(one, np.int16) - np.asarray(other.convert("RGB"), np.int16)).mean())


@pytest.mark.parametrize("size", [(1200, 700), (1025, 513), (2048, 512)])
def test_levels_show_the_picture(size: tuple[int, int]) -> None:
    picture = gradient(*size)
    index, levels = pyramid_of(picture, 300)
    assert (index["levels"][0]["width"], index["levels"][0]["height"]) == size
    assert max(levels[-1].size) <= 600 < 2 * max(levels[-1].size)
    for level in levels:
        assert away(level, picture.resize(level.size)) < 3


def test_a_picture_lies_as_people_see_it() -> None:
    picture = gradient(1200, 700)
    exif = Image.Exif()
    exif[0x0112] = 6
    index, levels = pyramid_of(picture, 300, "JPEG", exif=exif, quality=95)
    assert (index["levels"][0]["width"], index["levels"][0]["height"]) == (700, 1200)
    assert away(levels[0], picture.transpose(Image.Transpose.ROTATE_270)) < 3


@pytest.mark.parametrize("mode", ["L", "RGBA", "P", "I;16", "CMYK"])
def test_every_mode(mode: str) -> None:
    picture = gradient(700, 600).convert("L" if mode == "I;16" else mode).convert(mode)
    form = "TIFF" if mode in ("I;16", "CMYK") else "PNG"
    _, levels = pyramid_of(picture, 300, form)
    assert levels[0].size == (700, 600)


def test_damage_is_named() -> None:
    stored = io.BytesIO()
    gradient(600, 600).save(stored, "PNG")
    with pytest.raises(MediaProblem):
        write_pyramid(io.BytesIO(stored.getvalue()[:2000]), io.BytesIO(), 300)
