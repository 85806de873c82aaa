"""Questions on the rules: asked by anybody who works, answered by a trainer, taken into the rules."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.orm import Session

from tongguan.collect import interface as collect
from tongguan.core.audit import record
from tongguan.core.clock import now
from tongguan.core.errors import Conflict, Invalid, NotFound
from tongguan.rules import repository
from tongguan.rules.models import ClarificationRow
from tongguan.rules.schemas import Answer, Question
from tongguan.rules.service.drafts import append_to_guideline
from tongguan.rules.service.versions import current_version


def ask(session: Session, project_id: UUID, person_id: UUID, question: Question) -> ClarificationRow:
    """Keeps a question. Invalid `clarification.item` and `clarification.label` when they are not the project's."""
    if question.item_id is not None:
        item = collect.items_by_id(session, [question.item_id]).get(question.item_id)
        if item is None or item.project_id != project_id:
            raise Invalid("clarification.item", "This project has no such item.", {"item_id": str(question.item_id)})
    version = current_version(session, project_id)
    if question.label is not None and (version is None or version.label_class(question.label) is None):
        raise Invalid("clarification.label", "The rules have no such label class.", {"label": question.label[:100]})
    row = ClarificationRow(
        project_id=project_id,
        item_id=question.item_id,
        task_id=question.task_id,
        rule_version_id=version.id if version else None,
        label=question.label,
        question=question.question,
        asked_by=person_id,
        state="open",
    )
    session.add(row)
    session.flush()
    session.refresh(row)
    return row


def answer(
    session: Session, project_id: UUID, person_id: UUID, clarification_id: UUID, given: Answer
) -> ClarificationRow:
    """Answers a question, and on request appends both to the draft's guideline.

    A new answer replaces the old one until the rules have taken it in: Conflict `clarification.taken` afterwards.
    NotFound `clarification.not_found`.
    """
    row = repository.clarification(session, project_id, clarification_id)
    if row is None:
        raise NotFound("clarification.not_found", "There is no such question.", {"id": str(clarification_id)})
    if row.state in ("taken", "published"):
        raise Conflict(
            "clarification.taken",
            "The rules have already taken this answer in: change the guideline instead.",
            {"state": row.state},
        )
    row.answer, row.answered_by, row.answered_at, row.state = given.answer, person_id, now(), "answered"
    if given.take_into_rules:
        draft = append_to_guideline(session, project_id, passage(row.question, given.answer))
        row.state, row.taken_into = "taken", draft.id
    session.flush()
    record(
        session,
        person_id,
        "answered",
        "clarification",
        row.id,
        {"taken_into_rules": given.take_into_rules},
        project_id=project_id,
    )
    return row


def passage(question: str, given: str) -> str:
    """A question and its answer as Markdown: the question as a quotation, whatever it contains."""
    quoted = "\n".join(f"> {line}".rstrip() for line in question.strip().splitlines())
    return f"{quoted}\n\n{given.strip()}"
