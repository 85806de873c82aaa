"""Jobs of the stage collect."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from tongguan.collect.events import BATCH_READ, ITEM_ERASED, UPLOAD_EXPIRED
from tongguan.collect.service.changes import erase_bytes
from tongguan.collect.service.importing import run_import, run_reading
from tongguan.collect.service.tiling import tile_batch
from tongguan.collect.service.uploads import discard_upload, expire_uploads
from tongguan.core.database import Session
from tongguan.core.jobs import JobContext, job, periodic


@job("job.collect.import", name="collect.import")
def import_batch(context: JobContext, payload: dict[str, Any]) -> None:
    """Reads a batch."""
    run_import(context, UUID(payload["job_id"]), UUID(payload["batch_id"]))


@job("job.collect.read", name="collect.read")
def read_batch(context: JobContext, payload: dict[str, Any]) -> None:
    """Reads the bytes behind a batch's listed items."""
    run_reading(context, UUID(payload["job_id"]), UUID(payload["batch_id"]))


@job(BATCH_READ, name="collect.tiles")
def make_tiles(context: JobContext, payload: dict[str, Any]) -> None:
    """Makes the tiles of a batch's large pictures."""
    tile_batch(context, UUID(payload["batch_id"]))


@job(ITEM_ERASED, name="collect.erase_bytes")
def erase(context: JobContext, payload: dict[str, Any]) -> None:
    """Removes the bytes of an erased item where no other item needs them."""
    erase_bytes(context, UUID(payload["asset_id"]))


@job(UPLOAD_EXPIRED, name="collect.discard_upload")
def discard(context: JobContext, payload: dict[str, Any]) -> None:
    """Removes the bytes of an upload that was given up."""
    discard_upload(context.storage, context.settings, context.org_id, UUID(payload["upload_id"]))


@periodic(3600, name="collect.expire_uploads")
def expire(session: Session) -> None:
    """Gives up forgotten uploads once an hour."""
    expire_uploads(session)
