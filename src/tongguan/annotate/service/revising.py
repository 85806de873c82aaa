"""Answers after their submit: new revisions, states, deleting and restoring. Revisions are only ever added."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from tongguan.annotate.events import ANNOTATION_DELETED, ANNOTATION_RESTORED, AnnotationChanged
from tongguan.annotate.models import Annotation, AnnotationRevision
from tongguan.annotate.repository import answers, tasks
from tongguan.collect.interface import mark_label_state
from tongguan.core import audit
from tongguan.core.clock import now
from tongguan.core.database import Session
from tongguan.core.errors import Conflict, Invalid, NotFound
from tongguan.core.events import emit
from tongguan.core.ids import new_id

STATES = frozenset({"submitted", "accepted", "rejected", "superseded"})


def annotation_of(session: Session, project_id: UUID, annotation_id: UUID, lock: bool = False) -> Annotation:
    """An answer of a project: the one access check of annotations. NotFound otherwise."""
    found = answers.annotation(session, annotation_id, lock)
    if found is None or found.project_id != project_id:
        raise NotFound("annotation.unknown", "There is no such annotation.")
    return found


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
    """Adds a version behind `base`. Conflict revision.stale, with both sides, when that is not the current one."""
    head = answers.annotation(session, annotation_id)
    if head is None:
        raise NotFound("annotation.unknown", "There is no such annotation.")
    version_id = rule_version_id or head.rule_version_id
    revision_id = new_id()
    number = answers.advance(
        session,
        annotation_id,
        base,
        {
            "current_revision_id": revision_id,
            "rule_version_id": version_id,
            "label_count": len(labels),
            "label_keys": sorted({str(label["label"]) for label in labels}),
        },
    )
    if number is None:
        raise _stale(session, annotation_id, base, labels, nothing)
    row = AnnotationRevision(
        id=revision_id,
        annotation_id=annotation_id,
        number=number,
        base=base,
        author_id=author_id,
        rule_version_id=version_id,
        labels=list(labels),
        nothing=nothing,
        seconds=seconds,
        reason=reason,
    )
    session.add(row)
    session.flush()
    session.refresh(head)
    return row


def _stale(
    session: Session, annotation_id: UUID, base: int, labels: Sequence[dict[str, Any]], nothing: bool
) -> Conflict:
    head = answers.annotation(session, annotation_id)
    current = answers.revision(session, head.current_revision_id) if head else None
    return Conflict(
        "revision.stale",
        "Someone has changed this answer since you began; nothing was overwritten.",
        {
            "yours": {"base": base, "labels": list(labels), "nothing": nothing},
            "current": {
                "revision": head.revision if head else 0,
                "labels": current.labels if current else [],
                "nothing": bool(current and current.nothing),
            },
        },
    )


def set_state(session: Session, annotation_ids: Sequence[UUID], state: str) -> None:
    """Sets what became of answers; an accepted one settles the task of an item that needs one answer.

    Deleted answers stay deleted: what they would be is kept for their return.
    """
    if state not in STATES:
        raise Invalid("annotation.state", "There is no such state of an annotation.", {"state": state})
    heads = answers.annotations_by_id(session, annotation_ids)
    for head in heads:
        if head.state == "deleted":
            head.state_before = state
        else:
            head.state = state
    session.flush()
    live = [head for head in heads if head.state == state and head.purpose == "ordinary"]
    if state == "accepted" and live:
        tasks.settle_single(session, [head.id for head in live])
    if state in {"accepted", "rejected"} and live:
        mark_label_state(session, [head.item_id for head in live], state)


def delete(session: Session, project_id: UUID, annotation_id: UUID, person_id: UUID, reopen: bool) -> Annotation:
    """Marks an answer as deleted; nothing is removed. With `reopen` the task is open to others again."""
    head = annotation_of(session, project_id, annotation_id, lock=True)
    if head.state == "deleted":
        return head
    head.state_before, head.state, head.deleted_at, head.reopened = head.state, "deleted", now(), reopen
    session.flush()
    if reopen:
        answers.reopen_task(session, head.task_id)
    mark_label_state(session, [head.item_id], "none")
    audit.record(session, person_id, "deleted", "annotation", head.id, {"reopened": reopen}, project_id)
    _tell(session, ANNOTATION_DELETED, head)
    return head


def restore(
    session: Session, project_id: UUID, annotation_id: UUID, person_id: UUID, number: int | None, base: int | None
) -> Annotation:
    """Undeletes an answer, and with `number` brings an earlier version back as a new one.

    An undeleted answer is what it was before, its labels unchanged. A version that is brought back was not looked at as
    it is now: an accepted answer waits for review again, as redone work. Conflict annotation.replaced when its task was
    opened again and someone else has it, revision.stale.
    """
    head = annotation_of(session, project_id, annotation_id, lock=True)
    if base is not None and base != head.revision:
        raise _stale(session, annotation_id, base, [], False)
    changed = head.state == "deleted"
    if changed:
        _undelete(session, head, person_id)
    if number is not None and number != head.revision:
        _bring_back(session, head, number, person_id)
        changed = True
    if changed:
        mark_label_state(session, [head.item_id], head.state)
        _tell(session, ANNOTATION_RESTORED, head)
    return head


def _undelete(session: Session, head: Annotation, person_id: UUID) -> None:
    if head.reopened and not answers.take_back_slot(session, head.task_id):
        raise Conflict("annotation.replaced", "The item has been given to someone else meanwhile.")
    head.state, head.state_before = head.state_before or "submitted", None
    head.deleted_at, head.reopened = None, False
    session.flush()
    if head.state == "accepted" and head.purpose == "ordinary":
        tasks.settle_single(session, [head.id])
    audit.record(session, person_id, "restored", "annotation", head.id, {}, head.project_id)


def _bring_back(session: Session, head: Annotation, number: int, person_id: UUID) -> None:
    earlier = answers.revision_number(session, head.id, number)
    if earlier is None:
        raise NotFound("revision.unknown", "There is no such version of this annotation.", {"revision": number})
    before = head.state
    add_revision(
        session,
        head.id,
        head.revision,
        person_id,
        earlier.labels,
        earlier.nothing,
        "restore",
        rule_version_id=earlier.rule_version_id,
    )
    if before == "accepted" and head.purpose == "ordinary" and head.person_id is not None:
        head.state = "submitted"
        session.flush()
    detail = {"number": number, "before": before}
    audit.record(session, person_id, "restored", "revision", head.id, detail, head.project_id)


def _tell(session: Session, kind: str, head: Annotation) -> None:
    payload: AnnotationChanged = {
        "annotation_id": str(head.id),
        "item_id": str(head.item_id),
        "project_id": str(head.project_id),
        "state": head.state,
    }
    emit(session, kind, dict(payload))
