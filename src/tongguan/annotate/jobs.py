"""Jobs of the stage annotate: rules published, people gone, items gone, many tasks, leases that run out."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from tongguan.annotate.repository.tasks import FIRST
from tongguan.annotate.schemas import TasksCreateIn
from tongguan.annotate.service import tasks
from tongguan.collect.events import ITEM_ERASED, ITEMS_CHANGED
from tongguan.core import failpoints
from tongguan.core.database import Session
from tongguan.core.jobs import JobContext, job, periodic
from tongguan.people.events import PERSON_DEACTIVATED
from tongguan.projects.events import MEMBERS_CHANGED
from tongguan.rules.events import RULE_PUBLISHED


@job(RULE_PUBLISHED, name="annotate.publish")
def move_tasks(ctx: JobContext, payload: dict[str, Any]) -> None:
    """Returns preloaded work and moves unclaimed tasks to the new version, part by part."""
    project_id, version_id = UUID(payload["project_id"]), UUID(payload["rule_version_id"])
    with ctx.transaction() as session:
        tasks.return_outdated(session, project_id, version_id)
    failpoints.hit("annotate.publish_returned")
    after: UUID | None = FIRST
    while after is not None:
        with ctx.transaction() as session:
            _, after = tasks.move_part(session, project_id, version_id, after)
        failpoints.hit("annotate.publish_moved")


@job(f"job.{tasks.CREATE_JOB}", name="annotate.create_tasks")
def create_tasks(ctx: JobContext, payload: dict[str, Any]) -> None:
    """Makes many tasks with progress; cancelled, those made stay."""
    project_id, job_id = UUID(payload["project_id"]), UUID(payload["job_id"])
    wish = TasksCreateIn.model_validate(payload["wish"])
    after: UUID | None = FIRST
    made = 0
    while after is not None:
        ctx.raise_if_cancelled(job_id)
        with ctx.transaction() as session:
            created, after = tasks.create_part(session, project_id, wish, payload["overlap"], after)
        made += created
        ctx.progress(job_id, made, None, "tasks made")
        failpoints.hit("annotate.create_part")
    ctx.finish(job_id, {"created": made})


@job(PERSON_DEACTIVATED, name="annotate.return_person")
def return_person(ctx: JobContext, payload: dict[str, Any]) -> None:
    """Somebody was deactivated: what they hold goes back, what they drew is kept."""
    with ctx.transaction() as session:
        tasks.return_person(session, UUID(payload["person_id"]))


@job(MEMBERS_CHANGED, name="annotate.return_member")
def return_member(ctx: JobContext, payload: dict[str, Any]) -> None:
    """Somebody's roles in a project changed: without a working role, what they hold there goes back."""
    with ctx.transaction() as session:
        tasks.return_if_no_role(session, UUID(payload["project_id"]), UUID(payload["person_id"]))


@job(ITEM_ERASED, name="annotate.close_erased")
def close_erased(ctx: JobContext, payload: dict[str, Any]) -> None:
    """An item was erased: its unfinished tasks close."""
    with ctx.transaction() as session:
        tasks.close_items(session, UUID(payload["project_id"]), [UUID(payload["item_id"])])


@job(ITEMS_CHANGED, name="annotate.close_unused")
def close_unused(ctx: JobContext, payload: dict[str, Any]) -> None:
    """Items were refused or taken back: unfinished tasks of those not in use close."""
    with ctx.transaction() as session:
        tasks.close_unused(session, UUID(payload["project_id"]))


@periodic(15, name="annotate.sweep")
def sweep(session: Session) -> int:
    """Ends leases that have run out."""
    return tasks.sweep(session)
