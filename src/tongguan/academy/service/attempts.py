"""Starts practice and exams, hands out their items, and ends them."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from tongguan.academy import repository
from tongguan.academy.models import Attempt, AttemptAnswer
from tongguan.academy.schemas import Obstacle
from tongguan.academy.service import choosing, gate
from tongguan.academy.service.standing import exam_obstacle, practice_obstacle, standing
from tongguan.annotate import interface as annotate
from tongguan.core.clock import now
from tongguan.core.errors import Conflict, NotFound
from tongguan.core.ids import new_id
from tongguan.people import interface as people
from tongguan.projects import interface as projects
from tongguan.projects.interface import ProjectSettings
from tongguan.rules.interface import RuleVersion, current_version


def start(
    session: Session, project_id: UUID, person_id: UUID, kind: str, settings: ProjectSettings
) -> tuple[Attempt, bool]:
    """Starts an attempt, or returns the running one (then False).

    Conflict with the code of the obstacle: academy.no_rules, academy.lesson_first, academy.practice_first,
    academy.wait, academy.no_attempts_left, academy.not_enough_gold, academy.qualified.
    """
    repository.lock_person(session, project_id, person_id)
    rules = current_version(session, project_id)
    present = repository.running(session, project_id, person_id, kind)
    if present is not None:
        if rules is not None and present.rule_major == rules.major:
            return present, False
        _end(present, "failed", "rules_changed")
        annotate.close_tasks(session, repository.unanswered_tasks(session, [present.id]))
        session.flush()
    where = standing(session, project_id, person_id, settings)
    obstacle = where.obstacle if rules is None else None
    if rules is not None and kind == "exam" and where.qualified:
        obstacle = Obstacle(code="academy.qualified", message="You have already qualified for these rules.")
    elif rules is not None:
        obstacle = exam_obstacle(where) if kind == "exam" else practice_obstacle(where)
    if obstacle is not None or rules is None:
        assert obstacle is not None  # noqa: S101 - standing() always has one without rules
        raise Conflict(obstacle.code, obstacle.message, obstacle.params)
    return _make(session, project_id, person_id, kind, settings, rules), True


def _make(
    session: Session, project_id: UUID, person_id: UUID, kind: str, settings: ProjectSettings, rules: RuleVersion
) -> Attempt:
    wanted = settings.academy
    if kind == "exam":
        pool, count = choosing.usable(session, project_id, rules, "exam"), wanted.exam_count
    else:
        count = max(wanted.practice_count, 1)
        pool = choosing.practice_pool(session, project_id, rules, wanted.practice_count)
    made_id = new_id()
    seen = repository.seen_items(session, project_id, person_id)
    chosen = choosing.choose(pool, count, seen, str(made_id))
    made = Attempt(
        id=made_id,
        project_id=project_id,
        person_id=person_id,
        rule_major=rules.major,
        rule_version_id=rules.id,
        kind=kind,
        number=repository.next_number(session, project_id, person_id, rules.major, kind),
        state="running",
        answered=0,
        correct=0,
        total=len(chosen),
        pass_mark=wanted.pass_mark,
        iou=wanted.iou,
        started_at=now(),
    )
    session.add(made)
    session.flush()
    for position, gold in enumerate(chosen):
        task_id = annotate.create_tasks(
            session,
            project_id,
            [gold.item_id],
            rules.id,
            purpose="exam" if kind == "exam" else "practice",
            person_id=person_id,
            gold_id=gold.id,
            attempt_id=made.id,
        )[0]
        session.add(
            AttemptAnswer(
                attempt_id=made.id,
                task_id=task_id,
                gold_id=gold.id,
                item_id=gold.item_id,
                position=position,
                expected=gold.labels,
            )
        )
    session.flush()
    gate.refresh(session, project_id)
    return made


def own_attempt(session: Session, project_id: UUID, person_id: UUID, attempt_id: UUID, lock: bool = False) -> Attempt:
    """An attempt of this person. NotFound for everybody else's."""
    found = repository.attempt(session, project_id, attempt_id, lock)
    if found is None or found.person_id != person_id:
        raise NotFound("academy.attempt_not_found", "There is no such attempt.", {"id": str(attempt_id)})
    return found


def require_running(session: Session, attempt: Attempt) -> RuleVersion:
    """The rules of a running attempt. Conflict `academy.attempt_over`, `academy.rules_changed`."""
    if attempt.state != "running":
        code = "academy.rules_changed" if attempt.end_reason == "rules_changed" else "academy.attempt_over"
        raise Conflict(code, "This attempt is over.", {"state": attempt.state, "reason": attempt.end_reason})
    rules = current_version(session, attempt.project_id)
    if rules is None or rules.major != attempt.rule_major:
        raise Conflict(
            "academy.rules_changed",
            "The rules have changed in substance since this attempt began: start again with the new ones.",
            {"attempt": attempt.rule_major, "current": rules.major if rules else None},
        )
    return rules


def finish(session: Session, attempt: Attempt, settings: ProjectSettings) -> None:
    """Ends an attempt whose last item is answered; a passed exam opens the person's gate.

    Practice is always passed: it has no mark to reach. A failed exam sets the time before which no other may start.
    """
    if attempt.total == 0:
        _end(attempt, "failed", "items_erased")
    elif attempt.kind == "practice":
        _end(attempt, "passed", None)
    elif attempt.correct >= attempt.pass_mark * attempt.total - 1e-9:
        _end(attempt, "passed", None)
        people.grant_qualification(
            session, attempt.person_id, attempt.project_id, attempt.rule_major, "exam", attempt.id
        )
    else:
        _end(attempt, "failed", "mark")
        attempt.next_allowed_at = now() + timedelta(minutes=settings.academy.wait_minutes)
    session.flush()
    gate.refresh(session, attempt.project_id)


def end_for_new_rules(session: Session, project_id: UUID, rule_major: int) -> None:
    """A major version ends what is running under older ones, and closes their qualifications."""
    ended = repository.end_running_below(session, project_id, rule_major, now())
    if ended:
        annotate.close_tasks(session, repository.unanswered_tasks(session, ended))
    people.close_qualifications(session, project_id, rule_major)
    gate.refresh(session, project_id)


def _end(attempt: Attempt, state: str, reason: str | None) -> None:
    attempt.state, attempt.end_reason, attempt.finished_at = state, reason, now()


def grant(session: Session, project_id: UUID, by: UUID, person_id: UUID, reason: str) -> None:
    """A trainer lets a person work without the exam. Conflict `academy.no_rules`, NotFound for no member."""
    rules = current_version(session, project_id)
    if rules is None:
        raise Conflict("academy.no_rules", "The project has no published rules yet.")
    if not projects.role_of(session, person_id, project_id):
        raise NotFound("academy.no_member", "This person is not in the project.", {"person_id": str(person_id)})
    people.grant_qualification(session, person_id, project_id, rules.major, "granted", granted_by=by, reason=reason)
    gate.refresh(session, project_id)
