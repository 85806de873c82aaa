"""Whether a model may decide on the line without a person's word for it."""

from __future__ import annotations

from uuid import UUID

from tongguan.core.database import Session
from tongguan.evaluate.interface import champion


def champion_of(session: Session, project_id: UUID) -> UUID | None:
    """The champion of a project, or None as long as nobody made one."""
    found = champion(session, project_id)
    return found.model_version_id if found else None
