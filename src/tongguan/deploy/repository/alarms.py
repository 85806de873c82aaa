"""Alarms."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from tongguan.core.database import Session
from tongguan.deploy.models import Alarm


def open_ones(session: Session, project_id: UUID) -> Sequence[Alarm]:
    """Open alarms of a project, newest first."""
    query = select(Alarm).where(Alarm.project_id == project_id, Alarm.closed_at.is_(None))
    return session.scalars(query.order_by(Alarm.id.desc())).all()


def open_of(session: Session, deployment_id: UUID) -> dict[str, Alarm]:
    """Open alarms of a deployment by kind."""
    query = select(Alarm).where(Alarm.deployment_id == deployment_id, Alarm.closed_at.is_(None))
    return {row.kind: row for row in session.scalars(query)}


def page(
    session: Session, project_id: UUID, only_open: bool, deployment_id: UUID | None, before: UUID | None, limit: int
) -> Sequence[Alarm]:
    """Alarms of a project, newest first."""
    query = select(Alarm).where(Alarm.project_id == project_id)
    if only_open:
        query = query.where(Alarm.closed_at.is_(None))
    if deployment_id is not None:
        query = query.where(Alarm.deployment_id == deployment_id)
    if before is not None:
        query = query.where(Alarm.id < before)
    return session.scalars(query.order_by(Alarm.id.desc()).limit(limit)).all()


def alarm(session: Session, project_id: UUID, alarm_id: UUID) -> Alarm | None:
    """One alarm of a project, locked for a change."""
    query = select(Alarm).where(Alarm.project_id == project_id, Alarm.id == alarm_id)
    return session.scalar(query.with_for_update().execution_options(populate_existing=True))
