"""Small pictures and trees that tests build: no file of anybody else is used."""

from __future__ import annotations

import io
import json
import struct
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from PIL import Image


def noise(width: int = 64, height: int = 48, seed: int = 0, low: int = 0, high: int = 255) -> Image.Image:
    """A gray picture of coarse random spots, unlike any other of another seed."""
    rng = np.random.default_rng(seed)
    coarse = rng.integers(low, high + 1, (max(2, height // 6), max(2, width // 6)), dtype=np.uint8)
    spots = Image.fromarray(coarse).resize((width, height), Image.Resampling.BICUBIC)
    grain = rng.normal(0, 4, (height, width))
    return Image.fromarray(np.clip(np.asarray(spots, dtype=float) + grain, low, high).astype(np.uint8))


def encoded(picture: Image.Image, kind: str = "JPEG", orientation: int = 1, **options: Any) -> bytes:
    """The picture's bytes; `orientation` is written as EXIF."""
    out = io.BytesIO()
    if orientation != 1:
        exif = Image.Exif()
        exif[0x0112] = orientation
        options["exif"] = exif
    picture.save(out, kind, **options)
    return out.getvalue()


def jpeg(width: int = 64, height: int = 48, seed: int = 0) -> bytes:
    """A JPEG of random spots."""
    return encoded(noise(width, height, seed), quality=90)


def png_header(width: int, height: int, depth: int = 8, colour: int = 0) -> bytes:
    """A PNG whose header promises any size, and that holds next to no data."""
    return _png(width, height, depth, colour, zlib.compress(b"\x00" * 100))


def striped_png(width: int, height: int) -> bytes:
    """A whole gray PNG with stripes, packed row by row so that large ones cost no memory."""
    packer = zlib.compressobj(1)
    parts = []
    rows = [b"\x00" + bytes([level]) * width for level in (40, 200)]
    for at in range(height):
        parts.append(packer.compress(rows[at * 20 // height % 2]))
    parts.append(packer.flush())
    return _png(width, height, 8, 0, b"".join(parts))


def _png(width: int, height: int, depth: int, colour: int, packed: bytes) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", packed) + _chunk(b"IEND", b"")


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


class MemoryTree:
    """A tree held in memory."""

    def __init__(self, files: Mapping[str, bytes | str]) -> None:
        self.files = {name: data.encode() if isinstance(data, str) else data for name, data in files.items()}

    def list(self) -> list[str]:
        """All names, sorted."""
        return sorted(self.files)

    def open(self, path: str) -> BinaryIO:
        """The bytes of one."""
        if path not in self.files:
            raise FileNotFoundError(path)
        return io.BytesIO(self.files[path])

    def size(self, path: str) -> int:
        """Bytes of one."""
        return len(self.files[path])


class MemorySink:
    """Keeps what a writer writes; `tree()` reads it back."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}

    def write(self, path: str, chunks: Any) -> None:
        """Stores one file; a name may be used once."""
        assert path not in self.files, f"{path} written twice"
        self.files[path] = b"".join(chunks)

    def tree(self) -> MemoryTree:
        """What was written, as a tree."""
        return MemoryTree(self.files)

    def text(self, path: str) -> str:
        """One text file."""
        return self.files[path].decode("utf-8")


def fill(folder: Path, files: Mapping[str, bytes | str]) -> Path:
    """Writes files below a folder."""
    for name, data in files.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data.encode() if isinstance(data, str) else data)
    return folder


def voc_xml(
    name: str,
    boxes: Sequence[tuple[str, float, float, float, float]],
    width: int = 64,
    height: int = 48,
    extra: str = "",
) -> str:
    """A VOC file; boxes as (label, xmin, ymin, xmax, ymax), 1-based and inclusive."""
    objects = "".join(
        f"<object><name>{label}</name><bndbox><xmin>{xmin}</xmin><ymin>{ymin}</ymin>"
        f"<xmax>{xmax}</xmax><ymax>{ymax}</ymax></bndbox></object>"
        for label, xmin, ymin, xmax, ymax in boxes
    )
    return (
        f"<annotation><filename>{name}</filename><size><width>{width}</width><height>{height}</height>"
        f"<depth>3</depth></size>{objects}{extra}</annotation>"
    )


def coco_json(
    images: Sequence[Mapping[str, Any]], annotations: Sequence[Mapping[str, Any]], names: Sequence[str]
) -> str:
    """A COCO file with categories 1, 2, … called `names`."""
    categories = [{"id": number, "name": name} for number, name in enumerate(names, start=1)]
    return json.dumps({"images": list(images), "annotations": list(annotations), "categories": categories})


def coco_image(identity: int, name: str, width: int = 64, height: int = 48) -> dict[str, Any]:
    """One entry of `images`."""
    return {"id": identity, "file_name": name, "width": width, "height": height}
