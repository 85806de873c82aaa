"""Takes the answers of practice and exams."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from tongguan.academy import repository
from tongguan.academy.models import Attempt, AttemptAnswer
from tongguan.academy.schemas import StudyAnswer, Verdict
from tongguan.academy.service import attempts, judging
from tongguan.annotate import interface as annotate
from tongguan.collect import interface as collect
from tongguan.core.auth import Caller
from tongguan.core.clock import now
from tongguan.core.errors import Conflict, NotFound
from tongguan.projects.interface import ProjectSettings, settings_of
from tongguan.rules.interface import RuleVersion, current_version


def next_answer(session: Session, attempt: Attempt, settings: ProjectSettings) -> AttemptAnswer | None:
    """The first item without an answer; None when all are answered.

    Items that were erased meanwhile leave the attempt; one that has no item left ends without a result.
    """
    for row in repository.answers(session, attempt.id):
        if row.answered_at is not None:
            continue
        item = collect.item(session, row.item_id)
        if item is not None and item.state != "erased":
            return row
        session.delete(row)
        attempt.total -= 1
        session.flush()
    if attempt.state == "running":
        attempts.finish(session, attempt, settings)
    return None


def take(
    session: Session, caller: Caller, project_id: UUID, attempt_id: UUID, given: StudyAnswer, settings: ProjectSettings
) -> tuple[Attempt, Verdict]:
    """Stores an answer as an annotation (unpaid), judges it, and ends the attempt with its last one.

    A repeated send of an answered item returns the stored verdict. Raises Conflict `academy.attempt_over`,
    `academy.rules_changed`, `academy.not_opened`; NotFound `academy.task_not_found`; Invalid
    `labels.invalid` with what the machine checks found.
    """
    attempt = attempts.own_attempt(session, project_id, caller.person_id, attempt_id, lock=True)
    row = next((row for row in repository.answers(session, attempt.id) if row.task_id == given.task_id), None)
    if row is None:
        raise NotFound("academy.task_not_found", "This item is not part of the attempt.", {"id": str(given.task_id)})
    if row.detail is not None:
        return attempt, Verdict.model_validate(row.detail["verdict"])
    rules = attempts.require_running(session, attempt)
    if row.opened_at is None:
        raise Conflict("academy.not_opened", "Open this item first.", {"position": row.position})
    annotate.submit_reserved(session, caller, row.task_id, given.labels, given.nothing)
    return attempt, _record(session, attempt, row, rules, given.labels, given.nothing, settings)


def judge_submitted(session: Session, project_id: UUID, attempt_id: UUID, task_id: UUID, revision_id: UUID) -> None:
    """Judges an answer that was submitted on its lease, past the attempt; done already: nothing happens."""
    attempt = repository.attempt(session, project_id, attempt_id, lock=True)
    rules = current_version(session, project_id)
    if attempt is None or attempt.state != "running" or rules is None or rules.major != attempt.rule_major:
        return
    row = next((row for row in repository.answers(session, attempt.id) if row.task_id == task_id), None)
    if row is None or row.answered_at is not None:
        return
    stored = annotate.revision(session, revision_id)
    settings = settings_of(session, project_id)
    _record(session, attempt, row, rules, stored.labels, stored.nothing, settings)


def _record(
    session: Session,
    attempt: Attempt,
    row: AttemptAnswer,
    rules: RuleVersion,
    labels: list[dict[str, Any]],
    nothing: bool,
    settings: ProjectSettings,
) -> Verdict:
    verdict = judging.judge(rules, labels, row.expected, attempt.iou)
    row.correct, row.answered_at = verdict.correct, now()
    row.detail = {"labels": labels, "nothing": nothing, "verdict": verdict.model_dump(mode="json")}
    attempt.answered += 1
    attempt.correct += int(verdict.correct)
    session.flush()
    if attempt.answered == attempt.total:
        attempts.finish(session, attempt, settings)
    return verdict
