"""Making tasks, leaving them out, moving them to new rules, giving back what a person held."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from tongguan.annotate.repository import leases, tasks
from tongguan.annotate.repository.tasks import FIRST, Wanted
from tongguan.annotate.schemas import TaskOptions, TasksCreateIn, TasksCreateOut
from tongguan.collect.interface import mark_label_state
from tongguan.core import audit, jobs
from tongguan.core.clock import now
from tongguan.core.database import Session
from tongguan.core.errors import Conflict, Invalid
from tongguan.projects.interface import gate_states, role_of, settings_of
from tongguan.rules.interface import current_version

AT_ONCE = 2000  # more tasks than this are made by a job
CHUNK = 5000
CREATE_JOB = "annotate.create_tasks"
WORKING = frozenset({"annotator", "inspector", "trainer", "manager"})
_DEFAULTS: dict[str, Any] = {
    "purpose": "ordinary",
    "needed": 1,
    "priority": 0,
    "person_id": None,
    "gold_id": None,
    "attempt_id": None,
    "rework_of": None,
    "rework": None,
    "min_level": 0,
}
_COLUMNS = {"person_id": "person", "gold_id": "gold", "attempt_id": "attempt"}


def create_tasks(
    session: Session, project_id: UUID, item_ids: Sequence[UUID], rule_version_id: UUID, options: TaskOptions
) -> list[UUID]:
    """One task for each item, in their order. Invalid for an unknown option, or a reserved purpose without a person."""
    fields = {**_DEFAULTS, **options}
    if fields.keys() - _DEFAULTS.keys():
        raise Invalid("task.option", "Unknown option of a task.", {"options": sorted(fields.keys() - _DEFAULTS.keys())})
    if fields["purpose"] != "ordinary" and fields["person_id"] is None:
        raise Invalid("task.person", "Tasks of gold, practice and exam are reserved for a person.")
    values = {_COLUMNS.get(name, name): value for name, value in fields.items()}
    return tasks.create(session, project_id, item_ids, now(), {**values, "version": rule_version_id})


def create_for_items(session: Session, project_id: UUID, person_id: UUID | None, wish: TasksCreateIn) -> TasksCreateOut:
    """Makes tasks for all items in use that have none (or those of a filter): at once, or by a job when there are many.

    Conflict rules.none, gate.closed (the data gate decides whether labelling may begin).
    """
    rules = current_version(session, project_id)
    if rules is None:
        raise Conflict("rules.none", "The project has no published rules yet.")
    if gate_states(session, project_id).get(1) != "open":
        raise Conflict(
            "gate.closed", "The data gate is not open yet: see what it misses, or open it with a reason.", {"gate": 1}
        )
    needed = wish.overlap or settings_of(session, project_id).labelling.overlap
    wanted = Wanted(project_id, rules.id, needed, wish.priority, wish.batch_id, wish.item_ids, wish.q)
    count = tasks.count_missing(session, wanted, AT_ONCE + 1)
    detail = {"overlap": needed, "priority": wish.priority, "count": count}
    audit.record(session, person_id, "created", "tasks", project_id, detail, project_id)
    if count <= AT_ONCE:
        created, _ = tasks.create_missing(session, wanted, FIRST, AT_ONCE, now())
        return TasksCreateOut(created=created, job_id=None)
    payload = {"project_id": str(project_id), "wish": wish.model_dump(mode="json"), "overlap": needed}
    job_id = jobs.start(
        session, CREATE_JOB, title="Create tasks", project_id=project_id, person_id=person_id, payload=payload
    )
    return TasksCreateOut(created=0, job_id=job_id)


def create_part(
    session: Session, project_id: UUID, wish: TasksCreateIn, overlap: int, after: UUID
) -> tuple[int, UUID | None]:
    """Makes the next tasks of a job; again after a kill it makes none twice. Returns (made, last item or None)."""
    rules = current_version(session, project_id)
    if rules is None:
        raise Conflict("rules.none", "The project has no published rules yet.")
    wanted = Wanted(project_id, rules.id, overlap, wish.priority, wish.batch_id, wish.item_ids, wish.q)
    return tasks.create_missing(session, wanted, after, CHUNK, now())


def change_state(session: Session, project_id: UUID, task_ids: Sequence[UUID], state: str) -> int:
    """Leaves tasks out, closes them, or opens them again. Those who hold one lose it; what they drew is kept."""
    moment = now()
    tasks.bulk_lock(session, project_id)
    if state != "open":
        for lease_id in tasks.live_leases(session, task_ids):
            leases.end(session, lease_id, "returned", "task_closed", moment)
    return tasks.set_state(session, project_id, task_ids, state)


def close_tasks(session: Session, task_ids: Sequence[UUID], state: str = "closed") -> int:
    """Closes tasks of any project of the organization, project by project."""
    return sum(
        change_state(session, project_id, ids, state) for project_id, ids in tasks.by_project(session, task_ids).items()
    )


def close_items(session: Session, project_id: UUID, item_ids: Sequence[UUID], state: str = "closed") -> int:
    """Closes the unfinished tasks of items that are no longer in use."""
    found = tasks.tasks_of_items(session, project_id, item_ids)
    return change_state(session, project_id, found, state) if found else 0


def close_unused(session: Session, project_id: UUID) -> int:
    """Closes unfinished tasks of items that were refused or erased."""
    found = tasks.tasks_of_unused(session, project_id)
    return change_state(session, project_id, found, "closed") if found else 0


def reserve_items(session: Session, project_id: UUID, item_ids: Sequence[UUID], reason: str) -> None:
    """Keeps items out of ordinary work (their answer is known): untouched tasks close, none is made."""
    tasks.reserve_items(session, project_id, item_ids, reason)
    found = tasks.untouched_of_items(session, project_id, item_ids)
    if found:
        change_state(session, project_id, found, "closed")


def return_person(
    session: Session, person_id: UUID, project_id: UUID | None = None, reason: str = "deactivated"
) -> int:
    """Gives back all that a person holds (in one project); their open rework goes to everybody. Returns the leases."""
    moment = now()
    ended = 0
    for lease_id in leases.live_of_person(session, person_id, project_id):
        ended += leases.end(session, lease_id, "returned", reason, moment)
    tasks.release_rework(session, person_id, None, project_id)
    return ended


def return_if_no_role(session: Session, project_id: UUID, person_id: UUID) -> int:
    """Gives back what a person holds in a project in which no role lets them work any more."""
    if role_of(session, person_id, project_id) & WORKING:
        return 0
    return return_person(session, person_id, project_id, "role_ended")


def return_outdated(session: Session, project_id: UUID, version_id: UUID) -> int:
    """Returns preloaded, unopened work under older rules."""
    tasks.bulk_lock(session, project_id)
    moment = now()
    found = tasks.outdated_next(session, project_id, version_id)
    return sum(leases.end(session, lease_id, "returned", "rule_changed", moment) for lease_id in found)


def move_part(session: Session, project_id: UUID, version_id: UUID, after: UUID) -> tuple[int, UUID | None]:
    """Moves the next unclaimed tasks to a rule version. Returns (moved, last task or None at the end)."""
    return tasks.move_to_version(session, project_id, version_id, after, CHUNK)


def settle(session: Session, task_ids: Sequence[UUID], item_ids: Sequence[UUID]) -> None:
    """The answer of these tasks is accepted for good."""
    tasks.settle(session, task_ids)
    mark_label_state(session, item_ids, "accepted")


def sweep(session: Session) -> int:
    """Ends leases that have run out, in all projects of the organization. Returns how many."""
    return leases.sweep(session, now(), 500)
