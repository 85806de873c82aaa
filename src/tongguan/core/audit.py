"""The audit trail: one row for each change that matters, in the same transaction."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from tongguan.core.database import Session
from tongguan.core.models import Audit


def record(
    session: Session,
    person_id: UUID | None,
    action: str,
    object_kind: str,
    object_id: UUID | str,
    detail: dict[str, Any] | None = None,
    project_id: UUID | None = None,
) -> None:
    """Adds an audit row. `action` is a verb in the past (published, promoted); detail holds before and after."""
    session.add(
        Audit(
            person_id=person_id,
            action=action,
            object_kind=object_kind,
            object_id=str(object_id),
            detail=detail or {},
            project_id=project_id,
        )
    )
