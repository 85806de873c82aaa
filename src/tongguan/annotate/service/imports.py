"""Accepted answers that came with an import: unpaid, with the batch as author."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from tongguan.annotate.repository import imports, tasks
from tongguan.core.clock import now
from tongguan.core.database import Session

CHUNK = 1000
ImportedAnswer = tuple[UUID, Sequence[dict[str, Any]], bool]


def store_imported(
    session: Session, project_id: UUID, batch_id: UUID, rule_version_id: UUID, answers: Iterable[ImportedAnswer]
) -> int:
    """Stores (item, labels, nothing) as accepted annotations; items that have a task someone touched, or an answer,
    are left as they are. Run twice it stores nothing twice. Returns how many were stored."""
    stored = 0
    part: list[ImportedAnswer] = []
    for answer in answers:
        part.append(answer)
        if len(part) == CHUNK:
            stored += _store(session, project_id, batch_id, rule_version_id, part)
            part = []
    return stored + (_store(session, project_id, batch_id, rule_version_id, part) if part else 0)


def _store(
    session: Session, project_id: UUID, batch_id: UUID, rule_version_id: UUID, part: Sequence[ImportedAnswer]
) -> int:
    tasks.bulk_lock(session, project_id)
    stored = imports.store(session, project_id, batch_id, rule_version_id, part, now())
    if stored.made:
        tasks.add_total(session, project_id, "ordinary", created=stored.made)
    if stored.answers:
        tasks.add_total(session, project_id, "ordinary", done=stored.answers)
    return stored.answers
