"""Sending work back to its author, with the reason: an own mistake, or rules that changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal
from uuid import UUID

from tongguan.annotate.interface import create_tasks
from tongguan.core import audit
from tongguan.core.database import Session
from tongguan.core.errors import Conflict, NotFound
from tongguan.people.interface import people_by_id, qualifications
from tongguan.projects.interface import role_of
from tongguan.quality import repository
from tongguan.quality.models import Finding, Rework
from tongguan.quality.repository import earlier
from tongguan.quality.service import judging
from tongguan.quality.service.judging import Answer
from tongguan.rules.interface import current_version

Cause = Literal["own", "rule"]
# Before everything else: the author still remembers the picture.
PRIORITY = 100
MAY_LABEL = frozenset({"annotator", "inspector", "trainer", "manager"})


def send_back(
    session: Session, answer: Answer, cause: Cause, by: UUID | None, findings: Sequence[dict[str, Any]]
) -> UUID | None:
    """Makes the rework task of an answer, for its author; for anybody when the author is gone or was stopped. Returns
    the task."""
    rules = current_version(session, answer.project_id)
    if rules is None:
        return None
    if not _may_redo(session, answer.project_id, answer.person_id, rules.major):
        made = create_tasks(session, answer.project_id, [answer.item_id], rules.id, priority=PRIORITY)
        return made[0] if made else None
    made = create_tasks(
        session,
        answer.project_id,
        [answer.item_id],
        rules.id,
        priority=PRIORITY,
        person_id=answer.person_id,
        rework_of=answer.annotation_id,
        rework={"cause": cause, "findings": list(findings)},
    )
    session.add(
        Rework(
            project_id=answer.project_id,
            annotation_id=answer.annotation_id,
            revision_id=answer.revision_id,
            task_id=made[0],
            cause=cause,
            requested_by=by,
            priority=PRIORITY,
        )
    )
    session.flush()
    return made[0]


def _may_redo(session: Session, project_id: UUID, person_id: UUID, rule_major: int) -> bool:
    """Whether work may wait for a person: a member at work who was not stopped under these rules. Whom new rules ask
    for another exam gets it when they pass."""
    author = people_by_id(session, [person_id]).get(person_id)
    if author is None or not author.active or not role_of(session, person_id, project_id) & MAY_LABEL:
        return False
    states = {row.state for row in qualifications(session, project_id, rule_major) if row.person_id == person_id}
    return not states or "open" in states


def request(
    session: Session, project_id: UUID, annotation_ids: Sequence[UUID], cause: Cause, by: UUID | None, note: str = ""
) -> list[UUID]:
    """Sends accepted answers of ordinary tasks back to their authors; returns the tasks.

    What was paid stays paid: redone for a changed rule it is paid again, for an own mistake it is not.
    """
    heads = earlier.annotation_facts(session, annotation_ids)
    found = judging.answers(session, annotation_ids)
    made = []
    for annotation_id in annotation_ids:
        head = heads.get(annotation_id)
        if head is None or head.project_id != project_id or head.purpose != "ordinary":
            raise NotFound("annotation.not_found", "There is no such annotation.", {"id": str(annotation_id)})
        if head.state != "accepted" or annotation_id not in found:
            params = {"id": str(annotation_id), "state": head.state}
            raise Conflict("rework.not_accepted", "Only accepted work of a person can be sent back.", params)
        answer = found[annotation_id]
        judging.settle(session, answer, "rejected")
        findings: list[dict[str, Any]] = []
        if note:
            findings = [{"type": "rule_unclear" if cause == "rule" else "other", "severity": "major", "note": note}]
            session.add(
                Finding(
                    project_id=project_id,
                    annotation_id=annotation_id,
                    revision_id=answer.revision_id,
                    item_id=answer.item_id,
                    person_id=answer.person_id,
                    made_by=by,
                    type=findings[0]["type"],
                    severity="major",
                    note=note,
                )
            )
        task_id = send_back(session, answer, cause, by, findings)
        if task_id is not None:
            made.append(task_id)
    detail = {"annotations": [str(each) for each in annotation_ids[:100]], "cause": cause, "note": note}
    audit.record(session, by, "sent_back", "annotation", str(annotation_ids[0]), detail, project_id)
    session.flush()
    return made


def open_rework(session: Session, annotation_id: UUID) -> list[UUID]:
    """Tasks by which an annotation was sent back."""
    return [row.task_id for row in repository.reworks_of(session, annotation_id)]
