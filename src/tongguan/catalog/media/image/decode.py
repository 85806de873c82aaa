"""Opening pictures safely: known formats only, pixel limits before any decoding, cheap reduced decoding."""

from __future__ import annotations

import io
import struct
import warnings
import zlib
from dataclasses import dataclass
from typing import Any, BinaryIO

from PIL import Image, ImageOps, UnidentifiedImageError

from tongguan.catalog.media.base import MediaProblem

MAX_PIXELS = 500_000_000
MAX_SIDE = 60_000
MAX_PAGES = 1000

# Only these decoders may run on files of people; Pillow has many more, rarely used and rarely reviewed.
DECODERS = ("JPEG", "PNG", "BMP", "DIB", "GIF", "TIFF", "WEBP")

ORIENTATION = 0x0112
# What Pillow raises on damaged files, apart from OSError: its plugins parse by hand.
DAMAGE = (ValueError, SyntaxError, TypeError, KeyError, IndexError, EOFError, OverflowError, AttributeError)
DAMAGE_LOW = (struct.error, zlib.error, RuntimeError, NotImplementedError)


@dataclass(slots=True)
class Limits:
    """What this process reads at most."""

    pixels: int = MAX_PIXELS
    side: int = MAX_SIDE


_LIMITS = Limits()

# Pillow's own guard is raised to our limit, which `open_picture` checks exactly and before anything is decoded.
Image.MAX_IMAGE_PIXELS = MAX_PIXELS


def open_picture(stream: BinaryIO, what: str = "picture") -> Image.Image:
    """Reads the header only. Raises MediaProblem `wrong_type` (no picture) or `unreadable` (damaged, too large)."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            picture = Image.open(stream, formats=DECODERS)
    except UnidentifiedImageError as error:
        raise MediaProblem("wrong_type", f"{what} is not a picture that can be read") from error
    except Image.DecompressionBombError as error:
        raise MediaProblem("unreadable", f"more than {MAX_PIXELS:,} pixels: refused") from error
    except (OSError, MemoryError, *DAMAGE, *DAMAGE_LOW) as error:
        raise MediaProblem("unreadable", f"{what} has a damaged header: {_short(error)}") from error
    check_limits(*picture.size)
    return picture


def limit_pictures(megapixels: float, side: int) -> None:
    """Lets this process read smaller pictures only; an installation sets it at its start. Never above the constants."""
    _LIMITS.pixels, _LIMITS.side = min(MAX_PIXELS, round(megapixels * 1e6)), min(MAX_SIDE, side)


def check_limits(width: int, height: int) -> None:
    """Raises MediaProblem `unreadable` above 500 Mpx or 60,000 px a side, or what the installation allows: such a file
    would exhaust memory."""
    if width < 1 or height < 1:
        raise MediaProblem("unreadable", f"the picture is {width} x {height} px")
    if width > _LIMITS.side or height > _LIMITS.side:
        raise MediaProblem("unreadable", f"{width:,} x {height:,} px: more than {_LIMITS.side:,} px a side is refused")
    if width * height > _LIMITS.pixels:
        seen, most = width * height / 1e6, _LIMITS.pixels / 1e6
        raise MediaProblem("unreadable", f"{width:,} x {height:,} px = {seen:,.0f} Mpx: above {most:g} Mpx is refused")


def orientation(picture: Image.Image) -> int:
    """EXIF orientation, 1 to 8; 1 where there is none or where it cannot be read."""
    # Pillow turns TIFF itself. Asking a PNG without EXIF in its header would decode all of it, to look at the end.
    if picture.format == "TIFF" or "exif" not in picture.info:
        return 1
    try:
        value = picture.getexif().get(ORIENTATION, 1)
    except (OSError, *DAMAGE, *DAMAGE_LOW):
        return 1
    return value if isinstance(value, int) and 1 <= value <= 8 else 1


def pages(picture: Image.Image) -> int:
    """Pages of a TIFF; 1 for all else (frames of an animation are no pages). Walks the directories, decodes nothing.

    Raises MediaProblem `unreadable` above 1,000 pages, and `truncated` where the chain of pages leaves the file.
    """
    if picture.format != "TIFF":
        return 1
    try:
        count = int(getattr(picture, "n_frames", 1))
        picture.seek(0)
    except (OSError, *DAMAGE, *DAMAGE_LOW) as error:
        raise MediaProblem("truncated", f"a page of the TIFF lies beyond the file's end: {_short(error)}") from error
    if count > MAX_PAGES:
        raise MediaProblem("unreadable", f"{count:,} pages: more than {MAX_PAGES:,} are refused")
    return count


def bits(picture: Image.Image) -> int:
    """Bits of one channel as decoded: 1, 8, 16 or 32."""
    if picture.mode.startswith("I;16"):
        return 16
    return {"1": 1, "I": 32, "F": 32}.get(picture.mode, 8)


def load_pages(data: bytes, name: str = "picture") -> None:
    """Decodes every page after the first. Raises MediaProblem, which names the page."""
    picture = open_picture(io.BytesIO(data), name)
    for page in range(1, pages(picture)):
        try:
            picture.seek(page)
        except (OSError, *DAMAGE, *DAMAGE_LOW) as error:
            raise MediaProblem("truncated", f"page {page + 1} is missing: {_short(error)}") from error
        check_limits(*picture.size)
        try:
            load(picture)
        except MediaProblem as problem:
            raise MediaProblem(problem.check, f"page {page + 1}: {problem.detail}") from problem


def upright_size(picture: Image.Image) -> tuple[int, int]:
    """Width and height as seen, after EXIF rotation."""
    width, height = picture.size
    return (height, width) if orientation(picture) >= 5 else (width, height)


def load(picture: Image.Image) -> None:
    """Decodes the pixels. Raises MediaProblem `truncated` where data is missing, `unreadable` where it is damaged."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            picture.load()
    except (OSError, MemoryError, *DAMAGE, *DAMAGE_LOW) as error:
        text = _short(error)
        lowered = text.lower()
        if "truncated" in lowered or isinstance(error, EOFError) or "unexpected end" in lowered:
            raise MediaProblem("truncated", f"the picture's data ends early: {text}") from error
        raise MediaProblem("unreadable", f"the picture's data is damaged: {text}") from error


def gray(data: bytes, smallest: int, name: str = "picture") -> tuple[Image.Image, int, int]:
    """Decodes to 8 bit gray, reduced towards `smallest` px on the shorter side, upright; with the true size.

    JPEG is decoded at a fraction of its size (all of its data is still read, so that damage is found); others are
    decoded whole and reduced by whole factors. Returns (gray picture, width, height), the size after EXIF rotation.
    """
    picture = open_picture(io.BytesIO(data), name)
    width, height = upright_size(picture)
    turned = orientation(picture)
    if picture.format in ("JPEG", "MPO"):
        picture.draft("L", (smallest, smallest))
    load(picture)
    small = _to_gray(picture)
    factor = min(small.size) // smallest
    if factor > 1:
        small = small.reduce(factor)
    return (upright(small, turned), width, height)


def preview(data: bytes, longest: int = 256, name: str = "picture") -> bytes:
    """A JPEG of at most `longest` pixels on its longer side, upright, without metadata. Raises MediaProblem."""
    picture = open_picture(io.BytesIO(data), name)
    turned = orientation(picture)
    if picture.format in ("JPEG", "MPO"):
        picture.draft("RGB" if picture.mode != "L" else "L", (longest, longest))
    load(picture)
    small: Image.Image = picture
    factor = max(small.size) // (2 * longest)
    if factor > 1 and small.mode in ("L", "RGB"):
        small = small.reduce(factor)
    small = as_shown(small)
    small.thumbnail((longest, longest))
    out = io.BytesIO()
    upright(small, turned).save(out, "JPEG", quality=80)
    return out.getvalue()


def as_shown(picture: Image.Image) -> Image.Image:
    """A picture as a browser shows it, in gray or in colour: the same image where it is so already."""
    if _is_deep(picture):
        return picture.convert("L")
    return picture if picture.mode in ("L", "RGB") else _flatten(picture)


def upright(picture: Image.Image, turned: int) -> Image.Image:
    """The picture turned as its EXIF orientation says."""
    if turned == 1:
        return picture
    picture.getexif()[ORIENTATION] = turned
    return ImageOps.exif_transpose(picture)


def _is_deep(picture: Image.Image) -> bool:
    return picture.mode.startswith("I") or picture.mode == "F"


def _to_gray(picture: Image.Image) -> Image.Image:
    if picture.mode == "L":
        return picture
    if _is_deep(picture):
        return _deep_to_gray(picture)
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        return _flatten(picture).convert("L")
    return picture.convert("L")


def _deep_to_gray(picture: Image.Image) -> Image.Image:
    """16 and 32 bit pictures: scaled by their own type's range, as a viewer would show them."""
    if picture.mode == "F":
        low, high = _extrema(picture)
        scale = 255.0 / (high - low) if high > low else 0.0
        return picture.point(lambda value: value * scale - low * scale).convert("L")
    return picture.convert("I").point(lambda value: value * (1 / 256)).convert("L")


def _extrema(picture: Image.Image) -> tuple[float, float]:
    low, high = (value if isinstance(value, (int, float)) else value[0] for value in picture.getextrema())
    return float(low), float(high)


def _flatten(picture: Image.Image) -> Image.Image:
    """Transparent pictures on white, as a browser shows them."""
    if picture.mode in ("RGBA", "LA", "PA", "P") and (picture.mode != "P" or "transparency" in picture.info):
        layered = picture.convert("RGBA")
        ground = Image.new("RGB", layered.size, (255, 255, 255))
        ground.paste(layered, mask=layered.getchannel("A"))
        return ground
    return picture.convert("RGB")


def _short(error: Any) -> str:
    text = str(error) or type(error).__name__
    return text if len(text) <= 160 else text[:157] + "..."
