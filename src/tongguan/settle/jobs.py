"""Jobs of the stage settle: work rows out of judgements, and the end of periods by the clock."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from tongguan.core import failpoints
from tongguan.core.database import Session
from tongguan.core.jobs import periodic, together
from tongguan.quality.events import QUALITY_JUDGED
from tongguan.settle import repository
from tongguan.settle.service import periods, work


@together(QUALITY_JUDGED, name="settle.work_rows")
def work_rows(session: Session, payloads: Sequence[dict[str, Any]]) -> None:
    """Writes the work rows of judgements, once each."""
    work.record(session, [UUID(each) for payload in payloads for each in payload["judgement_ids"]])
    failpoints.hit("settle.work_rows")


@periodic(300, name="settle.sweep")
def sweep(session: Session) -> int:
    """Closes periods that have ended. Returns how many."""
    return sum(periods.close_due(session, project_id) for project_id in repository.live_projects(session))
