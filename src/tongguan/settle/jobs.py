"""Jobs of the stage settle: work rows out of judgements, and the end of periods by the clock."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from tongguan.core import failpoints
from tongguan.core.database import Session
from tongguan.core.jobs import JobContext, job, periodic
from tongguan.quality.events import QUALITY_JUDGED
from tongguan.settle import repository
from tongguan.settle.service import periods, work


@job(QUALITY_JUDGED, name="settle.work_rows")
def work_rows(context: JobContext, payload: dict[str, Any]) -> None:
    """Writes the work rows of judgements, once each."""
    with context.transaction() as session:
        work.record(session, [UUID(each) for each in payload["judgement_ids"]])
        failpoints.hit("settle.work_rows")


@periodic(300, name="settle.sweep")
def sweep(session: Session) -> int:
    """Closes periods that have ended. Returns how many."""
    return sum(periods.close_due(session, project_id) for project_id in repository.live_projects(session))
