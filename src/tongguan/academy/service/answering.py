"""Takes the answers of practice and exams."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.orm import Session

from tongguan.academy import repository
from tongguan.academy.models import Attempt, AttemptAnswer
from tongguan.academy.schemas import StudyAnswer, Verdict
from tongguan.academy.service import attempts, judging
from tongguan.annotate import interface as annotate
from tongguan.core.clock import now
from tongguan.core.errors import Conflict, NotFound
from tongguan.projects.interface import ProjectSettings


def next_answer(session: Session, attempt: Attempt) -> AttemptAnswer | None:
    """The first item without an answer; None when all are answered."""
    return next((row for row in repository.answers(session, attempt.id) if row.answered_at is None), None)


def take(
    session: Session,
    project_id: UUID,
    person_id: UUID,
    attempt_id: UUID,
    given: StudyAnswer,
    settings: ProjectSettings,
) -> tuple[Attempt, Verdict]:
    """Stores an answer as an annotation (unpaid), judges it, and ends the attempt with its last one.

    A repeated send of an answered item returns the stored verdict. Raises Conflict `academy.attempt_over`,
    `academy.rules_changed`, `academy.not_opened`; NotFound `academy.task_not_found`; what the machine checks
    refuse is raised by `annotate` like at any submit.
    """
    attempt = attempts.own_attempt(session, project_id, person_id, attempt_id, lock=True)
    row = next((row for row in repository.answers(session, attempt.id) if row.task_id == given.task_id), None)
    if row is None:
        raise NotFound("academy.task_not_found", "This item is not part of the attempt.", {"id": str(given.task_id)})
    if row.detail is not None:
        return attempt, Verdict.model_validate(row.detail["verdict"])
    rules = attempts.require_running(session, attempt)
    if row.opened_at is None:
        raise Conflict("academy.not_opened", "Open this item first.", {"position": row.position})
    annotate.submit_reserved(session, project_id, person_id, row.task_id, labels=given.labels, nothing=given.nothing)
    verdict = judging.judge(rules, given.labels, row.expected, attempt.iou)
    row.correct, row.answered_at = verdict.correct, now()
    row.detail = {
        "labels": given.labels,
        "nothing": given.nothing,
        "verdict": verdict.model_dump(mode="json"),
    }
    attempt.answered += 1
    attempt.correct += int(verdict.correct)
    session.flush()
    if attempt.answered == attempt.total:
        attempts.finish(session, attempt, settings)
    return attempt, verdict
