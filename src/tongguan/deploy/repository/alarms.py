"""Alarms."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, or_, select

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


def ended_by_people(session: Session, deployment_id: UUID) -> dict[str, datetime]:
    """When a person last closed an alarm of each kind: what lies before has been settled."""
    query = select(Alarm.kind, func.max(Alarm.closed_at)).where(
        Alarm.deployment_id == deployment_id, Alarm.closed_by.is_not(None)
    )
    return {kind: moment for kind, moment in session.execute(query.group_by(Alarm.kind)) if moment is not None}


def between(session: Session, deployment_id: UUID, since: datetime, until: datetime) -> Sequence[Alarm]:
    """Alarms that were open at some time between two moments, newest first."""
    query = select(Alarm).where(
        Alarm.deployment_id == deployment_id,
        Alarm.created_at < until,
        or_(Alarm.closed_at.is_(None), Alarm.closed_at >= since),
    )
    return session.scalars(query.order_by(Alarm.id.desc()).limit(100)).all()
