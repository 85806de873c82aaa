"""A tile pyramid of a large picture in one file, so that a viewer fetches only what it shows.

The file: `MAGIC`, the length of the index as 4 bytes (little endian), the index as JSON, then the tiles (JPEG), level
by level from the finest, row by row. The index holds `tile` (side in pixels), `levels` (`width`, `height`, `columns`,
`rows` of each; every level is half the one before) and `lengths` (bytes of every tile, in that order).

Memory: Pillow decodes a picture whole (4 bytes a pixel in colour, 1 in gray), then a quarter of it for the next level;
everything else goes tile by tile and band by band.
"""

from __future__ import annotations

import io
import json
import struct
from collections.abc import Iterator
from typing import IO, Any, BinaryIO

from PIL import Image

from tongguan.catalog.media.image import decode

MAGIC = b"TGTILES1"
TILE = 512
QUALITY = 85
_BAND = 1024


def write_pyramid(stream: BinaryIO, out: IO[bytes], longest: int, name: str = "picture") -> bytes:
    """Writes the tiles of all levels above `longest` px to `out`; returns what has to stand before them.

    The picture is upright, as people see it. Raises MediaProblem when it cannot be decoded.
    """
    picture = decode.open_picture(stream, name)
    turned = decode.orientation(picture)
    decode.load(picture)
    level: Image.Image = decode.upright(picture, turned)
    levels: list[dict[str, int]] = []
    lengths: list[int] = []
    while True:
        columns, rows = (-(-side // TILE) for side in level.size)
        levels.append({"width": level.width, "height": level.height, "columns": columns, "rows": rows})
        lengths.extend(_write_tiles(level, out))
        if max(level.size) <= 2 * longest:
            break
        level = _half(level)
    index = json.dumps({"tile": TILE, "levels": levels, "lengths": lengths}, separators=(",", ":")).encode()
    return MAGIC + struct.pack("<I", len(index)) + index


def read_index(head: bytes) -> tuple[dict[str, Any], int]:
    """(index, where the tiles begin) of a pyramid's first bytes."""
    if head[: len(MAGIC)] != MAGIC:
        raise ValueError("not a tile pyramid")
    start = len(MAGIC) + 4
    (length,) = struct.unpack("<I", head[len(MAGIC) : start])
    return json.loads(head[start : start + length]), start + length


def _write_tiles(level: Image.Image, out: IO[bytes]) -> Iterator[int]:
    for top in range(0, level.height, TILE):
        for left in range(0, level.width, TILE):
            box = (left, top, min(left + TILE, level.width), min(top + TILE, level.height))
            data = io.BytesIO()
            decode.as_shown(level.crop(box)).save(data, "JPEG", quality=QUALITY)
            yield out.write(data.getbuffer())


def _half(level: Image.Image) -> Image.Image:
    """The level at half its size, made in bands: a large picture is never held twice."""
    width, height = level.size
    small: Image.Image | None = None
    for top in range(0, height, _BAND):
        band = decode.as_shown(level.crop((0, top, width, min(top + _BAND, height)))).reduce(2)
        if small is None:
            small = Image.new(band.mode, (-(-width // 2), -(-height // 2)))
        small.paste(band, (0, top // 2))
    if small is None:
        raise ValueError("a picture has no rows")
    return small
