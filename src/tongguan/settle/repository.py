"""Queries of the stage settle. Tables of earlier stages are read here by name, and never written."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, func, select, text
from sqlalchemy.dialects.postgresql import insert

from tongguan.core.database import Session
from tongguan.core.ids import new_id
from tongguan.settle.models import (
    LedgerLine,
    PayAppeal,
    PayAppealAnswer,
    PayPeriod,
    PeriodWork,
    RateCard,
    WorkRow,
    WorkVoid,
)

PART = 1000


def rate_card(session: Session, project_id: UUID) -> RateCard | None:
    """The latest rate card of a project."""
    query = select(RateCard).where(RateCard.project_id == project_id).order_by(RateCard.id.desc()).limit(1)
    return session.scalars(query).first()


def add_work(session: Session, rows: Sequence[dict[str, Any]]) -> int:
    """Inserts work rows; those that exist already are left as they are. Returns how many are new."""
    added = 0
    for begin in range(0, len(rows), PART):
        part = [{"id": new_id(), **row} for row in rows[begin : begin + PART]]
        query = insert(WorkRow).values(part).on_conflict_do_nothing()
        added += len(session.execute(query.returning(WorkRow.id)).all())
    return added


def void_work(session: Session, judgement_id: UUID, by: UUID) -> None:
    """Takes the row of a judgement out of the count, unless a closed period has paid it already."""
    _void(session, WorkRow.judgement_id == judgement_id, judgement_id=by)


def void_finding(session: Session, finding_id: UUID) -> None:
    """Takes the row of a finding out of the count, unless a closed period has paid it already."""
    _void(session, WorkRow.finding_id == finding_id, finding_id=finding_id)


def _void(session: Session, of: ColumnElement[bool], **why: UUID) -> None:
    paid = select(PeriodWork.work_row_id)
    for row in session.execute(select(WorkRow.id).where(of, WorkRow.id.not_in(paid))).all():
        values = {"id": new_id(), "work_row_id": row.id, **why}
        session.execute(insert(WorkVoid).values(**values).on_conflict_do_nothing())


def open_work(
    session: Session,
    project_id: UUID,
    *,
    before: datetime | None = None,
    person_id: UUID | None = None,
) -> Sequence[WorkRow]:
    """Work rows that no period has paid and that count, in the order in which they use up the quota."""
    query = (
        select(WorkRow)
        .outerjoin(PeriodWork, PeriodWork.work_row_id == WorkRow.id)
        .outerjoin(WorkVoid, WorkVoid.work_row_id == WorkRow.id)
        .where(WorkRow.project_id == project_id, PeriodWork.id.is_(None), WorkVoid.id.is_(None))
        .order_by(WorkRow.accepted_at, WorkRow.id)
    )
    if before is not None:
        query = query.where(WorkRow.accepted_at < before)
    if person_id is not None:
        query = query.where(WorkRow.person_id == person_id)
    return session.scalars(query).all()


def period_work(session: Session, period_id: UUID) -> Sequence[WorkRow]:
    """Work rows that a period paid, in the order in which they used up the quota."""
    query = select(WorkRow).join(PeriodWork, PeriodWork.work_row_id == WorkRow.id)
    query = query.where(PeriodWork.period_id == period_id).order_by(WorkRow.accepted_at, WorkRow.id)
    return session.scalars(query).all()


def first_open_work(session: Session, project_id: UUID) -> datetime | None:
    """When the oldest work that no period has paid was judged."""
    query = (
        select(func.min(WorkRow.accepted_at))
        .outerjoin(PeriodWork, PeriodWork.work_row_id == WorkRow.id)
        .outerjoin(WorkVoid, WorkVoid.work_row_id == WorkRow.id)
        .where(WorkRow.project_id == project_id, PeriodWork.id.is_(None), WorkVoid.id.is_(None))
    )
    return session.scalar(query)


def last_period(session: Session, project_id: UUID) -> PayPeriod | None:
    """The latest closed period."""
    query = select(PayPeriod).where(PayPeriod.project_id == project_id).order_by(PayPeriod.number.desc()).limit(1)
    return session.scalars(query).first()


def periods(session: Session, project_id: UUID) -> Sequence[PayPeriod]:
    """Closed periods, newest first."""
    query = select(PayPeriod).where(PayPeriod.project_id == project_id).order_by(PayPeriod.number.desc())
    return session.scalars(query).all()


def period(session: Session, project_id: UUID, period_id: UUID) -> PayPeriod | None:
    """A closed period of a project."""
    return session.scalar(select(PayPeriod).where(PayPeriod.id == period_id, PayPeriod.project_id == project_id))


def lines(session: Session, period_id: UUID, person_id: UUID | None = None) -> Sequence[LedgerLine]:
    """Ledger lines of a period, by person, the base first."""
    query = select(LedgerLine).where(LedgerLine.period_id == period_id)
    if person_id is not None:
        query = query.where(LedgerLine.person_id == person_id)
    return session.scalars(query.order_by(LedgerLine.person_id, LedgerLine.kind, LedgerLine.id)).all()


def totals(session: Session, project_id: UUID) -> dict[UUID, tuple[int, int]]:
    """(people, fen) by period."""
    query = (
        select(LedgerLine.period_id, func.count(LedgerLine.person_id.distinct()), func.sum(LedgerLine.amount_fen))
        .join(PayPeriod, PayPeriod.id == LedgerLine.period_id)
        .where(PayPeriod.project_id == project_id)
        .group_by(LedgerLine.period_id)
    )
    return {row[0]: (int(row[1]), int(row[2])) for row in session.execute(query)}


def lock_project(session: Session, project_id: UUID) -> None:
    """Closings of one project wait for each other until the transaction ends."""
    session.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended(CAST(:id AS text), 110))"), {"id": str(project_id)}
    )


def add_lines(session: Session, values: Sequence[dict[str, Any]]) -> None:
    """Inserts ledger lines; a key that exists already is left as it is."""
    if values:
        query = insert(LedgerLine).values([{"id": new_id(), **each} for each in values])
        session.execute(query.on_conflict_do_nothing())


def assign_work(session: Session, period_id: UUID, ids: Sequence[UUID]) -> None:
    """Notes which rows a period paid. A row that another period paid is an error."""
    for start in range(0, len(ids), 5000):
        part = [{"id": new_id(), "period_id": period_id, "work_row_id": each} for each in ids[start : start + 5000]]
        session.execute(insert(PeriodWork).values(part))


def work_page(
    session: Session,
    project_id: UUID,
    *,
    person_id: UUID | None,
    period_id: UUID | None,
    only_open: bool,
    after: tuple[datetime, UUID] | None,
    limit: int,
    annotation_id: UUID | None = None,
) -> list[tuple[WorkRow, UUID | None, UUID | None]]:
    """(work row, period or None, void or None), newest first."""
    query = (
        select(WorkRow, PeriodWork.period_id, WorkVoid.id.label("void"))
        .outerjoin(PeriodWork, PeriodWork.work_row_id == WorkRow.id)
        .outerjoin(WorkVoid, WorkVoid.work_row_id == WorkRow.id)
        .where(WorkRow.project_id == project_id)
        .order_by(WorkRow.accepted_at.desc(), WorkRow.id.desc())
        .limit(limit)
    )
    if annotation_id is not None:
        query = query.where(WorkRow.annotation_id == annotation_id)
    if person_id is not None:
        query = query.where(WorkRow.person_id == person_id)
    if period_id is not None:
        query = query.where(PeriodWork.period_id == period_id)
    if only_open:
        query = query.where(PeriodWork.id.is_(None))
    if after is not None:
        moment, row_id = after
        query = query.where((WorkRow.accepted_at < moment) | ((WorkRow.accepted_at == moment) & (WorkRow.id < row_id)))
    return [(row[0], row[1], row[2]) for row in session.execute(query)]


def lines_by_id(session: Session, ids: Iterable[UUID]) -> dict[UUID, LedgerLine]:
    """Ledger lines by id."""
    return {row.id: row for row in session.scalars(select(LedgerLine).where(LedgerLine.id.in_(list(ids))))}


def add_appeal(session: Session, values: dict[str, Any]) -> bool:
    """Files an appeal; False when the person has appealed against the same already."""
    query = insert(PayAppeal).values(**values).on_conflict_do_nothing().returning(PayAppeal.id)
    return session.execute(query).first() is not None


def appeal(session: Session, project_id: UUID, appeal_id: UUID) -> PayAppeal | None:
    """An appeal of a project."""
    return session.scalar(select(PayAppeal).where(PayAppeal.id == appeal_id, PayAppeal.project_id == project_id))


def appeals(session: Session, project_id: UUID, person_id: UUID | None = None) -> Sequence[PayAppeal]:
    """Appeals of a project or of one person in it, newest first."""
    query = select(PayAppeal).where(PayAppeal.project_id == project_id).order_by(PayAppeal.id.desc()).limit(500)
    return session.scalars(query if person_id is None else query.where(PayAppeal.person_id == person_id)).all()


def appeal_answers(session: Session, ids: Sequence[UUID]) -> dict[UUID, PayAppealAnswer]:
    """Answers by appeal; those without one are left out."""
    query = select(PayAppealAnswer).where(PayAppealAnswer.appeal_id.in_(ids))
    return {row.appeal_id: row for row in session.scalars(query)}


# What the queue would give next, without taking it: a held lease, own rework, else the first of the queue.
_HELD = text("""
    SELECT l.state, i.name AS item, b.name AS batch FROM lease l
    JOIN task t ON t.id = l.task_id JOIN item i ON i.id = t.item_id JOIN batch b ON b.id = i.batch_id
    WHERE l.person_id = :person_id AND l.project_id = :project_id AND l.state IN ('open', 'next') AND NOT l.study
    ORDER BY l.state DESC LIMIT 1
""")
_REWORK = text("""
    SELECT count(*) OVER () AS waiting, i.name AS item, b.name AS batch FROM task t
    JOIN item i ON i.id = t.item_id JOIN batch b ON b.id = i.batch_id
    WHERE t.person_id = :person_id AND t.project_id = :project_id AND t.purpose = 'ordinary' AND t.state = 'open'
      AND t.open_slots > 0
    ORDER BY t.priority DESC, t.rank LIMIT 1
""")
_QUEUE = text("""
    SELECT t.priority, b.name AS batch FROM task t JOIN item i ON i.id = t.item_id JOIN batch b ON b.id = i.batch_id
    WHERE t.project_id = :project_id AND t.open_slots > 0 AND t.state = 'open' AND t.person_id IS NULL
      AND NOT EXISTS (SELECT 1 FROM work w WHERE w.person_id = :person_id AND w.item_id = t.item_id)
    ORDER BY t.priority DESC, t.rank LIMIT 1
""")
_LAST_RULES = text("""
    SELECT v.major, v.minor FROM annotation a JOIN rule_version v ON v.id = a.rule_version_id
    WHERE a.project_id = :project_id AND a.person_id = :person_id ORDER BY a.submitted_at DESC LIMIT 1
""")


def held(session: Session, project_id: UUID, person_id: UUID) -> Row[Any] | None:
    """The work that a person holds."""
    return session.execute(_HELD, {"project_id": project_id, "person_id": person_id}).one_or_none()


def rework(session: Session, project_id: UUID, person_id: UUID) -> Row[Any] | None:
    """The first of a person's rework, and how much waits."""
    return session.execute(_REWORK, {"project_id": project_id, "person_id": person_id}).one_or_none()


def queue(session: Session, project_id: UUID, person_id: UUID) -> Row[Any] | None:
    """The first of the queue for a person."""
    return session.execute(_QUEUE, {"project_id": project_id, "person_id": person_id}).one_or_none()


def last_rules(session: Session, project_id: UUID, person_id: UUID) -> tuple[int, int] | None:
    """(major, minor) of the rules under which a person last submitted."""
    row = session.execute(_LAST_RULES, {"project_id": project_id, "person_id": person_id}).one_or_none()
    return (int(row.major), int(row.minor)) if row else None


def live_projects(session: Session) -> list[UUID]:
    """Projects whose periods end."""
    return [row.id for row in session.execute(text("SELECT id FROM project ORDER BY id"))]


def work_since(session: Session, project_id: UUID, person_id: UUID, since: datetime) -> Sequence[WorkRow]:
    """A person's work rows that count, judged since a moment, paid or not."""
    query = (
        select(WorkRow)
        .outerjoin(WorkVoid, WorkVoid.work_row_id == WorkRow.id)
        .where(
            WorkRow.project_id == project_id,
            WorkRow.person_id == person_id,
            WorkRow.accepted_at >= since,
            WorkVoid.id.is_(None),
        )
    )
    return session.scalars(query).all()
