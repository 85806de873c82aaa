"""Events of the stage annotate, written in the transaction in which they happen."""

from __future__ import annotations

from typing import TypedDict

ANNOTATION_SUBMITTED = "annotation.submitted"
TASK_DONE = "task.done"
ANNOTATION_DELETED = "annotation.deleted"
ANNOTATION_RESTORED = "annotation.restored"


class AnnotationSubmitted(TypedDict):
    """Payload of `annotation.submitted`: an answer was stored. Ids as text. `rework`: it was returned to its author."""

    annotation_id: str
    revision_id: str
    revision: int
    task_id: str
    item_id: str
    person_id: str
    project_id: str
    purpose: str
    attempt_id: str | None
    gold_id: str | None
    label_count: int
    rework: bool


class TaskDone(TypedDict):
    """Payload of `task.done`: the task has as many answers as it needs."""

    task_id: str
    item_id: str
    project_id: str
    purpose: str


class AnnotationChanged(TypedDict):
    """Payload of `annotation.deleted` and `annotation.restored`."""

    annotation_id: str
    item_id: str
    project_id: str
    state: str
