"""Queries on batches, uploads and refusals."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Text, cast, func, select, text, update
from sqlalchemy.dialects.postgresql import insert

from tongguan.collect.models import Batch, ImportedLabel, Item, Refusal, Upload
from tongguan.core.database import Session


def get_upload(session: Session, project_id: UUID, upload_id: UUID, lock: bool = False) -> Upload | None:
    """An upload of a project, locked for writing where asked."""
    query = select(Upload).where(Upload.id == upload_id, Upload.project_id == project_id)
    return session.execute(query.with_for_update() if lock else query).scalar_one_or_none()


def uploads_by_id(session: Session, project_id: UUID, ids: list[UUID]) -> list[Upload]:
    """Uploads of a project in the order of the ids; unknown ones are left out."""
    rows = session.execute(select(Upload).where(Upload.project_id == project_id, Upload.id.in_(ids))).scalars()
    found = {row.id: row for row in rows}
    return [found[upload_id] for upload_id in ids if upload_id in found]


def get_batch(session: Session, batch_id: UUID, project_id: UUID | None = None, lock: bool = False) -> Batch | None:
    """A batch, of a project where one is given."""
    query = select(Batch).where(Batch.id == batch_id)
    if project_id is not None:
        query = query.where(Batch.project_id == project_id)
    return session.execute(query.with_for_update() if lock else query).scalar_one_or_none()


def add_line_batch(session: Session, batch: Batch) -> None:
    """Adds the open batch of a line unless it is there."""
    values = {column.key: getattr(batch, column.key) for column in Batch.__table__.columns}
    given = {key: value for key, value in values.items() if value is not None}
    session.execute(insert(Batch).values(**given).on_conflict_do_nothing())


def line_batch(session: Session, project_id: UUID, key: str) -> Batch:
    """The open batch of a line, locked."""
    query = select(Batch).where(Batch.project_id == project_id, Batch.source == "line", Batch.location == key)
    return session.execute(query.with_for_update()).scalar_one()


def list_batches(session: Session, project_id: UUID, limit: int, before: UUID | None) -> list[Batch]:
    """Batches, newest first."""
    query = select(Batch).where(Batch.project_id == project_id).order_by(Batch.id.desc()).limit(limit)
    if before is not None:
        query = query.where(Batch.id < before)
    return list(session.execute(query).scalars())


def list_refusals(
    session: Session, project_id: UUID, batch_id: UUID | None, limit: int, after: UUID | None, check: str | None = None
) -> list[Refusal]:
    """Refusals of a project or one batch in order of reading."""
    query = select(Refusal).where(Refusal.project_id == project_id).order_by(Refusal.id).limit(limit)
    if batch_id is not None:
        query = query.where(Refusal.batch_id == batch_id)
    if check is not None:
        query = query.where(Refusal.check_id == check)
    if after is not None:
        query = query.where(Refusal.id > after)
    return list(session.execute(query).scalars())


def refusal_counts(session: Session, project_id: UUID, batch_id: UUID | None = None) -> dict[tuple[str, str], int]:
    """How much was refused, by (check, kind)."""
    query = (
        select(Refusal.check_id, Refusal.kind, func.sum(Refusal.count))
        .where(Refusal.project_id == project_id)
        .group_by(Refusal.check_id, Refusal.kind)
    )
    if batch_id is not None:
        query = query.where(Refusal.batch_id == batch_id)
    return {(check, kind): int(number) for check, kind, number in session.execute(query)}


def set_batch(session: Session, batch_id: UUID, **values: Any) -> None:
    """Changes columns of a batch."""
    session.execute(update(Batch).where(Batch.id == batch_id).values(**values))


def count_of_batch(session: Session, batch_id: UUID) -> dict[str, int]:
    """What a batch brought, counted from the rows themselves: items, refused, labelled, nothing, ungrouped."""
    items, ungrouped = session.execute(
        select(func.count(), func.count().filter(Item.group_key.is_(None))).where(Item.batch_id == batch_id)
    ).one()
    refused = session.execute(
        select(func.count()).where(Refusal.batch_id == batch_id, Refusal.kind == "item")
    ).scalar_one()
    labelled, nothing = session.execute(
        select(func.count(), func.count().filter(ImportedLabel.nothing)).where(ImportedLabel.batch_id == batch_id)
    ).one()
    return {
        "items": items,
        "refused": refused,
        "labelled": labelled - nothing,
        "nothing": nothing,
        "ungrouped": ungrouped,
    }


def waiting_batches(session: Session, project_id: UUID) -> int:
    """How many batches of a project are still being read or checked."""
    return session.execute(
        select(func.count()).where(Batch.project_id == project_id, Batch.state.in_(["queued", "reading", "checking"]))
    ).scalar_one()


_NAMES = text("""
SELECT mark->>'label', count(*) FROM imported_label l, jsonb_array_elements(l.labels) mark
WHERE l.project_id = :project AND (CAST(:batch AS uuid) IS NULL OR l.batch_id = CAST(:batch AS uuid))
GROUP BY 1 ORDER BY 2 DESC, 1
""")


def imported_names(session: Session, project_id: UUID, batch_id: UUID | None) -> dict[str, int]:
    """Label names as files brought them, with how often."""
    rows = session.execute(_NAMES, {"project": project_id, "batch": batch_id})
    return {name: int(number) for name, number in rows}


def refused_marks(
    session: Session, project_id: UUID, batch_id: UUID, checks: Sequence[str]
) -> dict[str, list[tuple[str, str]]]:
    """Refused labels (not items, not files) of some checks, by item name."""
    query = select(Refusal.name, Refusal.check_id, Refusal.detail).where(
        Refusal.project_id == project_id,
        Refusal.batch_id == batch_id,
        Refusal.kind.not_in(["item", "file"]),
        Refusal.check_id.in_(list(checks)),
    )
    found: dict[str, list[tuple[str, str]]] = {}
    for name, check, detail in session.execute(query):
        found.setdefault(name, []).append((check, detail))
    return found


def forgotten_uploads(session: Session, before: datetime) -> list[Upload]:
    """Uploads that were begun before a moment and that no import has used or waits for."""
    wanted = (
        select(func.jsonb_array_elements_text(Batch.options["upload_ids"]))
        .where(Batch.state.in_(["queued", "reading", "failed", "cancelled"]))
        .scalar_subquery()
    )
    query = (
        select(Upload)
        .where(
            Upload.state.in_(["receiving", "stored"]),
            Upload.created_at < before,
            cast(Upload.id, Text).not_in(wanted),
        )
        .order_by(Upload.id)
        .limit(500)
    )
    return list(session.execute(query).scalars())
