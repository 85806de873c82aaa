"""The lesson's mark."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.orm import Session

from tongguan.academy import repository
from tongguan.academy.service import gate
from tongguan.core.clock import now
from tongguan.core.errors import Conflict
from tongguan.rules.interface import current_version


def mark_read(session: Session, project_id: UUID, person_id: UUID, version_id: UUID) -> None:
    """Notes that a person has read the current lesson. Conflict `academy.lesson_changed` when another is current."""
    rules = current_version(session, project_id)
    if rules is None or rules.id != version_id:
        raise Conflict(
            "academy.lesson_changed",
            "The rules have changed while you read: read the new lesson.",
            {"current": str(rules.id) if rules else None},
        )
    repository.mark_read(session, project_id, person_id, version_id, now())
    gate.refresh(session, project_id)
