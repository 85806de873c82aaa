"""Facts of a picture, and the three ways in which a file can fail to be one: unreadable, truncated, wrong type."""

from __future__ import annotations

import io
from pathlib import PurePosixPath
from typing import BinaryIO

from PIL import Image

from tongguan.catalog.media.base import MediaFacts, MediaProblem
from tongguan.catalog.media.image import decode

# Which decoders a file name's ending promises.
PROMISES: dict[str, tuple[str, ...]] = {
    ".jpg": ("JPEG", "MPO"),
    ".jpeg": ("JPEG", "MPO"),
    ".jpe": ("JPEG", "MPO"),
    ".jfif": ("JPEG", "MPO"),
    ".png": ("PNG",),
    ".bmp": ("BMP", "DIB"),
    ".dib": ("BMP", "DIB"),
    ".gif": ("GIF",),
    ".tif": ("TIFF",),
    ".tiff": ("TIFF",),
    ".webp": ("WEBP",),
}
SUFFIXES = frozenset(PROMISES)
MIMES = {
    "JPEG": "image/jpeg",
    "MPO": "image/jpeg",
    "PNG": "image/png",
    "BMP": "image/bmp",
    "DIB": "image/bmp",
    "GIF": "image/gif",
    "TIFF": "image/tiff",
    "WEBP": "image/webp",
}
# First bytes of things that people rename to .jpg, named so that the message helps.
LOOKS = (
    (b"%PDF", "a PDF"),
    (b"PK\x03\x04", "a zip archive or office document"),
    (b"<!DOCTYPE", "an HTML page"),
    (b"<!doctype", "an HTML page"),
    (b"<html", "an HTML page"),
    (b"<?xml", "an XML file"),
    (b"<svg", "an SVG drawing"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
    (b"{", "a JSON text"),
)
MAGIC = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF8", b"BM", b"II*\x00", b"MM\x00*")


def probe(stream: BinaryIO, name: str) -> MediaFacts:
    """Facts from the header of a picture. Raises MediaProblem, whose message says what the file is instead."""
    head = stream.read(32)
    stream.seek(0)
    picture = _open(stream, head, name)
    kind = picture.format or "?"
    suffix = PurePosixPath(name).suffix.lower() if name else ""
    promised = PROMISES.get(suffix)
    if promised is not None and kind not in promised:
        raise MediaProblem("wrong_type", f"the name ends in {suffix}, the bytes are {kind}")
    width, height = decode.upright_size(picture)
    details = {"pages": decode.pages(picture), "bits": decode.bits(picture), "orientation": decode.orientation(picture)}
    return MediaFacts("image", kind, MIMES.get(kind, "application/octet-stream"), width, height, details)


def verify(data: bytes, name: str) -> MediaFacts:
    """As `probe`, and decodes all of the data once, every page (JPEG at an eighth of its size: damage shows all the
    same)."""
    facts = probe(io.BytesIO(data), name)
    decode.gray(data, 32, name)
    if facts.details["pages"] > 1:
        decode.load_pages(data, name)
    return facts


def _open(stream: BinaryIO, head: bytes, name: str) -> Image.Image:
    if not head:
        raise MediaProblem("unreadable", "the file is empty (0 bytes)")
    try:
        return decode.open_picture(stream, "the file")
    except MediaProblem as problem:
        if _webp_ends_early(stream, head):
            raise MediaProblem("truncated", "the file is shorter than its own header says") from problem
        if problem.check != "wrong_type":
            raise
        if head.startswith(MAGIC) or (head[:4] == b"RIFF" and head[8:12] == b"WEBP"):
            raise MediaProblem("unreadable", "the file begins like a picture, but its header is damaged") from problem
        looks = next((text for magic, text in LOOKS if head.lstrip().startswith(magic)), None)
        detail = f"the file is {looks}, not a picture" if looks else problem.detail
        raise MediaProblem("wrong_type", detail) from problem


def _webp_ends_early(stream: BinaryIO, head: bytes) -> bool:
    """WebP decoders refuse a cut file without saying so; its header holds the length."""
    if head[:4] != b"RIFF" or head[8:12] != b"WEBP":
        return False
    return int.from_bytes(head[4:8], "little") + 8 > stream.seek(0, io.SEEK_END)
