"""Tile pyramids of large pictures: made after a batch was read, one picture at a time."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from typing import IO, BinaryIO
from uuid import UUID

import structlog

from tongguan.catalog.media.base import MediaProblem
from tongguan.catalog.media.image import write_pyramid
from tongguan.collect.models import Asset
from tongguan.collect.repository import items
from tongguan.collect.service.reading import PREVIEW_SIDE, alone
from tongguan.collect.service.sources import open_address
from tongguan.collect.service.storing import tiles_key
from tongguan.core import failpoints
from tongguan.core.errors import Invalid
from tongguan.core.jobs import JobContext

_log = structlog.get_logger()
_PIECE = 1 << 20
# Tiles are kept in memory up to this, then in a file.
_SPOOL = 32 << 20


def tile_batch(context: JobContext, batch_id: UUID) -> None:
    """Makes the tiles of a batch's large pictures. Can be repeated: what has tiles is passed over."""
    with context.transaction() as session:
        waiting = items.untiled(session, batch_id, PREVIEW_SIDE)
    for asset_id in waiting:
        _tile(context, asset_id)


def _tile(context: JobContext, asset_id: UUID) -> None:
    with context.transaction() as session:
        asset = items.asset_of(session, asset_id)
        if asset is None or asset.state not in ("stored", "referenced") or asset.tiles:
            return
        session.expunge(asset)
    key = tiles_key(context.org_id, asset.sha256)
    try:
        with alone, _open(context, asset) as stream, tempfile.SpooledTemporaryFile(_SPOOL) as out:
            head = write_pyramid(stream, out, PREVIEW_SIDE, asset.sha256)
            out.seek(0)
            context.storage.put(key, _pieces(head, out))
    except (MediaProblem, Invalid, FileNotFoundError, MemoryError) as problem:
        # The preview is shown instead: nothing is lost but detail.
        _log.warning("no tiles", asset=str(asset_id), error=str(problem))
        return
    failpoints.hit("collect.tiles_stored")
    with context.transaction() as session:
        row = items.asset_of(session, asset_id, lock=True)
        erased = row is None or row.state == "erased"
        if row is not None and not erased:
            row.tiles = key
    if erased:
        context.storage.delete(key)


def _open(context: JobContext, asset: Asset) -> BinaryIO:
    if asset.state == "stored":
        return context.storage.open(asset.location)
    return open_address(asset.location, context.settings)


def _pieces(head: bytes, tiles: IO[bytes]) -> Iterator[bytes]:
    yield head
    while piece := tiles.read(_PIECE):
        yield piece
