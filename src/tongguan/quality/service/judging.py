"""Writing judgements: what a verdict on one revision means for its author, for the annotation, and for pay."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from tongguan.annotate.interface import set_state
from tongguan.core.clock import now
from tongguan.core.database import Session
from tongguan.quality import events, repository
from tongguan.quality.models import AttributeConfusion, Confusion, Judgement
from tongguan.quality.repository import earlier
from tongguan.quality.service import confirming
from tongguan.quality.service.comparing import Comparison
from tongguan.quality.service.units import Units, nothing_units, units_of
from tongguan.rules.interface import RuleVersion, version

Outcome = Literal["accepted", "rejected", "rework_own", "rework_rule"]
Via = Literal["review", "lot", "gold", "settle"]
PAID = ("accepted", "rework_own", "rework_rule")


@dataclass(frozen=True, slots=True)
class Answer:
    """One revision of an annotation, as it is judged."""

    project_id: UUID
    annotation_id: UUID
    revision_id: UUID
    number: int
    item_id: UUID
    task_id: UUID
    person_id: UUID
    purpose: str
    rule_version_id: UUID
    labels: Sequence[Mapping[str, Any]]
    nothing: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """Who decided, how, and when."""

    via: Via
    by: UUID | None = None
    at: datetime | None = None


def answers(session: Session, annotation_ids: Iterable[UUID]) -> dict[UUID, Answer]:
    """Current revisions of annotations by people, by annotation."""
    heads = earlier.annotation_facts(session, annotation_ids)
    found = earlier.revisions(session, [head.current_revision_id for head in heads.values()])
    return {
        head.id: Answer(
            project_id=head.project_id,
            annotation_id=head.id,
            revision_id=revision.id,
            number=revision.number,
            item_id=head.item_id,
            task_id=head.task_id,
            person_id=head.person_id,
            purpose=head.purpose,
            rule_version_id=revision.rule_version_id,
            labels=revision.labels,
            nothing=revision.nothing,
        )
        for head in heads.values()
        if head.person_id is not None and (revision := found.get(head.current_revision_id)) is not None
    }


def accept(session: Session, answer: Answer, verdict: Verdict, rules: RuleVersion | None = None) -> list[UUID]:
    """The whole revision is accepted."""
    rules = rules or version(session, answer.rule_version_id)
    outcome = accepted_outcome(session, answer, rules)
    made = write(session, answer, answer.person_id, answer.labels, outcome, verdict, rules)
    settle(session, answer, "accepted")
    return made


def reject(session: Session, answer: Answer, verdict: Verdict) -> list[UUID]:
    """The whole revision is rejected."""
    rules = version(session, answer.rule_version_id)
    made = write(session, answer, answer.person_id, answer.labels, "rejected", verdict, rules)
    settle(session, answer, "rejected")
    return made


def settle(session: Session, answer: Answer, state: str) -> None:
    """Writes the state of the annotation; an accepted ordinary one settles its item."""
    set_state(session, answer.annotation_id, state)
    if state == "accepted" and answer.purpose == "ordinary":
        events.item_settled(session, answer.project_id, answer.item_id, answer.annotation_id, answer.revision_id)
        if answer.number > 1:
            confirming.redone(session, answer.project_id, answer.annotation_id, answer.revision_id)


def accepted_outcome(session: Session, answer: Answer, rules: RuleVersion) -> Outcome:
    """`accepted`, or for work redone after it had been accepted `rework_own` or `rework_rule`.

    The first rework asked for after the last acceptance says why; without one a new major rule version does.
    """
    before = [
        row
        for row in repository.judgements_of(session, answer.annotation_id, answer.person_id)
        if row.outcome in PAID and row.revision_id != answer.revision_id and (row.quantity > 0 or not row.corrects)
    ]
    if not before:
        return "accepted"
    last = before[-1]
    for row in repository.reworks_of(session, answer.annotation_id):
        if row.id > last.id:
            return "rework_rule" if row.cause == "rule" else "rework_own"
    old = earlier.revisions(session, [last.revision_id]).get(last.revision_id)
    changed = old is not None and version(session, old.rule_version_id).major < rules.major
    return "rework_rule" if changed else "rework_own"


def write(
    session: Session,
    answer: Answer,
    person_id: UUID,
    labels: Sequence[Mapping[str, Any]],
    outcome: Outcome,
    verdict: Verdict,
    rules: RuleVersion,
) -> list[UUID]:
    """Writes one judgement per unit and difficulty, once, and tells pay."""
    units = units_of(labels, rules) or [nothing_units(rules)]
    return write_units(session, answer, person_id, units, outcome, verdict)


def write_units(
    session: Session, answer: Answer, person_id: UUID, units: Sequence[Units], outcome: Outcome, verdict: Verdict
) -> list[UUID]:
    """Writes judgements of counted units, once, and tells pay."""
    made = repository.add_judgements(
        session,
        [
            {
                "project_id": answer.project_id,
                "annotation_id": answer.annotation_id,
                "revision_id": answer.revision_id,
                "item_id": answer.item_id,
                "person_id": person_id,
                "unit": each.unit,
                "difficulty": each.difficulty,
                "quantity": each.quantity,
                "labels": dict(each.labels),
                "outcome": outcome,
                "via": verdict.via,
                "judged_by": verdict.by,
                "judged_at": verdict.at or now(),
            }
            for each in units
        ],
    )
    events.judged(session, answer.project_id, made)
    return made


def take_back(session: Session, wrong: Judgement, revision_id: UUID, pay: bool, by: UUID) -> list[UUID]:
    """Corrects a judgement that was wrong, by a new row: its units are accepted if they are still to be `pay`ed.

    The row stands on `revision_id`, which differs from the judged one when the author has an accepted row there.
    """
    made = repository.add_judgements(
        session,
        [
            {
                "project_id": wrong.project_id,
                "annotation_id": wrong.annotation_id,
                "revision_id": revision_id,
                "item_id": wrong.item_id,
                "person_id": wrong.person_id,
                "unit": wrong.unit,
                "difficulty": wrong.difficulty,
                "quantity": wrong.quantity if pay else 0,
                "labels": wrong.labels if pay else {},
                "outcome": "accepted",
                "via": "settle",
                "judged_by": by,
                "judged_at": now(),
                "corrects": wrong.id,
            }
        ],
    )
    events.judged(session, wrong.project_id, made)
    return made


def note_confusion(session: Session, answer: Answer, source: str, compared: Comparison) -> None:
    """Remembers which classes, and which values of attributes, a person answered where which were right, once a
    revision."""
    facts = {
        "project_id": answer.project_id,
        "person_id": answer.person_id,
        "revision_id": answer.revision_id,
        "source": source,
    }
    for (expected, answered), count in compared.confusion.items():
        row = {**facts, "expected": expected, "answered": answered, "count": count}
        repository.add_once(session, Confusion, row)
    for (label, attribute, expected, answered), count in compared.attributes.items():
        values = {"label": label, "attribute": attribute, "expected": expected, "answered": answered, "count": count}
        repository.add_once(session, AttributeConfusion, {**facts, **values})
