"""Lists of tasks and answers, and who may see which."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from uuid import UUID

from tongguan.annotate.repository import answers, tasks
from tongguan.annotate.schemas import (
    AnnotationDetail,
    AnnotationOut,
    AnnotationPage,
    Changed,
    RevisionOut,
    TaskOut,
    TaskPage,
    TasksPatchIn,
)
from tongguan.annotate.service import revising
from tongguan.annotate.service import tasks as task_service
from tongguan.annotate.service.showing import show_item
from tongguan.collect.interface import find_item
from tongguan.core import audit
from tongguan.core.auth import Caller
from tongguan.core.database import Database, Session
from tongguan.core.errors import Forbidden, Invalid, NotFound
from tongguan.core.tables import csv_parts
from tongguan.people.interface import people_by_id
from tongguan.projects.interface import ProjectAccess

PART = 500
SEES_ALL = frozenset({"owner", "manager", "trainer", "inspector", "engineer"})


def list_tasks(
    session: Session,
    project_id: UUID,
    limit: int,
    after: str | None,
    chosen: tuple[str | None, str | None, UUID | None],
) -> TaskPage:
    """A window of tasks behind the key of the last one; `chosen` = state, purpose, item."""
    state, purpose, item_id = chosen
    rows = tasks.page(session, project_id, limit, _task_key(after), state, purpose, item_id)
    last = f"{rows[-1].state}:{rows[-1].id}" if len(rows) == limit else None
    return TaskPage(
        items=[TaskOut.model_validate(row) for row in rows], next=last, totals=tasks.totals(session, project_id)
    )


def _task_key(after: str | None) -> tuple[str, UUID] | None:
    if after is None:
        return None
    state, _, task_id = after.partition(":")
    try:
        return state, UUID(task_id)
    except ValueError:
        raise Invalid("page.key", "This is not a key of the list.", {"after": after[:100]}) from None


def change_tasks(session: Session, project_id: UUID, person_id: UUID, wish: TasksPatchIn) -> Changed:
    """Changes priority and state of tasks; finished ones stay as they are."""
    changed = 0
    if wish.priority is not None:
        tasks.bulk_lock(session, project_id)
        changed = tasks.set_priority(session, project_id, wish.task_ids, wish.priority)
    if wish.state is not None:
        changed = task_service.change_state(session, project_id, wish.task_ids, wish.state)
    detail = {"priority": wish.priority, "state": wish.state, "changed": changed}
    audit.record(session, person_id, "changed", "tasks", project_id, detail, project_id)
    return Changed(changed=changed)


def list_annotations(
    access: ProjectAccess, limit: int, after: UUID | None, person: str | None, chosen: tuple[str | None, UUID | None]
) -> AnnotationPage:
    """A window of answers; who only annotates sees their own. `chosen` = state, item."""
    person_id = _person(access, person)
    state, item_id = chosen
    rows = answers.page(access.session, access.project.id, limit, after, person_id, state, item_id)
    return AnnotationPage(
        items=[AnnotationOut.model_validate(row) for row in rows],
        next=str(rows[-1].id) if len(rows) == limit else None,
    )


def _person(access: ProjectAccess, person: str | None) -> UUID | None:
    own = access.caller.person_id
    sees_all = bool(access.roles & SEES_ALL)
    if person == "me" or (person is None and not sees_all):
        return own
    try:
        wanted = UUID(person) if person else None
    except ValueError:
        raise Invalid("person.unknown", "There is no such person.", {"person": str(person)[:40]}) from None
    if not sees_all and wanted != own:
        raise Forbidden("annotation.others", "You see your own annotations here.")
    return wanted


def show_annotation(access: ProjectAccess, annotation_id: UUID) -> AnnotationDetail:
    """An answer with its versions; who only annotates sees their own. NotFound otherwise."""
    head = revising.annotation_of(access.session, access.project.id, annotation_id)
    if head.person_id != access.caller.person_id and not access.roles & SEES_ALL:
        raise NotFound("annotation.unknown", "There is no such annotation.")
    history = answers.revisions(access.session, head.id)
    facts = find_item(access.session, access.project.id, head.item_id)
    return AnnotationDetail(
        **AnnotationOut.model_validate(head).model_dump(),
        revisions=[RevisionOut.model_validate(row) for row in history],
        item=show_item(access.caller, facts),
        people=_names(access, [head.person_id, *(row.author_id for row in history)]),
    )


def _names(access: ProjectAccess, ids: list[UUID | None]) -> dict[UUID, str]:
    """Names by id. Authors do not learn who corrected them."""
    own = access.caller.person_id
    wanted = {one for one in ids if one is not None and (one == own or access.roles & SEES_ALL)}
    return {one: person.name for one, person in people_by_id(access.session, wanted).items()}


TASK_COLUMNS = (
    "item_name", "state", "purpose", "priority", "answered", "needed", "skips", "holders", "person_id", "created_at",
    "item_id", "id",
)  # fmt: skip
ANSWER_COLUMNS = (
    "submitted_at", "person_id", "source", "state", "label_count", "revision", "item_id", "task_id", "id",
)  # fmt: skip


def tasks_csv(
    database: Database, caller: Caller, project_id: UUID, chosen: tuple[str | None, str | None, UUID | None]
) -> Iterator[str]:
    """Tasks as CSV, window by window, each in its own transaction."""

    def windows() -> Iterator[list[list[object]]]:
        after: str | None = None
        more = True
        while more:
            with database.transaction(caller.org_id, caller.person_id) as session:
                page = list_tasks(session, project_id, PART, after, chosen)
            yield [[getattr(task, name) for name in TASK_COLUMNS] for task in page.items]
            after, more = page.next, page.next is not None

    return csv_parts(TASK_COLUMNS, windows())


def annotations_csv(
    database: Database, access: ProjectAccess, person: str | None, chosen: tuple[str | None, UUID | None]
) -> Iterator[str]:
    """Answers as CSV, window by window, each in its own transaction. The rights are those of the list."""
    caller = access.caller
    _person(access, person)  # refuses before anything is sent

    def windows() -> Iterator[list[list[object]]]:
        after: UUID | None = None
        more = True
        while more:
            with database.transaction(caller.org_id, caller.person_id) as session:
                page = list_annotations(replace(access, session=session), PART, after, person, chosen)
            yield [[getattr(answer, name) for name in ANSWER_COLUMNS] for answer in page.items]
            after, more = (UUID(str(page.next)) if page.next else None), page.next is not None

    return csv_parts(ANSWER_COLUMNS, windows())
