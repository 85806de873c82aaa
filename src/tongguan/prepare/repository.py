"""All queries of the stage prepare."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Select, func, select, text, update

from tongguan.core.clock import now
from tongguan.core.database import Session
from tongguan.core.ids import new_id
from tongguan.prepare.models import DataGateOpening, Problem

WINDOW = 2000


@dataclass(frozen=True, slots=True)
class Found:
    """A problem to write."""

    item_id: UUID
    batch_id: UUID
    check_id: str
    severity: str
    other_item_id: UUID | None
    detail: str


_INSERT = text("""
INSERT INTO problem (id, project_id, batch_id, item_id, check_id, severity, other_item_id, detail)
SELECT (r->>'id')::uuid, :project, (r->>'batch')::uuid, (r->>'item')::uuid, r->>'check', r->>'severity',
       (r->>'other')::uuid, r->>'detail'
FROM jsonb_array_elements(CAST(:rows AS jsonb)) r
ON CONFLICT (item_id, check_id) DO NOTHING
""")
# What became of an item decides what becomes of its problems; a waiver stays a waiver.
_FOLLOW = text("""
UPDATE problem p SET state = CASE WHEN i.state IN ('refused', 'erased') THEN 'refused' ELSE 'open' END
FROM item i
WHERE i.id = p.item_id AND p.project_id = :project
  AND ((p.state = 'open' AND i.state IN ('refused', 'erased'))
    OR (p.state = 'refused' AND i.state NOT IN ('refused', 'erased')))
""")
_SEVERITY = text("""
UPDATE problem SET severity = CASE WHEN check_id = ANY(:block) THEN 'block' ELSE 'warn' END
WHERE project_id = :project AND (severity = 'block') <> (check_id = ANY(:block))
""")
_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")


def lock_project(session: Session, project_id: UUID) -> None:
    """Lets one check or decision on a project's data run at a time, until the transaction ends."""
    session.execute(_LOCK, {"name": f"prepare:{project_id}"})


def refresh_statistics(session: Session) -> None:
    """Lets the planner see how many problems a check has added."""
    session.execute(text("SELECT prepare_refresh_statistics()"))


def write_problems(session: Session, project_id: UUID, found: Sequence[Found]) -> None:
    """Adds problems; one per item and check, whatever its state, stays as it is."""
    for start in range(0, len(found), WINDOW):
        rows = [
            {
                "id": str(new_id()),
                "batch": str(problem.batch_id),
                "item": str(problem.item_id),
                "check": problem.check_id,
                "severity": problem.severity,
                "other": str(problem.other_item_id) if problem.other_item_id else None,
                "detail": problem.detail[:1000],
            }
            for problem in found[start : start + WINDOW]
        ]
        session.execute(_INSERT, {"project": project_id, "rows": orjson.dumps(rows).decode()})


def follow_items(session: Session, project_id: UUID) -> None:
    """Marks problems of refused and erased items as refused, and opens those of items that came back."""
    session.execute(_FOLLOW, {"project": project_id})


def set_severities(session: Session, project_id: UUID, block: Sequence[str]) -> None:
    """Writes down which checks close the gate by the present settings."""
    session.execute(_SEVERITY, {"project": project_id, "block": list(block)})


def open_counts(session: Session, project_id: UUID, since: datetime | None = None) -> dict[str, int]:
    """Open problems by check, optionally only those found after a moment."""
    query = (
        select(Problem.check_id, func.count())
        .where(Problem.project_id == project_id, Problem.state == "open")
        .group_by(Problem.check_id)
    )
    if since is not None:
        query = query.where(Problem.created_at > since)
    return {check: int(number) for check, number in session.execute(query)}


def state_counts(session: Session, project_id: UUID) -> dict[tuple[str, str], int]:
    """Problems by check and state."""
    query = (
        select(Problem.check_id, Problem.state, func.count())
        .where(Problem.project_id == project_id)
        .group_by(Problem.check_id, Problem.state)
    )
    return {(check, state): int(number) for check, state, number in session.execute(query)}


def mutual(session: Session, pairs: Iterable[tuple[UUID, UUID, str]]) -> set[tuple[UUID, UUID, str]]:
    """Of (item, other, check): those whose other item is reported already against this item."""
    wanted = {(other, item, check) for item, other, check in pairs}
    found: set[tuple[UUID, UUID, str]] = set()
    others = sorted({other for other, _, _ in wanted})
    for start in range(0, len(others), WINDOW):
        query = select(Problem.item_id, Problem.other_item_id, Problem.check_id).where(
            Problem.item_id.in_(others[start : start + WINDOW]), Problem.state != "refused"
        )
        rows = [(row[0], row[1], row[2]) for row in session.execute(query)]
        found |= {(item, other, check) for other, item, check in rows if item and (other, item, check) in wanted}
    return found


def choose(project_id: UUID, ids: Sequence[UUID], check: str | None, batch_id: UUID | None, state: str) -> Select[UUID]:
    """Ids of problems in one state, named one by one or by check and batch."""
    query = select(Problem.id).where(Problem.project_id == project_id, Problem.state == state)
    if ids:
        query = query.where(Problem.id.in_(list(ids)))
    if check is not None:
        query = query.where(Problem.check_id == check)
    if batch_id is not None:
        query = query.where(Problem.batch_id == batch_id)
    return query


def items_of(problems: Select[UUID]) -> Select[UUID]:
    """Ids of the items that problems are about."""
    return select(Problem.item_id).where(Problem.id.in_(problems)).distinct()


def items_with(project_id: UUID, check: str) -> Select[UUID]:
    """Ids of items with an open problem of a check."""
    return select(Problem.item_id).where(
        Problem.project_id == project_id, Problem.check_id == check, Problem.state == "open"
    )


def waive(session: Session, chosen: Select[UUID], person_id: UUID, reason: str) -> int:
    """Waives problems. Returns how many."""
    values = {"state": "waived", "waived_by": person_id, "waived_reason": reason, "waived_at": now()}
    return int(session.execute(update(Problem).where(Problem.id.in_(chosen)).values(values)).rowcount)  # type: ignore[attr-defined]


def reopen(session: Session, chosen: Select[UUID]) -> int:
    """Takes waivers back. Returns how many."""
    values = {"state": "open", "waived_by": None, "waived_reason": "", "waived_at": None}
    return int(session.execute(update(Problem).where(Problem.id.in_(chosen)).values(values)).rowcount)  # type: ignore[attr-defined]


def page(
    session: Session,
    project_id: UUID,
    *,
    check: str | None = None,
    state: str | None = None,
    batch_id: UUID | None = None,
    item_id: UUID | None = None,
    after: UUID | None = None,
    limit: int = 100,
) -> list[Problem]:
    """Problems in order of finding."""
    query = select(Problem).where(Problem.project_id == project_id).order_by(Problem.id).limit(limit)
    if check is not None:
        query = query.where(Problem.check_id == check)
    if state is not None:
        query = query.where(Problem.state == state)
    if batch_id is not None:
        query = query.where(Problem.batch_id == batch_id)
    if item_id is not None:
        query = query.where(Problem.item_id == item_id)
    if after is not None:
        query = query.where(Problem.id > after)
    return list(session.execute(query).scalars())


def open_checks(session: Session, item_ids: Sequence[UUID]) -> dict[UUID, list[str]]:
    """Checks with an open problem by item."""
    query = (
        select(Problem.item_id, Problem.check_id)
        .where(Problem.item_id.in_(list(item_ids)), Problem.state == "open")
        .order_by(Problem.id)
    )
    found: dict[UUID, list[str]] = {}
    for item_id, check in session.execute(query):
        found.setdefault(item_id, []).append(check)
    return found


def last_opening(session: Session, project_id: UUID) -> DataGateOpening | None:
    """The last time a named person opened the gate regardless."""
    query = select(DataGateOpening).where(DataGateOpening.project_id == project_id)
    return session.execute(query.order_by(DataGateOpening.id.desc()).limit(1)).scalar_one_or_none()


def waivers(session: Session, project_id: UUID) -> list[tuple[str, UUID, str, datetime, int]]:
    """(check, person, reason, time, number) of waived problems, newest first."""
    query = (
        select(
            Problem.check_id,
            Problem.waived_by,
            Problem.waived_reason,
            func.max(Problem.waived_at).label("at"),
            func.count(),
        )
        .where(Problem.project_id == project_id, Problem.state == "waived")
        .group_by(Problem.check_id, Problem.waived_by, Problem.waived_reason)
        .order_by(text("at DESC"))
        .limit(200)
    )
    rows: list[Any] = list(session.execute(query))
    return [(row[0], row[1], row[2], row[3], int(row[4])) for row in rows]
