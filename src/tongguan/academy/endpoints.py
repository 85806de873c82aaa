"""HTTP of the stage academy."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from tongguan.academy import repository
from tongguan.academy.schemas import (
    AttemptDetail,
    AttemptList,
    AttemptView,
    GrantQualification,
    Judged,
    Lesson,
    NextStep,
    QualificationList,
    ReadLesson,
    StartAttempt,
    StudyAnswer,
)
from tongguan.academy.service import answering, attempts, gate, learning, present
from tongguan.academy.service.standing import standing
from tongguan.core.errors import Forbidden, NotFound
from tongguan.projects.interface import ProjectAccess, project_role, require_active

router = APIRouter(prefix="/api/v1/projects/{project_id}", tags=["academy"])

WORKERS = ("trainer", "manager", "inspector", "annotator")
TEACHERS = ("trainer", "manager")
Worker = Annotated[ProjectAccess, Depends(project_role(*WORKERS), scope="function")]
Teacher = Annotated[ProjectAccess, Depends(project_role(*TEACHERS), scope="function")]
Trainer = Annotated[ProjectAccess, Depends(project_role("trainer"), scope="function")]


@router.get("/lesson")
def get_lesson(access: Worker) -> Lesson:
    """The lesson of the current rules, and what changed since the caller read one."""
    return present.lesson(access)


@router.post("/lesson/read", status_code=204)
def read_lesson(access: Worker, body: ReadLesson) -> None:
    """Notes that the caller has read the lesson of a version."""
    learning.mark_read(access.session, access.project.id, access.caller.person_id, body.rule_version_id)


@router.post("/attempts", status_code=201)
def start_attempt(access: Worker, body: StartAttempt) -> AttemptView:
    """Starts practice or an exam, or goes on with the running one."""
    require_active(access)
    made, _ = attempts.start(access.session, access.project.id, access.caller.person_id, body.kind, access.settings)
    return present.attempt_view(access, made)


@router.get("/attempts")
def list_attempts(
    access: Worker,
    person: UUID | None = None,
    after: UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> AttemptList:
    """The caller's attempts (trainers and managers: `person`'s), newest first, and where that person stands."""
    whom = person or access.caller.person_id
    if whom != access.caller.person_id and not _teaches(access):
        raise Forbidden("auth.role", "Only trainers and managers see other people's attempts.")
    rows = repository.attempts(access.session, access.project.id, whom, after, limit)
    return AttemptList(
        items=present.attempt_views(access, rows),
        standing=standing(access.session, access.project.id, whom, access.settings),
    )


@router.get("/attempts/{attempt_id}")
def get_attempt(access: Worker, attempt_id: UUID) -> AttemptDetail:
    """An attempt with what was right and wrong per item."""
    found = repository.attempt(access.session, access.project.id, attempt_id)
    if found is None or (found.person_id != access.caller.person_id and not _teaches(access)):
        raise NotFound("academy.attempt_not_found", "There is no such attempt.", {"id": str(attempt_id)})
    return present.attempt_detail(access, found)


@router.get("/attempts/{attempt_id}/next")
def next_step_of_attempt(access: Worker, attempt_id: UUID) -> NextStep:
    """The next item of the caller's attempt."""
    require_active(access)
    found = attempts.own_attempt(access.session, access.project.id, access.caller.person_id, attempt_id, lock=True)
    return present.next_step(access, found)


@router.post("/attempts/{attempt_id}/answers")
def answer_attempt(access: Worker, attempt_id: UUID, body: StudyAnswer) -> Judged:
    """Answers an item: practice shows the right answer at once, an exam only how many items are left."""
    require_active(access)
    attempt, verdict = answering.take(
        access.session, access.caller, access.project.id, attempt_id, body, access.settings
    )
    over = attempt.state != "running"
    return Judged(
        remaining=attempt.total - attempt.answered,
        verdict=verdict if attempt.kind == "practice" else None,
        attempt=present.attempt_view(access, attempt) if over else None,
    )


@router.get("/qualifications")
def list_qualifications(access: Teacher) -> QualificationList:
    """Who may work under the current rules, and how far the others are."""
    return gate.qualification_list(access.session, access.project.id)


@router.post("/qualifications/grant", status_code=204)
def grant_qualification(access: Trainer, body: GrantQualification) -> None:
    """Lets a person work without the exam, with a reason that stays."""
    attempts.grant(access.session, access.project.id, access.caller.person_id, body.person_id, body.reason)


def _teaches(access: ProjectAccess) -> bool:
    return bool(access.roles & {"owner", *TEACHERS})
