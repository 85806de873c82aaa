"""Storing pictures by content, and where their thumbnails lie."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import Executor
from uuid import UUID

from tongguan.collect.service.reading import THUMB_SIDES, Picture
from tongguan.core import failpoints
from tongguan.core.storage import Storage

PREVIEW = "preview"


def asset_key(org_id: UUID, sha256: str) -> str:
    """Storage key of a picture's bytes."""
    return f"{org_id}/assets/{sha256[:2]}/{sha256}"


def shown_key(org_id: UUID, sha256: str, what: str | int) -> str:
    """Storage key of a picture's preview or thumbnail."""
    return f"{thumb_prefix(org_id, sha256)}{what}.jpg"


def thumb_prefix(org_id: UUID, sha256: str) -> str:
    """What the keys of a picture's thumbnails begin with; the longest side and `.jpg` follow."""
    return f"{org_id}/thumbs/{sha256[:2]}/{sha256}/"


def tiles_key(org_id: UUID, sha256: str) -> str:
    """Storage key of a large picture's tiles, all in one object."""
    return f"{thumb_prefix(org_id, sha256)}tiles"


def store_pictures(
    storage: Storage, org_id: UUID, pictures: Iterable[Picture], copies: bool, pool: Executor
) -> list[str]:
    """Stores bytes (in mode copy) and previews of pictures that are new. Returns the keys, also when it fails part-way.

    When it fails, what this call stored is removed again before the error goes on: nothing unreferenced stays.
    """
    work: list[tuple[str, bytes]] = []
    for picture in pictures:
        if copies:
            work.append((asset_key(org_id, picture.sha256), picture.data))
        if picture.preview is not None:
            work.append((shown_key(org_id, picture.sha256, PREVIEW), picture.preview))
        work.extend((shown_key(org_id, picture.sha256, side), data) for side, data in picture.thumbs.items())

    def put(key: str, data: bytes) -> None:
        failpoints.hit("collect.put")
        storage.put(key, data)

    futures = [pool.submit(put, key, data) for key, data in work]
    errors = [error for error in (future.exception() for future in futures) if error is not None]
    if errors:
        for key, _ in work:
            storage.delete(key)
        raise errors[0]
    return [key for key, _ in work]


def discard_keys(storage: Storage, keys: Iterable[str]) -> None:
    """Removes objects whose rows were not written."""
    for key in keys:
        storage.delete(key)


def erase_pictures(storage: Storage, org_id: UUID, sha256: str) -> None:
    """Removes a picture's bytes, preview, thumbnails and tiles."""
    storage.delete(asset_key(org_id, sha256))
    storage.delete(tiles_key(org_id, sha256))
    for what in (PREVIEW, *THUMB_SIDES):
        storage.delete(shown_key(org_id, sha256, what))
