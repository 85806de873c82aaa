"""Where a person stands on the way to work, and what is next."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.orm import Session

from tongguan.academy import repository
from tongguan.academy.repository import Tally
from tongguan.academy.schemas import Obstacle, Standing, Step
from tongguan.academy.service import choosing
from tongguan.core.clock import now
from tongguan.people import interface as people
from tongguan.projects.interface import ProjectSettings
from tongguan.rules.interface import RuleVersion, current_version, published_versions

NONE = Tally(0, 0, None, None)
REMEDY = "Add gold items on the quality page, or ask for fewer in the settings of the project."


def standing(session: Session, project_id: UUID, person_id: UUID, settings: ProjectSettings) -> Standing:
    """The standing of one person under the current rules."""
    rules = current_version(session, project_id)
    wanted = settings.academy
    if rules is None:
        return _without_rules(settings)
    tally = repository.tallies(session, project_id, rules.major, person_id).get(person_id, NONE)
    qualification = next(
        (
            found
            for found in people.qualifications(session, project_id, rules.major)
            if found.person_id == person_id and found.state == "open"
        ),
        None,
    )
    made = Standing(
        rule_version_id=rules.id,
        rule_major=rules.major,
        lesson_read=lesson_read(session, project_id, person_id, rules),
        practice_answered=tally.practice_answered,
        practice_needed=wanted.practice_count,
        practice_available=len(choosing.practice_pool(session, project_id, rules, wanted.practice_count)),
        exam_needed=wanted.exam_count,
        exam_available=len(choosing.usable(session, project_id, rules, "exam")),
        attempts_used=tally.exams,
        max_attempts=wanted.max_attempts,
        wait_minutes=wanted.wait_minutes,
        pass_mark=wanted.pass_mark,
        next_allowed_at=tally.next_allowed_at,
        qualified=qualification is not None,
        source=qualification.source if qualification else None,
        step="lesson",
        obstacle=None,
    )
    running = repository.running(session, project_id, person_id, "exam") is not None
    made.step, made.obstacle = next_step(made, running)
    return made


def lesson_read(session: Session, project_id: UUID, person_id: UUID, rules: RuleVersion) -> bool:
    """Whether the lesson was read under the current major version (a minor one needs no second reading)."""
    read = repository.lessons_read(session, project_id, person_id)
    versions = {found.id for found in published_versions(session, project_id) if found.major == rules.major}
    return bool(versions & set(read))


def next_step(made: Standing, exam_running: bool) -> tuple[Step, Obstacle | None]:
    """The one next thing to do, and what stands in the way."""
    if made.qualified:
        return "work", None
    if not made.lesson_read:
        return "lesson", None
    if exam_running:
        return "exam", None
    if made.practice_answered < made.practice_needed:
        return "practice", practice_obstacle(made)
    return _exam_step(made)


def practice_obstacle(made: Standing) -> Obstacle | None:
    """Why practice cannot start."""
    if not made.lesson_read:
        return Obstacle(code="academy.lesson_first", message="Read the lesson first.")
    if made.practice_available == 0:
        return not_enough_gold("practice", max(made.practice_needed, 1), 0)
    return None


def exam_obstacle(made: Standing) -> Obstacle | None:
    """Why an exam cannot start."""
    if not made.lesson_read:
        return Obstacle(code="academy.lesson_first", message="Read the lesson first.")
    if made.practice_answered < made.practice_needed:
        return Obstacle(
            code="academy.practice_first",
            message=f"Answer {made.practice_needed} practice items first; so far {made.practice_answered}.",
            params={"needed": made.practice_needed, "answered": made.practice_answered},
        )
    return _exam_step(made)[1]


def _exam_step(made: Standing) -> tuple[Step, Obstacle | None]:
    if made.attempts_used >= made.max_attempts:
        return "ask", Obstacle(
            code="academy.no_attempts_left",
            message=f"All {made.max_attempts} attempts are used: ask a trainer.",
            params={"max_attempts": made.max_attempts},
        )
    if made.next_allowed_at is not None and now() < made.next_allowed_at:
        seconds = (made.next_allowed_at - now()).total_seconds()
        return "wait", Obstacle(
            code="academy.wait",
            message=f"The next attempt is allowed at {made.next_allowed_at.isoformat(timespec='seconds')}.",
            params={"next_allowed_at": made.next_allowed_at.isoformat(), "seconds": round(seconds)},
        )
    if made.exam_available < made.exam_needed:
        return "exam", not_enough_gold("exam", made.exam_needed, made.exam_available)
    return "exam", None


def not_enough_gold(kind: str, needed: int, available: int) -> Obstacle:
    """The words for too little gold, with the remedy."""
    name = "The exam" if kind == "exam" else "Practice"
    return Obstacle(
        code="academy.not_enough_gold",
        message=f"{name} needs {needed} gold items, there are {available}. {REMEDY}",
        params={"kind": kind, "needed": needed, "available": available},
    )


def _without_rules(settings: ProjectSettings) -> Standing:
    wanted = settings.academy
    return Standing(
        rule_version_id=None,
        rule_major=None,
        lesson_read=False,
        practice_answered=0,
        practice_needed=wanted.practice_count,
        practice_available=0,
        exam_needed=wanted.exam_count,
        exam_available=0,
        attempts_used=0,
        max_attempts=wanted.max_attempts,
        wait_minutes=wanted.wait_minutes,
        pass_mark=wanted.pass_mark,
        next_allowed_at=None,
        qualified=False,
        source=None,
        step="rules",
        obstacle=Obstacle(code="academy.no_rules", message="The project has no published rules yet."),
    )
