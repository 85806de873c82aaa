"""What other stages may call of the stage annotate: tasks, answers and their versions, pre-labels, study work."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Unpack
from uuid import UUID

from tongguan.annotate.models import Annotation, AnnotationRevision, Prelabel
from tongguan.annotate.repository import answers, leases, urgent
from tongguan.annotate.repository import tasks as _tasks
from tongguan.annotate.schemas import AnnotationOut, RevisionOut, SubmitOut, TaskOptions, Work, WorkItem
from tongguan.annotate.service import prelabels as _prelabels
from tongguan.annotate.service import revising, study, tasks
from tongguan.annotate.service.imports import ImportedAnswer, store_imported
from tongguan.annotate.service.showing import show_item
from tongguan.core.auth import Caller
from tongguan.core.database import Session
from tongguan.core.errors import NotFound

__all__ = [
    "Activity",
    "Annotation",
    "AnnotationOut",
    "AnnotationRevision",
    "ImportedAnswer",
    "Labelled",
    "Prelabel",
    "RevisionOut",
    "SubmitOut",
    "Waiting",
    "Work",
    "WorkItem",
    "activity",
    "add_revision",
    "annotation",
    "annotations_by_id",
    "annotations_of_item",
    "anybody_works",
    "close_items",
    "close_tasks",
    "count_open_items",
    "count_touched",
    "create_tasks",
    "delete",
    "drop_prelabels",
    "find_annotation",
    "labels_of_revisions",
    "open_items",
    "prelabel_of_item",
    "prelabel_stats",
    "raise_priority",
    "release_items",
    "reserve_items",
    "reserved_item",
    "return_leases",
    "revision",
    "revisions",
    "revisions_by_id",
    "set_state",
    "settle_tasks",
    "show_item",
    "start_reserved",
    "store_imported",
    "store_prelabels",
    "submit_reserved",
    "sweep",
    "task_totals",
    "undelete",
    "unfinished_task",
    "waiting",
]


@dataclass(frozen=True, slots=True)
class Activity:
    """What a person did since a moment."""

    submitted: int
    labels: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Labelled:
    """What a version of an answer says."""

    labels: list[dict[str, Any]]
    nothing: bool


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for a person: returned work, kept drafts, leases held, ordinary tasks (up to 10,000 are counted)."""

    rework: int
    kept_drafts: int
    held: int
    queue: int


# Tasks -----------------------------------------------------------------------------------------------------------


def create_tasks(
    session: Session,
    project_id: UUID,
    item_ids: Sequence[UUID],
    rule_version_id: UUID,
    **options: Unpack[TaskOptions],
) -> list[UUID]:
    """Makes one task for each item and returns their ids in that order (unknown items make none).

    Options: purpose='ordinary', needed=1, priority=0, person_id=None (reserves it), gold_id, attempt_id, rework_of (the
    annotation that goes back to its author; set person_id too), rework (what the author is shown: {"findings": […]}),
    min_level (people below this level do not get it).
    Gold, practice and exam need a person. Items of gold are kept out of ordinary work by `reserve_items`.
    """
    return tasks.create_tasks(session, project_id, item_ids, rule_version_id, options)


def close_tasks(session: Session, task_ids: Sequence[UUID], state: str = "closed") -> int:
    """Closes tasks (or leaves them out: `left_out`); holders lose them, what they drew is kept. Returns how many."""
    return tasks.close_tasks(session, task_ids, state)


def close_items(session: Session, project_id: UUID, item_ids: Sequence[UUID]) -> int:
    """Closes all unfinished tasks of items."""
    return tasks.close_items(session, project_id, item_ids)


def reserve_items(session: Session, project_id: UUID, item_ids: Sequence[UUID], reason: str = "gold") -> None:
    """Keeps items out of ordinary work from now on; untouched tasks of theirs are closed."""
    tasks.reserve_items(session, project_id, item_ids, reason)


def release_items(session: Session, project_id: UUID, item_ids: Sequence[UUID]) -> None:
    """Lets items into ordinary work again; tasks are made by the next creation."""
    _tasks.release_items(session, project_id, item_ids)


def unfinished_task(session: Session, item_id: UUID) -> UUID | None:
    """The ordinary task of an item that still waits for an answer or for the judgement of one; None without."""
    return urgent.unfinished(session, item_id)


def reserved_item(session: Session, item_id: UUID) -> bool:
    """Whether an item is kept out of ordinary work because its answer is known (gold)."""
    return urgent.reserved(session, item_id)


def raise_priority(session: Session, task_id: UUID, priority: int) -> None:
    """Lets an unfinished task come at least as early as a priority says."""
    urgent.raise_priority(session, task_id, priority)


def settle_tasks(session: Session, task_ids: Sequence[UUID], item_ids: Sequence[UUID]) -> None:
    """Marks tasks of items as settled (for more than one answer, after a decision)."""
    tasks.settle(session, task_ids, item_ids)


def return_leases(
    session: Session, person_id: UUID, project_id: UUID | None = None, reason: str = "deactivated"
) -> int:
    """Gives back everything that a person holds (in one project), what they drew is kept; open rework goes to
    everybody. Returns the number of leases."""
    return tasks.return_person(session, person_id, project_id, reason)


def task_totals(session: Session, project_id: UUID) -> dict[str, int]:
    """Ordinary tasks of a project, from counters: created, closed, done, held."""
    return _tasks.totals(session, project_id)


def open_items(session: Session, project_id: UUID, after: UUID | None, limit: int) -> list[UUID]:
    """Items that still wait for an answer, hidden gold among them, by id from `after` on."""
    return _tasks.open_items(session, project_id, after, limit)


def count_open_items(session: Session, project_id: UUID) -> int:
    """How many items still wait for an answer."""
    return _tasks.count_open_items(session, project_id)


def anybody_works(session: Session) -> bool:
    """Whether anybody labels right now: training then takes one thread."""
    return leases.anybody_works(session)


def sweep(session: Session) -> int:
    """Ends leases that have run out in the organization of the session."""
    return tasks.sweep(session)


# Practice and exam -----------------------------------------------------------------------------------------------


def start_reserved(session: Session, caller: Caller, task_id: UUID) -> Work:
    """Starts (or goes on with) a practice or exam task of the caller. Conflict task.not_open when it is answered."""
    return study.start_reserved(session, caller, task_id)


def submit_reserved(
    session: Session,
    caller: Caller,
    task_id: UUID,
    labels: list[dict[str, Any]],
    nothing: bool,
    submit_key: str | None = None,
) -> SubmitOut:
    """Answers a practice or exam task of the caller (started if need be); again it gives the same answer.

    Raises Invalid labels.invalid with the problems per label. Emits `annotation.submitted` like any submit.
    """
    return study.submit_reserved(session, caller, task_id, labels, nothing, submit_key)


# Answers ---------------------------------------------------------------------------------------------------------


def annotation(session: Session, annotation_id: UUID) -> Annotation:
    """An answer of the organization. NotFound otherwise."""
    found = answers.annotation(session, annotation_id)
    if found is None:
        raise NotFound("annotation.unknown", "There is no such annotation.")
    return found


def find_annotation(session: Session, project_id: UUID, annotation_id: UUID) -> Annotation:
    """An answer of a project. NotFound otherwise: the one access check of annotations."""
    return revising.annotation_of(session, project_id, annotation_id)


def annotations_by_id(session: Session, ids: Sequence[UUID]) -> list[Annotation]:
    """Answers by id, in no order."""
    return answers.annotations_by_id(session, ids)


def annotations_of_item(session: Session, item_id: UUID) -> list[Annotation]:
    """All answers to an item, oldest first, deleted ones too."""
    return answers.annotations_of_item(session, item_id)


def revision(session: Session, revision_id: UUID) -> AnnotationRevision:
    """One version of an answer. NotFound otherwise."""
    found = answers.revision(session, revision_id)
    if found is None:
        raise NotFound("revision.unknown", "There is no such version of an annotation.")
    return found


def revisions(session: Session, annotation_id: UUID) -> list[AnnotationRevision]:
    """All versions of an answer, oldest first."""
    return answers.revisions(session, annotation_id)


def revisions_by_id(session: Session, ids: Sequence[UUID]) -> list[AnnotationRevision]:
    """Versions by id, in no order."""
    return answers.revisions_by_id(session, ids)


def labels_of_revisions(session: Session, ids: Sequence[UUID]) -> dict[UUID, Labelled]:
    """The labels of many versions, in one query."""
    return {row.id: Labelled(row.labels, row.nothing) for row in answers.labels_of(session, ids)}


def add_revision(
    session: Session,
    annotation_id: UUID,
    base: int,
    author_id: UUID | None,
    labels: Sequence[dict[str, Any]],
    nothing: bool,
    reason: str,
    seconds: float = 0.0,
    rule_version_id: UUID | None = None,
) -> AnnotationRevision:
    """Adds a version (reason fix, settle, restore) behind `base`; the caller has checked the labels.

    Conflict revision.stale, with both sides in params, when `base` is not the current revision.
    """
    return revising.add_revision(
        session, annotation_id, base, author_id, labels, nothing, reason, seconds, rule_version_id
    )


def set_state(session: Session, annotation_id: UUID | Sequence[UUID], state: str) -> None:
    """Sets one or many answers to submitted, accepted, rejected or superseded; an accepted answer settles its task."""
    ids = [annotation_id] if isinstance(annotation_id, UUID) else list(annotation_id)
    revising.set_state(session, ids, state)


def delete(session: Session, project_id: UUID, annotation_id: UUID, person_id: UUID, reopen: bool = False) -> None:
    """Marks an answer as deleted; with `reopen` its task is open again."""
    revising.delete(session, project_id, annotation_id, person_id, reopen)


def undelete(session: Session, project_id: UUID, annotation_id: UUID, person_id: UUID) -> None:
    """Takes a deletion back."""
    revising.restore(session, project_id, annotation_id, person_id, None, None)


def count_touched(session: Session, project_id: UUID, label_keys: Sequence[str]) -> dict[str, int]:
    """What a change of these label classes touches: annotations, people, open_tasks (counted up to 10,000)."""
    return answers.count_touched(session, project_id, label_keys)


def activity(session: Session, project_id: UUID, person_id: UUID, since: datetime) -> Activity:
    """Answers, labels and seconds that a person submitted in a project since a moment."""
    row = answers.activity(session, project_id, person_id, since)
    return Activity(int(row.submitted), int(row.labels), float(row.seconds))


def waiting(session: Session, project_id: UUID, person_id: UUID) -> Waiting:
    """What waits for a person in a project."""
    row = answers.waiting(session, project_id, person_id)
    return Waiting(int(row.rework), int(row.kept_drafts), int(row.held), int(row.queue))


# Pre-labels ------------------------------------------------------------------------------------------------------


def store_prelabels(
    session: Session,
    project_id: UUID,
    model_version_id: UUID | None,
    sets: Iterable[tuple[UUID, Sequence[dict[str, Any]]]],
) -> int:
    """Replaces the live pre-labels of items by (item, label records); each label gets an id for `origin`."""
    return _prelabels.store(session, project_id, model_version_id, sets)


def drop_prelabels(session: Session, project_id: UUID, model_version_id: UUID) -> int:
    """Withdraws the live pre-labels of a model version."""
    return answers.drop_prelabels(session, project_id, model_version_id)


def prelabel_of_item(session: Session, item_id: UUID) -> Prelabel | None:
    """The live pre-labels of an item."""
    return answers.prelabel_of_item(session, item_id)


def prelabel_stats(session: Session, project_id: UUID) -> list[dict[str, Any]]:
    """By model version: answers, and labels kept, corrected, thrown away, drawn besides."""
    return _prelabels.stats(session, project_id)
