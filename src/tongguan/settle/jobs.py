"""Jobs of the stage settle: work rows out of judgements, and the end of periods by the clock."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from tongguan.core import failpoints
from tongguan.core.database import Session
from tongguan.core.jobs import JobContext, job, periodic, together
from tongguan.quality.events import (
    DEFECTS_MISSED,
    FINDING_WITHDRAWN,
    FINDINGS_CONFIRMED,
    QUALITY_JUDGED,
    QUALITY_REVIEWED,
)
from tongguan.settle import repository
from tongguan.settle.service import periods, work


@together(QUALITY_JUDGED, name="settle.work_rows")
def work_rows(session: Session, payloads: Sequence[dict[str, Any]]) -> None:
    """Writes the work rows of judgements, once each."""
    work.record(session, [UUID(each) for payload in payloads for each in payload["judgement_ids"]])
    failpoints.hit("settle.work_rows")


@together(QUALITY_REVIEWED, name="settle.reviewed")
def reviewed(session: Session, payloads: Sequence[dict[str, Any]]) -> None:
    """Writes the work rows of reviews."""
    work.record_reviews(session, [UUID(payload["review_id"]) for payload in payloads])
    failpoints.hit("settle.reviewed")


@job(FINDINGS_CONFIRMED, name="settle.findings_confirmed")
def findings_confirmed(context: JobContext, payload: dict[str, Any]) -> None:
    """Writes the bonus of findings that turned out right."""
    with context.transaction() as session:
        work.record_findings(session, [UUID(each) for each in payload["finding_ids"]])


@job(FINDING_WITHDRAWN, name="settle.finding_withdrawn")
def finding_withdrawn(context: JobContext, payload: dict[str, Any]) -> None:
    """Takes the bonus of a finding that turned out wrong out of the count."""
    with context.transaction() as session:
        repository.void_finding(session, UUID(payload["finding_id"]))


@job(DEFECTS_MISSED, name="settle.defects_missed")
def defects_missed(context: JobContext, payload: dict[str, Any]) -> None:
    """Counts reviews that let something pass against the share of their inspectors."""
    with context.transaction() as session:
        work.record_missed(session, [UUID(each) for each in payload["review_ids"]])


@periodic(300, name="settle.sweep")
def sweep(session: Session) -> int:
    """Closes periods that have ended. Returns how many."""
    return sum(periods.close_due(session, project_id) for project_id in repository.live_projects(session))
