"""All media types. To add one: a folder beside this file and one line in `MEMBERS`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePosixPath

from tongguan.catalog.media.base import MediaType
from tongguan.catalog.media.conversation import ConversationType
from tongguan.catalog.media.document import DocumentType
from tongguan.catalog.media.image import ImageType
from tongguan.catalog.media.point_cloud import PointCloudType
from tongguan.catalog.media.series import SeriesType
from tongguan.catalog.media.sound import SoundType
from tongguan.catalog.media.table import TableType
from tongguan.catalog.media.text import TextType
from tongguan.catalog.media.video import VideoType

MEMBERS: tuple[MediaType, ...] = (
    ImageType(),
    VideoType(),
    SoundType(),
    TextType(),
    ConversationType(),
    TableType(),
    SeriesType(),
    PointCloudType(),
    DocumentType(),
)


def _by_id(members: Sequence[MediaType]) -> dict[str, MediaType]:
    table: dict[str, MediaType] = {}
    taken: set[str] = set()
    for member in members:
        if member.id in table:
            raise RuntimeError(f"media type {member.id!r} is registered twice")
        if taken & member.suffixes:
            raise RuntimeError(f"media type {member.id!r} claims an ending that another one has")
        taken |= member.suffixes
        table[member.id] = member
    return table


MEDIA_TYPES: dict[str, MediaType] = _by_id(MEMBERS)


def media_type_of(name: str) -> MediaType | None:
    """The media type that a file's name promises, or None."""
    suffix = PurePosixPath(name).suffix.lower()
    return next((member for member in MEMBERS if suffix in member.suffixes), None)
