"""The import job: opens the source, reads it in chunks, ends with counts and an event. It can be killed anywhere."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from sqlalchemy.exc import InterfaceError, OperationalError

from tongguan.collect.events import BATCH_READ
from tongguan.collect.models import Batch, Upload
from tongguan.collect.repository import batches, bulk
from tongguan.collect.service import chunks, references
from tongguan.collect.service.sources import discard_work, open_source, work_folder
from tongguan.collect.service.uploads import no_space
from tongguan.core import failpoints
from tongguan.core.errors import Invalid, TongguanError
from tongguan.core.events import emit
from tongguan.core.jobs import JobCancelled, JobContext

ENDED = ("checking", "done")
DISK_FULL = "53100"  # SQLSTATE of PostgreSQL


def run_import(context: JobContext, job_id: UUID, batch_id: UUID) -> None:
    """Reads a batch to its end. An error leaves it `failed` with words; what was read stays, and can be continued."""
    batch, uploads = _load(context, batch_id)
    if batch.state not in ENDED:
        with _ending(context, batch_id):
            failpoints.hit("collect.begun")
            if batch.source == "list" or not batch.options.get("read", True):
                read = _list(context, job_id, batch, uploads)
            else:
                read = _read(context, job_id, batch, uploads)
            finish(context, batch_id, "checking", read)
    failpoints.hit("collect.read")
    with context.transaction() as session:
        bulk.refresh_statistics(session)
    clean_up(context, batch, uploads)
    failpoints.hit("collect.cleaned")
    _done(context, job_id, batch_id)


def run_reading(context: JobContext, job_id: UUID, batch_id: UUID) -> None:
    """Reads the bytes behind a batch's listed items."""
    batch, _ = _load(context, batch_id)
    if batch.state not in ENDED:
        with _ending(context, batch_id):
            references.read_listed(context, job_id, batch)
            finish(context, batch_id, "checking", None)
    _done(context, job_id, batch_id)


def _load(context: JobContext, batch_id: UUID) -> tuple[Batch, list[Upload]]:
    with context.transaction() as session:
        batch = batches.get_batch(session, batch_id)
        if batch is None:
            raise Invalid("collect.batch_unknown", "The batch is gone.", {"id": str(batch_id)})
        chosen = [UUID(upload_id) for upload_id in batch.options.get("upload_ids", [])]
        uploads = batches.uploads_by_id(session, batch.project_id, chosen)
        state = batch.state
        session.expunge_all()
        if state not in ENDED:
            batches.set_batch(session, batch_id, state="reading", error=None)
    return batch, uploads


@contextmanager
def _ending(context: JobContext, batch_id: UUID) -> Iterator[None]:
    """Leaves the batch `cancelled` or `failed` with words when its reading ends early."""
    try:
        with guarded():
            yield
    except JobCancelled:
        finish(context, batch_id, "cancelled", None)
        raise
    except TongguanError as error:
        _fail(context, batch_id, error)
        raise
    except (OperationalError, InterfaceError):
        raise  # the database is away: the worker waits for it and runs the job again
    except Exception as error:
        words = f"{type(error).__name__}: {error}"[:500]
        _fail(context, batch_id, TongguanError("job.crashed", words, {"batch": str(batch_id)}))
        raise


def _fail(context: JobContext, batch_id: UUID, error: TongguanError) -> None:
    """What was read before is checked all the same: it is in the project."""
    finish(context, batch_id, "failed", None, error.body())


@contextmanager
def guarded() -> Iterator[None]:
    """Turns a full disk, of the byte store or of the database, into an error for people."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT) or "No space left" in str(error):
            raise no_space() from error
        raise
    except OperationalError as error:
        if getattr(error.orig, "sqlstate", None) == DISK_FULL:
            raise no_space() from error
        raise


def _read(context: JobContext, job_id: UUID, batch: Batch, uploads: list[Upload]) -> int:
    work = work_folder(context.settings, context.org_id, batch.id)
    source = open_source(batch.source, batch.location, uploads, work, context.storage, context.settings)
    try:
        with ThreadPoolExecutor(chunks.THREADS, thread_name_prefix="import") as pool:
            run = chunks.begin(context, job_id, batch, source, pool)
            failpoints.hit("collect.opened")
            chunks.read_chunks(run)
            chunks.end(run)
            return run.position
    finally:
        source.close()


def _list(context: JobContext, job_id: UUID, batch: Batch, uploads: list[Upload]) -> int:
    """Lists the entries; reads them too where the batch says so."""
    if batch.source == "list":
        read = references.list_items(context, job_id, batch, references.listed(uploads[0], context, batch.location))
    else:
        work = work_folder(context.settings, context.org_id, batch.id)
        source = open_source(batch.source, batch.location, uploads, work, context.storage, context.settings)
        try:
            read = references.list_items(context, job_id, batch, references.members(source.tree, source.base))
        finally:
            source.close()
    failpoints.hit("collect.listed")
    if batch.options.get("read", True):
        references.read_listed(context, job_id, batch)
    return read


def finish(
    context: JobContext, batch_id: UUID, state: str, read: int | None, error: dict[str, Any] | None = None
) -> None:
    """Ends the reading: counts from the rows themselves, the new state, and the event that starts the checks."""
    with context.transaction() as session:
        batch = batches.get_batch(session, batch_id, lock=True)
        if batch is None:
            return
        counts: dict[str, Any] = {**batch.counts, **batches.count_of_batch(session, batch_id)}
        counts["read"] = read if read is not None else int(counts.get("read", 0))
        counts["known"] = max(0, counts["read"] - counts["items"] - counts["refused"])
        batches.set_batch(session, batch_id, state=state, counts=counts, error=error)
        emit(session, BATCH_READ, {"batch_id": str(batch_id), "project_id": str(batch.project_id)}, wake=True)
        failpoints.hit("collect.ending")


def clean_up(context: JobContext, batch: Batch, uploads: list[Upload]) -> None:
    """Removes what only the reading needed: uploaded files (pictures are stored by content) and archives' copies."""
    discard_work(context.settings, context.org_id, batch.id)
    with context.transaction() as session:
        for upload in batches.uploads_by_id(session, batch.project_id, [upload.id for upload in uploads]):
            upload.state = "used"
    failpoints.hit("collect.uploads_used")
    for upload in uploads:
        context.storage.delete(upload.key)


def _done(context: JobContext, job_id: UUID, batch_id: UUID) -> None:
    with context.transaction() as session:
        batch = batches.get_batch(session, batch_id)
        result = dict(batch.counts) if batch is not None else {}
    context.finish(job_id, result)
