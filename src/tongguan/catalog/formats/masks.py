"""Masks of files as run lengths of a picture, and back: rows of CVAT, crops of LabelMe, PNG files, COCO's own."""

from __future__ import annotations

import base64
import binascii
import io
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from tongguan.catalog.formats.base import ReadError, Tree
from tongguan.catalog.formats.shapes import Shape, Unreadable
from tongguan.catalog.formats.text import read_bytes
from tongguan.catalog.labels.mask import MaskLabel, rle
from tongguan.catalog.labels.mask.schema import MOST_PIXELS, MaskShape
from tongguan.catalog.media.base import MediaProblem
from tongguan.catalog.media.image.decode import load, open_picture

Pixels = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.int64]
PNG_LIMIT = 2**30


def mask_of_pixels(pixels: Pixels) -> Shape:
    """Of pixels (height, width)."""
    size = (int(pixels.shape[0]), int(pixels.shape[1]))
    return "mask", {"size": size, "counts": rle.compress(rle.encode(pixels))}


def mask_of_rle(counts: object, size: object) -> Shape:
    """Of COCO's `counts` (text or list) and `size` (height, width); the schema checks both."""
    if not isinstance(size, (list, tuple)) or len(size) != 2 or not isinstance(counts, (str, list)):
        raise Unreadable("the run lengths have no counts and no size of two numbers")
    return "mask", {"size": tuple(size), "counts": counts}


def placed(crop: Pixels, left: float, top: float, size: tuple[int, int]) -> Shape:
    """A crop at its place in a picture of width x height. Unreadable where it does not lie inside."""
    width, height = size
    x, y = round(left), round(top)
    if x < 0 or y < 0 or x + crop.shape[1] > width or y + crop.shape[0] > height:
        raise Unreadable(f"the mask does not lie in the picture of {width} x {height} px")
    pixels = np.zeros((height, width), dtype=np.bool_)
    pixels[y : y + crop.shape[0], x : x + crop.shape[1]] = crop
    return mask_of_pixels(pixels)


def mask_of_rows(counts: Sequence[float], place: Sequence[float], size: tuple[int, int] | None) -> Shape:
    """Of run lengths along the rows of a crop, the first outside, at left, top, width, height (CVAT)."""
    if size is None:
        raise Unreadable("the size of the picture is not known")
    left, top, width, height = place
    runs = np.array(counts, dtype=np.float64)
    whole = np.isfinite(runs).all() and (runs >= 0).all() and np.isfinite(place).all()
    if not whole or not 0 < width * height <= MOST_PIXELS or int(runs.sum()) != int(width) * int(height):
        raise Unreadable("the run lengths do not fill the rectangle")
    flat = np.repeat(np.arange(len(runs)) % 2 == 1, runs.astype(np.int64))
    return placed(flat.reshape(int(height), int(width)), left, top, size)


def pixels_of(label: MaskShape) -> Pixels:
    """Pixels (height, width)."""
    return rle.decode(rle.expand(label.counts), label.size)


def crop_of(label: MaskShape) -> tuple[Pixels, int, int, int, int]:
    """The pixels of its extent, and left, top, width, height; of an empty mask one pixel outside."""
    left, top, width, height = rle.bounds(rle.expand(label.counts), label.size[0])
    width, height = max(1, width), max(1, height)
    return pixels_of(label)[top : top + height, left : left + width], left, top, width, height


def rows_of_mask(label: MaskLabel) -> tuple[list[int], int, int, int, int]:
    """Run lengths along the rows of its extent, and left, top, width, height."""
    crop, *place = crop_of(label)
    counts: list[int] = rle.encode(crop.T).tolist()
    return counts, place[0], place[1], place[2], place[3]


def rle_of_mask(label: MaskShape) -> dict[str, Any]:
    """COCO's run lengths."""
    return {"counts": label.counts, "size": list(label.size)}


def mask_of_png(text: str, place: tuple[float, float], size: tuple[int, int]) -> Shape:
    """Of a PNG in base64 at left, top in a picture of width x height: what is not 0 is inside."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Unreadable("the mask is no base64") from error
    return placed(numbers_of_png(data, "the mask") != 0, *place, size)


def png_of_mask(label: MaskLabel) -> tuple[str, int, int, int, int]:
    """A PNG in base64 of its extent, and left, top, width, height."""
    crop, *place = crop_of(label)
    return base64.b64encode(png_of(crop.astype(np.uint8) * 255)).decode(), place[0], place[1], place[2], place[3]


def numbers_of_png(data: bytes, what: str) -> Numbers:
    """Pixels of a PNG as numbers (height, width): gray or palette as they are, colours as R + 256 G + 65,536 B."""
    try:
        picture = open_picture(io.BytesIO(data), what)
        load(picture)
    except MediaProblem as problem:
        raise Unreadable(problem.detail) from problem
    if picture.mode in ("RGB", "RGBA"):
        return _numbers(np.asarray(picture))
    if picture.mode == "LA":
        return np.asarray(picture)[..., 0].astype(np.int64)
    return np.asarray(picture).astype(np.int64)


def read_numbers(tree: Tree, path: str) -> Numbers:
    """`numbers_of_png` of a member. Unreadable with its name."""
    try:
        return numbers_of_png(read_bytes(tree, path, PNG_LIMIT), path)
    except ReadError as error:
        raise Unreadable(str(error)) from error


def read_colours(tree: Tree, path: str) -> Numbers:
    """Pixels of a picture file as colours R + 256 G + 65,536 B, of a palette too. Unreadable with its name."""
    try:
        picture = open_picture(io.BytesIO(read_bytes(tree, path, PNG_LIMIT)), path)
        load(picture)
    except ReadError as error:
        raise Unreadable(str(error)) from error
    except MediaProblem as problem:
        raise Unreadable(problem.detail) from problem
    if picture.mode in ("L", "I", "I;16"):
        # Numbers without a palette: those of the palette of VOC.
        colours = np.frombuffer(palette(), dtype=np.uint8).reshape(256, 3)
        return _numbers(colours[np.asarray(picture).astype(np.int64) & 255])
    return _numbers(np.asarray(picture.convert("RGB")))


def _numbers(pixels: npt.NDArray[np.uint8]) -> Numbers:
    red, green, blue = (pixels[..., at].astype(np.int64) for at in range(3))
    return red + 256 * green + 65536 * blue


def mask_of_file(tree: Tree, path: str, size: tuple[int, int] | None) -> Shape:
    """Of a picture file: what is not 0 is inside. With `size` (width, height) it must have that size."""
    numbers = read_numbers(tree, path)
    if size is not None and numbers.shape != (size[1], size[0]):
        raise Unreadable(f"{path}: {numbers.shape[1]} x {numbers.shape[0]} px, the picture has {size[0]} x {size[1]}")
    return mask_of_pixels(numbers != 0)


def png_of(pixels: npt.NDArray[np.uint8] | npt.NDArray[np.uint16], palette: bytes | None = None) -> bytes:
    """A PNG of numbers (height, width) with 8 or 16 bits, or of colours (height, width, 3)."""
    picture = Image.fromarray(pixels)
    if palette is not None:
        picture = picture.convert("P") if picture.mode != "P" else picture
        picture.putpalette(palette)
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def colours_of(numbers: Numbers) -> npt.NDArray[np.uint8]:
    """Numbers up to 16,777,215 as colours (height, width, 3): the inverse of `numbers_of_png`."""
    return np.stack([numbers & 255, (numbers >> 8) & 255, (numbers >> 16) & 255], axis=-1).astype(np.uint8)


def palette() -> bytes:
    """The palette of Pascal VOC: bit by bit from the number, as its development kit draws it."""
    colours = []
    for number in range(256):
        red = green = blue = 0
        rest = number
        for bit in range(7, -1, -1):
            red |= (rest & 1) << bit
            green |= (rest >> 1 & 1) << bit
            blue |= (rest >> 2 & 1) << bit
            rest >>= 3
        colours += [red, green, blue]
    return bytes(colours)
