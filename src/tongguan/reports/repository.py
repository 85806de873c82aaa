"""All queries of reports."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select, text

from tongguan.core.database import Session
from tongguan.reports.models import Report


def next_number(session: Session, project_id: UUID) -> int:
    """The number of the next report; makers follow each other by a lock on the project."""
    session.execute(text("SELECT 1 FROM project WHERE id = :id FOR UPDATE"), {"id": project_id})
    return (session.scalar(select(func.max(Report.number)).where(Report.project_id == project_id)) or 0) + 1


def reports(session: Session, project_id: UUID, costs: bool, limit: int) -> Sequence[Report]:
    """Reports of a project, newest first; without `costs` only those that hold no figures of pay."""
    query = select(Report).where(Report.project_id == project_id)
    if not costs:
        query = query.where(~Report.costs)
    return session.scalars(query.order_by(Report.number.desc()).limit(limit)).all()


def report(session: Session, project_id: UUID, number: int) -> Report | None:
    """One report of a project."""
    return session.scalar(select(Report).where(Report.project_id == project_id, Report.number == number))
