"""Routes of the stage annotate: tasks, work, drafts, annotations."""

from __future__ import annotations

from typing import Annotated, TypeVar
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from tongguan.annotate.schemas import (
    AnnotationDetail,
    AnnotationOut,
    AnnotationPage,
    AnnotationState,
    Changed,
    ClaimIn,
    CommandsIn,
    CommandsOut,
    DraftOut,
    HeartbeatOut,
    NoWork,
    Purpose,
    RestoreIn,
    SkipIn,
    SubmitIn,
    SubmitOut,
    TaskPage,
    TasksCreateIn,
    TasksCreateOut,
    TasksPatchIn,
    TaskState,
    Work,
)
from tongguan.annotate.service import claim, drafts, keeping, listing, revising, submit, tasks
from tongguan.annotate.service.refusing import Refused
from tongguan.core import failpoints
from tongguan.core.database import Session
from tongguan.core.tables import CSV, download
from tongguan.projects.interface import (
    DoorRoute,
    ProjectAccess,
    ProjectDoor,
    project_door,
    project_role,
    require_active,
)

router = APIRouter(prefix="/api/v1/projects/{project_id}", tags=["annotate"], route_class=DoorRoute)
WorkerDoor = Annotated[ProjectDoor, Depends(project_door(*claim.WORKING_ROLES))]
Worker = Annotated[ProjectAccess, Depends(project_role(*claim.WORKING_ROLES), scope="function")]
Lead = Annotated[ProjectAccess, Depends(project_role("manager", "trainer"), scope="function")]
Viewer = Annotated[
    ProjectAccess,
    Depends(project_role("manager", "trainer", "inspector", "annotator", "engineer"), scope="function"),
]
Limit = Annotated[int, Query(ge=1, le=500)]
T = TypeVar("T")


def _json(answer: BaseModel) -> Response:
    """The answer of a hot route, without validating a second time what was just made."""
    return Response(answer.model_dump_json(), media_type="application/json")


def _answer(outcome: BaseModel | Refused) -> Response:
    """The outcome after its transaction is committed: also a refusal keeps something (a draft)."""
    if isinstance(outcome, Refused):
        raise outcome.error
    return _json(outcome)


def _taken(session: Session, outcome: T | Refused) -> T:
    """The outcome; a refusal commits what it kept, then is raised."""
    if isinstance(outcome, Refused):
        outcome.raise_committed(session)
    return outcome


@router.post("/work/claim", response_model=Work | NoWork)
def claim_work(door: WorkerDoor, wish: ClaimIn) -> Response:
    """The next task (or the one held already in that slot); `{work: null, reason}` when there is none."""
    with door.open() as access:
        given = claim.claim_work(access.session, access.caller, access.project.id, access.settings, wish.slot)
    failpoints.hit("annotate.claim_committed")
    return _json(given)


@router.post("/work/{lease_id}/heartbeat", response_model=HeartbeatOut)
def beat_work(door: WorkerDoor, lease_id: UUID) -> Response:
    """The client is there: its leases live on."""
    with door.open() as access:
        outcome = keeping.beat(access.session, access.project.id, access.caller.person_id, lease_id)
    return _answer(outcome)


@router.post("/work/{lease_id}/commands", response_model=CommandsOut)
def save_work(door: WorkerDoor, lease_id: UUID, wish: CommandsIn) -> Response:
    """Saves commands and the state they lead to; answers the number of the last one stored."""
    with door.open() as access:
        outcome = keeping.save_commands(access.session, access.project.id, access.caller.person_id, lease_id, wish)
    failpoints.hit("annotate.save_committed")
    return _answer(outcome)


@router.post("/work/{lease_id}/submit", response_model=SubmitOut)
def submit_work(door: WorkerDoor, lease_id: UUID, wish: SubmitIn) -> Response:
    """Stores an answer for good; sent again with its key it gives the same answer."""
    with door.open() as access:
        outcome = submit.submit_work(access.session, access.project.id, access.caller.person_id, lease_id, wish)
    failpoints.hit("annotate.submit_committed")
    return _answer(outcome)


@router.post("/tasks/create")
def create_tasks(access: Lead, wish: TasksCreateIn) -> TasksCreateOut:
    """Makes tasks for items in use that have none; many are made by a job."""
    require_active(access)
    return tasks.create_for_items(access.session, access.project.id, access.caller.person_id, wish)


@router.get("/tasks")
def list_tasks(
    access: Lead,
    limit: Limit = 100,
    after: str | None = None,
    state: TaskState | None = None,
    purpose: Purpose | None = None,
    item: UUID | None = None,
) -> TaskPage:
    """Tasks of the project, by state and id."""
    return listing.list_tasks(access.session, access.project.id, limit, after, (state, purpose, item))


@router.get("/tasks.csv", response_class=StreamingResponse)
def download_tasks(
    access: Lead, request: Request, state: TaskState | None = None, purpose: Purpose | None = None
) -> StreamingResponse:
    """The list of tasks as it is shown; cells are never formulas."""
    parts = listing.tasks_csv(request.app.state.database, access.caller, access.project.id, (state, purpose, None))
    return StreamingResponse(parts, media_type=CSV, headers=download("tasks.csv"))


@router.patch("/tasks")
def change_tasks(access: Lead, wish: TasksPatchIn) -> Changed:
    """Sets the priority of unfinished tasks, leaves them out, closes them or opens them again."""
    return listing.change_tasks(access.session, access.project.id, access.caller.person_id, wish)


@router.get("/work/mine")
def list_my_work(access: Worker) -> list[Work]:
    """The leases that the caller holds here, with their drafts."""
    return claim.my_work(access.session, access.caller, access.project.id)


@router.post("/work/{lease_id}/open")
def open_work(access: Worker, lease_id: UUID) -> Work:
    """Opens preloaded work: its clock starts."""
    outcome = claim.open_work(access.session, access.caller, access.project.id, lease_id)
    return _taken(access.session, outcome)


@router.post("/work/{lease_id}/return", status_code=204, response_class=Response)
def return_work(access: Worker, lease_id: UUID) -> None:
    """Hands a task back; what was drawn is kept as a draft."""
    keeping.hand_back(access.session, access.project.id, access.caller.person_id, lease_id)


@router.post("/work/{lease_id}/skip", status_code=204, response_class=Response)
def skip_work(access: Worker, lease_id: UUID, wish: SkipIn) -> None:
    """Hands a task back with a reason; the caller does not get it again."""
    limit = access.settings.labelling.skip_limit
    outcome = keeping.skip(access.session, access.project.id, access.caller.person_id, lease_id, wish, limit)
    return _taken(access.session, outcome)


@router.get("/drafts/kept")
def list_kept_drafts(access: Worker) -> list[DraftOut]:
    """Drafts of the caller that could not be submitted, with the reason."""
    return drafts.list_kept(access.session, access.project.id, access.caller.person_id)


@router.post("/drafts/{draft_id}/adopt")
def adopt_draft(access: Worker, draft_id: UUID) -> Work:
    """Goes on with a kept draft, on its task."""
    return drafts.adopt(access.session, access.caller, access.project.id, access.settings, draft_id)


@router.delete("/drafts/{draft_id}", status_code=204, response_class=Response)
def discard_draft(access: Worker, draft_id: UUID) -> None:
    """Takes a kept draft off the list."""
    drafts.discard(access.session, access.project.id, access.caller.person_id, draft_id)


@router.get("/annotations")
def list_annotations(
    access: Viewer,
    limit: Limit = 100,
    after: UUID | None = None,
    person: str | None = Query(default=None, max_length=40, description="A person's id, or `me`."),
    state: AnnotationState | None = None,
    item: UUID | None = None,
) -> AnnotationPage:
    """Answers, newest first. Who only annotates sees their own."""
    return listing.list_annotations(access, limit, after, person, (state, item))


@router.get("/annotations.csv", response_class=StreamingResponse)
def download_annotations(
    access: Viewer,
    request: Request,
    person: str | None = Query(default=None, max_length=40, description="A person's id, or `me`."),
    state: AnnotationState | None = None,
) -> StreamingResponse:
    """The list of answers as it is shown; who only annotates gets their own."""
    parts = listing.annotations_csv(request.app.state.database, access, person, (state, None))
    return StreamingResponse(parts, media_type=CSV, headers=download("answers.csv"))


@router.get("/annotations/{annotation_id}")
def get_annotation(access: Viewer, annotation_id: UUID) -> AnnotationDetail:
    """An answer with all its versions. Who only annotates sees their own."""
    return listing.show_annotation(access, annotation_id)


@router.delete("/annotations/{annotation_id}")
def delete_annotation(access: Lead, annotation_id: UUID, reopen: bool = False) -> AnnotationOut:
    """Marks an answer as deleted; with `reopen` its task is open to others again."""
    head = revising.delete(access.session, access.project.id, annotation_id, access.caller.person_id, reopen)
    return AnnotationOut.model_validate(head)


@router.post("/annotations/{annotation_id}/restore")
def restore_annotation(access: Lead, annotation_id: UUID, wish: RestoreIn | None = None) -> AnnotationOut:
    """Takes a deletion back, or brings an earlier version back as a new one."""
    asked = wish or RestoreIn()
    head = revising.restore(
        access.session, access.project.id, annotation_id, access.caller.person_id, asked.revision, asked.base
    )
    return AnnotationOut.model_validate(head)
