"""A look at one item of any media type: its facts, the hash of its bytes, or what is wrong with it."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from tongguan.catalog.formats.base import ReadItem, Tree
from tongguan.catalog.media.base import MediaProblem
from tongguan.catalog.media.registry import MEDIA_TYPES, media_type_of
from tongguan.prepare.checks.measurement import Measurement, measure

LARGEST_FILE = 2 * 2**30
# Larger files are read from where they lie; smaller ones once, since archives give no quick way back.
HELD = 256 * 2**20
CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Look:
    """`measurement` of a picture; `sha256`, `size` and `details` of all else; `damage` is (check, detail)."""

    media: str
    measurement: Measurement | None = None
    damage: tuple[str, str] | None = None
    sha256: str = ""
    size: int = 0
    details: Mapping[str, Any] = field(default_factory=dict)


def media_of(item: ReadItem) -> str:
    """The media type of an item: what its format says, unless its file's name promises another."""
    found = media_type_of(item.path) if item.path is not None and item.media == "image" else None
    return found.id if found is not None else item.media


def look_at_picture(data: bytes, name: str) -> Look:
    """A picture, measured."""
    try:
        return Look("image", measure(data, name))
    except MediaProblem as problem:
        return Look("image", damage=(problem.check, problem.detail))


def look_at_text(text: str, media: str) -> Look:
    """An item that is a part of a file."""
    details = {"characters": len(text)} if media == "text" else {}
    return Look(media, sha256=hashlib.sha256(text.encode("utf-8", "replace")).hexdigest(), details=details)


def look_at_file(tree: Tree, path: str, media: str) -> Look:
    """A file that is no picture: hashed, and decoded whole."""
    try:
        size = tree.size(path)
        with tree.open(path) as stream:
            source: BinaryIO = io.BytesIO(stream.read()) if size <= HELD else stream
            digest = hashlib.sha256()
            while chunk := source.read(CHUNK):
                digest.update(chunk)
            source.seek(0)
            facts = MEDIA_TYPES[media].verify(source, path)
    except MediaProblem as problem:
        return Look(media, damage=(problem.check, problem.detail))
    except OSError as error:
        return Look(media, damage=("unreadable", f"the file cannot be read: {error}"))
    details = {**facts.details, "width": facts.width, "height": facts.height}
    return Look(media, sha256=digest.hexdigest(), size=size, details=details)
