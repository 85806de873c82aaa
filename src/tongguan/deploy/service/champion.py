"""Whether a model may decide on the line without a person's word for it."""

from __future__ import annotations

from uuid import UUID

from tongguan.core.database import Session


def champion_of(session: Session, project_id: UUID) -> UUID | None:
    """The champion of a project, or None as long as no evaluation made one."""
    del session, project_id
    return None
