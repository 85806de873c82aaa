"""All queries of evaluate."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from tongguan.core.database import Session
from tongguan.evaluate.models import Champion, Evaluation


def champion(session: Session, project_id: UUID) -> Champion | None:
    """The row that holds: the newest one."""
    query = select(Champion).where(Champion.project_id == project_id)
    return session.scalar(query.order_by(Champion.id.desc()).limit(1))


def done_of_models(session: Session, model_version_ids: Sequence[UUID]) -> Sequence[Evaluation]:
    """Finished evaluations of models, newest first."""
    query = select(Evaluation).where(
        Evaluation.model_version_id.in_(list(model_version_ids)), Evaluation.state == "done"
    )
    return session.scalars(query.order_by(Evaluation.id.desc())).all()
