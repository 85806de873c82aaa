"""What happened to one answer in review, and when a project will be done."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from tongguan.annotate.interface import find_annotation
from tongguan.core.clock import now
from tongguan.core.database import Session
from tongguan.core.errors import NotFound
from tongguan.people.interface import organization_zone, people_by_id
from tongguan.projects.interface import ProjectAccess
from tongguan.quality import repository
from tongguan.quality.repository import figures as sql
from tongguan.quality.schemas.trail import FinishForecast, Trail, TrailStep
from tongguan.quality.service import forecast, present

INSPECTING = frozenset({"inspector", "trainer", "manager", "owner"})
# Who judged, and by which way: gold shows by both, so only who manages gold sees them.
LEADING = frozenset({"trainer", "manager", "owner"})


def show(access: ProjectAccess, annotation_id: UUID) -> Trail:
    """Judgements and findings of an answer, oldest first; who only annotates sees their own. NotFound otherwise."""
    session = access.session
    head = find_annotation(session, access.project.id, annotation_id)
    if head.person_id != access.caller.person_id and not access.roles & INSPECTING:
        raise NotFound("annotation.unknown", "There is no such annotation.")
    open_book = bool(access.roles & LEADING)
    rows = repository.judgements_of(session, head.id)
    judges = people_by_id(session, {row.judged_by for row in rows if row.judged_by} if open_book else ())
    findings = repository.findings_of(session, head.id)
    return Trail(
        judgements=[
            TrailStep.model_validate(
                {
                    "id": row.id,
                    "revision_id": row.revision_id,
                    "unit": row.unit,
                    "quantity": row.quantity,
                    "outcome": row.outcome,
                    "judged_at": row.judged_at,
                    "via": row.via if open_book else None,
                    "by": judges[row.judged_by].name if row.judged_by in judges else None,
                    "corrects": row.corrects,
                }
            )
            for row in rows
        ],
        findings=present.findings(session, access.caller, access.project.id, findings, access.roles),
    )


def finish(session: Session, project_id: UUID) -> FinishForecast:
    """When the project will be done, drawn from its full days since the first accepted answer."""
    zone = organization_zone(session)
    today = now().astimezone(zone).date()
    came = done = 0
    by_day: dict[int, int] = {}
    for day, items, accepted in sql.burn_up(session, project_id, zone.key):
        came, done = came + items, done + accepted
        if accepted and day < today:
            by_day[(today - day).days] = accepted
    days = [by_day.get(ago, 0) for ago in range(max(by_day, default=0), 0, -1)]
    found = forecast.forecast(days, came - done, today - timedelta(days=1))
    return FinishForecast(
        left=max(came - done, 0),
        days=min(len(days), forecast.WINDOW),
        needed_days=forecast.LEAST_DAYS,
        early=found.early if found else None,
        middle=found.middle if found else None,
        late=found.late if found else None,
        ready=found is not None,
    )
