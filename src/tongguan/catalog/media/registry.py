"""All media types. To add one: a folder beside this file and one line in `MEMBERS`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePosixPath

from tongguan.catalog.media.base import MediaType
from tongguan.catalog.media.image import ImageType

MEMBERS: tuple[MediaType, ...] = (ImageType(),)


def _by_id(members: Sequence[MediaType]) -> dict[str, MediaType]:
    table: dict[str, MediaType] = {}
    for member in members:
        if member.id in table:
            raise RuntimeError(f"media type {member.id!r} is registered twice")
        table[member.id] = member
    return table


MEDIA_TYPES: dict[str, MediaType] = _by_id(MEMBERS)


def media_type_of(name: str) -> MediaType | None:
    """The media type that a file's name promises, or None."""
    suffix = PurePosixPath(name).suffix.lower()
    return next((member for member in MEMBERS if suffix in member.suffixes), None)
