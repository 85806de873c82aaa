"""Starting, cancelling and continuing imports."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from tongguan.collect.events import BATCH_STARTED, ITEMS_CHANGED
from tongguan.collect.models import Batch, Upload
from tongguan.collect.repository import batches
from tongguan.collect.schemas import BatchIn, BatchOut
from tongguan.collect.service import entries
from tongguan.collect.service.grouping import group_rule
from tongguan.collect.service.references import check_list
from tongguan.collect.service.sources import check_location
from tongguan.core import audit, jobs
from tongguan.core.auth import Caller
from tongguan.core.database import Session
from tongguan.core.errors import Conflict, Invalid, NotFound
from tongguan.core.events import emit
from tongguan.core.settings import Settings

IMPORT_JOB, READ_JOB = "collect.import", "collect.read"
RESUMABLE = ("failed", "cancelled")


def start_import(session: Session, settings: Settings, caller: Caller, project_id: UUID, wanted: BatchIn) -> Batch:
    """Checks what can be checked before reading, writes the batch and queues its job, in one transaction."""
    location = check_location(wanted.source, wanted.location.strip(), settings)
    entries.check_format(wanted.format)
    group_rule(wanted.group_rule)
    uploads = _check_uploads(session, project_id, wanted)
    _check_mode(wanted)
    batch = Batch(
        project_id=project_id,
        name=wanted.name.strip() or _name(wanted, location, uploads),
        source=wanted.source,
        mode=wanted.mode,
        location=location,
        format=wanted.format,
        options={"upload_ids": [str(upload.id) for upload in uploads], "read": wanted.read},
        licence=wanted.licence.strip(),
        consent=wanted.consent.strip(),
        provenance=wanted.provenance.strip(),
        group_rule=wanted.group_rule.strip() or "none",
        state="queued",
        counts={},
        position={},
        created_by=caller.person_id,
    )
    session.add(batch)
    session.flush()
    _queue(session, batch, IMPORT_JOB, caller.person_id)
    audit.record(
        session,
        caller.person_id,
        "imported",
        "batch",
        batch.id,
        {"name": batch.name, "source": batch.source, "location": location, "mode": batch.mode},
        project_id,
    )
    return batch


def find_batch(session: Session, project_id: UUID, batch_id: UUID, lock: bool = False) -> Batch:
    """A batch of the project; NotFound otherwise."""
    batch = batches.get_batch(session, batch_id, project_id, lock)
    if batch is None:
        raise NotFound("collect.batch_unknown", "There is no such batch.", {"id": str(batch_id)})
    return batch


def cancel_import(session: Session, caller: Caller, project_id: UUID, batch_id: UUID) -> Batch:
    """Asks the job to end. What has been read stays; the batch can be continued."""
    batch = find_batch(session, project_id, batch_id, lock=True)
    if batch.state not in ("queued", "reading") or batch.job_id is None:
        raise Conflict("collect.batch_ended", "This import is not being read.", {"state": batch.state})
    jobs.request_cancel(session, batch.job_id)
    if batch.state == "queued":
        batch.state = "cancelled"
        emit(session, ITEMS_CHANGED, {"project_id": str(project_id)})
    audit.record(session, caller.person_id, "cancelled", "batch", batch.id, {}, project_id)
    session.flush()
    return batch


def resume_import(session: Session, caller: Caller, project_id: UUID, batch_id: UUID) -> Batch:
    """Continues a failed or cancelled import from where it was."""
    batch = find_batch(session, project_id, batch_id, lock=True)
    if batch.state not in RESUMABLE:
        raise Conflict(
            "collect.batch_running", "Only a failed or cancelled import is continued.", {"state": batch.state}
        )
    batch.state, batch.error = "queued", None
    _queue(session, batch, IMPORT_JOB, caller.person_id)
    audit.record(session, caller.person_id, "resumed", "batch", batch.id, {}, project_id)
    return batch


def read_references(session: Session, caller: Caller, project_id: UUID, batch_id: UUID) -> Batch:
    """Queues the reading of a batch whose items were only listed."""
    batch = find_batch(session, project_id, batch_id, lock=True)
    if batch.state not in ("done", *RESUMABLE):
        raise Conflict("collect.batch_running", "This import is still being read.", {"state": batch.state})
    batch.state, batch.error = "queued", None
    _queue(session, batch, READ_JOB, caller.person_id)
    audit.record(session, caller.person_id, "read", "batch", batch.id, {}, project_id)
    return batch


def shown(batch: Batch) -> BatchOut:
    """A batch as it goes over the wire."""
    return BatchOut.model_validate(batch, from_attributes=True)


def _queue(session: Session, batch: Batch, kind: str, person_id: UUID) -> None:
    payload: dict[str, Any] = {"batch_id": str(batch.id)}
    batch.job_id = jobs.start(
        session, kind, title=batch.name, project_id=batch.project_id, person_id=person_id, payload=payload
    )
    emit(session, BATCH_STARTED, {"batch_id": str(batch.id), "project_id": str(batch.project_id)})
    session.flush()


def _check_uploads(session: Session, project_id: UUID, wanted: BatchIn) -> list[Upload]:
    if wanted.source not in ("upload", "list"):
        return []
    uploads = batches.uploads_by_id(session, project_id, wanted.upload_ids)
    if len(uploads) != len(set(wanted.upload_ids)) or not uploads:
        raise Invalid("collect.uploads", "An upload is unknown, or none was given.", {"field": "upload_ids"})
    unfinished = [upload.name for upload in uploads if upload.state != "stored"]
    if unfinished:
        raise Invalid(
            "collect.upload_unfinished",
            f"{unfinished[0]} is not complete, or has been imported already.",
            {"field": "upload_ids", "names": unfinished[:20]},
        )
    if wanted.source == "list":
        check_list(uploads)
    return uploads


def _check_mode(wanted: BatchIn) -> None:
    if wanted.mode == "reference" and wanted.source in ("archive", "upload"):
        raise Invalid(
            "collect.mode",
            "Only folders, S3 prefixes and lists can be referred to; this source is copied.",
            {"field": "mode"},
        )
    if not wanted.read and wanted.source in ("archive", "upload"):
        raise Invalid("collect.read", "This source has to be read.", {"field": "read"})


def _name(wanted: BatchIn, location: str, uploads: list[Upload]) -> str:
    if uploads:
        first = uploads[0].name.rpartition("/")[2]
        return first if len(uploads) == 1 else f"{first} + {len(uploads) - 1}"
    return location.rstrip("/").rpartition("/")[2] or wanted.source
