"""All queries of the stage academy."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from tongguan.academy.models import Attempt, AttemptAnswer, LessonRead


class Tally(NamedTuple):
    """What one person did under one major version."""

    practice_answered: int
    exams: int
    best: float | None
    next_allowed_at: datetime | None


def lock_person(session: Session, project_id: UUID, person_id: UUID) -> None:
    """Lets one transaction at a time start attempts of a person in a project."""
    session.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 90))"), {"key": f"{project_id}/{person_id}"}
    )


def attempt(session: Session, project_id: UUID, attempt_id: UUID, lock: bool = False) -> Attempt | None:
    """One attempt of a project."""
    query = select(Attempt).where(Attempt.project_id == project_id, Attempt.id == attempt_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return session.scalars(query).first()


def running(session: Session, project_id: UUID, person_id: UUID, kind: str) -> Attempt | None:
    """The running attempt of a person."""
    return session.scalars(
        select(Attempt).where(
            Attempt.project_id == project_id,
            Attempt.person_id == person_id,
            Attempt.kind == kind,
            Attempt.state == "running",
        )
    ).first()


def attempts(
    session: Session, project_id: UUID, person_id: UUID | None, after: UUID | None, limit: int
) -> Sequence[Attempt]:
    """A window of attempts, newest first."""
    query = select(Attempt).where(Attempt.project_id == project_id)
    if person_id is not None:
        query = query.where(Attempt.person_id == person_id)
    if after is not None:
        query = query.where(Attempt.id < after)
    return session.scalars(query.order_by(Attempt.id.desc()).limit(limit)).all()


def next_number(session: Session, project_id: UUID, person_id: UUID, rule_major: int, kind: str) -> int:
    """The number of a person's next attempt of a kind under a major version."""
    last = session.scalar(
        select(func.max(Attempt.number)).where(
            Attempt.project_id == project_id,
            Attempt.person_id == person_id,
            Attempt.rule_major == rule_major,
            Attempt.kind == kind,
        )
    )
    return (last or 0) + 1


def tallies(session: Session, project_id: UUID, rule_major: int, person_id: UUID | None = None) -> dict[UUID, Tally]:
    """What people did under a major version, by person; those who did nothing are left out."""
    exam = Attempt.kind == "exam"
    query = (
        select(
            Attempt.person_id,
            func.coalesce(func.sum(Attempt.answered).filter(Attempt.kind == "practice"), 0),
            func.count().filter(exam, func.coalesce(Attempt.end_reason, "") != "items_erased"),
            func.max(Attempt.correct * 1.0 / func.nullif(Attempt.total, 0)).filter(exam, Attempt.state != "running"),
            func.max(Attempt.next_allowed_at).filter(exam),
        )
        .where(Attempt.project_id == project_id, Attempt.rule_major == rule_major)
        .group_by(Attempt.person_id)
    )
    if person_id is not None:
        query = query.where(Attempt.person_id == person_id)
    return {
        row[0]: Tally(int(row[1]), int(row[2]), None if row[3] is None else float(row[3]), row[4])
        for row in session.execute(query)
    }


def answers(session: Session, attempt_id: UUID) -> Sequence[AttemptAnswer]:
    """The items of an attempt in their order."""
    return session.scalars(
        select(AttemptAnswer).where(AttemptAnswer.attempt_id == attempt_id).order_by(AttemptAnswer.position)
    ).all()


def seen_items(session: Session, project_id: UUID, person_id: UUID) -> dict[UUID, int]:
    """How often a person was shown each item in practice and exams of a project."""
    rows = session.execute(
        select(AttemptAnswer.item_id, func.count())
        .join(Attempt, Attempt.id == AttemptAnswer.attempt_id)
        .where(Attempt.project_id == project_id, Attempt.person_id == person_id)
        .group_by(AttemptAnswer.item_id)
    )
    return {row[0]: row[1] for row in rows}


def lessons_read(session: Session, project_id: UUID, person_id: UUID) -> dict[UUID, datetime]:
    """When a person read the lesson of each rule version."""
    rows = session.execute(
        select(LessonRead.rule_version_id, LessonRead.read_at).where(
            LessonRead.project_id == project_id, LessonRead.person_id == person_id
        )
    )
    return {row[0]: row[1] for row in rows}


def readers(session: Session, version_ids: Sequence[UUID]) -> set[UUID]:
    """People who read the lesson of any of the versions."""
    return set(session.scalars(select(LessonRead.person_id).where(LessonRead.rule_version_id.in_(list(version_ids)))))


def mark_read(session: Session, project_id: UUID, person_id: UUID, version_id: UUID, moment: datetime) -> None:
    """Marks a lesson as read; the first time counts."""
    session.execute(
        insert(LessonRead)
        .values(project_id=project_id, person_id=person_id, rule_version_id=version_id, read_at=moment)
        .on_conflict_do_nothing(constraint="uq_lesson_read_person_version")
    )


def end_running_below(session: Session, project_id: UUID, rule_major: int, moment: datetime) -> list[UUID]:
    """Ends running attempts under older major versions; their ids."""
    return list(
        session.scalars(
            update(Attempt)
            .where(Attempt.project_id == project_id, Attempt.state == "running", Attempt.rule_major < rule_major)
            .values(state="failed", end_reason="rules_changed", finished_at=moment)
            .returning(Attempt.id)
        )
    )


def unanswered_tasks(session: Session, attempt_ids: Sequence[UUID]) -> list[UUID]:
    """Tasks of attempts that have no answer."""
    return list(
        session.scalars(
            select(AttemptAnswer.task_id).where(
                AttemptAnswer.attempt_id.in_(list(attempt_ids)), AttemptAnswer.answered_at.is_(None)
            )
        )
    )


def count_running(session: Session, project_id: UUID) -> dict[str, int]:
    """Running attempts by kind."""
    rows = session.execute(
        select(Attempt.kind, func.count())
        .where(Attempt.project_id == project_id, Attempt.state == "running")
        .group_by(Attempt.kind)
    )
    return {row[0]: row[1] for row in rows}
