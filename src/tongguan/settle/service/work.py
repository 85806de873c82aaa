"""Work rows: what judgements mean for pay, without money."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from uuid import UUID

from tongguan.core.clock import now
from tongguan.core.database import Session
from tongguan.quality.interface import FindingFacts, ReviewFacts, findings_by_id, judgements, reviews
from tongguan.settle import repository
from tongguan.settle.service import rates as rates_of

# Units of inspectors, beside those of the label kinds.
REVIEW = "review"
FINDING = "finding"


def record(session: Session, judgement_ids: Iterable[UUID]) -> int:
    """Writes the work rows of judgements, once each; returns how many are new.

    A judgement that corrects an earlier one takes that one's row out of the count, unless a closed period paid it.
    """
    found = judgements(session, judgement_ids)
    added = repository.add_work(
        session,
        [
            {
                "project_id": row.project_id,
                "person_id": row.person_id,
                "annotation_id": row.annotation_id,
                "revision_id": row.revision_id,
                "item_id": row.item_id,
                "judgement_id": row.id,
                "unit": row.unit,
                "difficulty": row.difficulty,
                "quantity": row.quantity,
                "outcome": row.outcome,
                "accepted_at": row.judged_at,
            }
            for row in found
        ],
    )
    for row in found:
        if row.corrects is not None:
            repository.void_work(session, row.corrects, row.id)
    return added


def record_reviews(session: Session, review_ids: Iterable[UUID]) -> int:
    """Writes the work rows of finished reviews, where the rules pay reviews; once each."""
    return _of_reviews(session, review_ids, "accepted")


def record_missed(session: Session, review_ids: Iterable[UUID]) -> int:
    """A review that let a defect pass counts against its inspector's share: one rejected review, once."""
    return _of_reviews(session, review_ids, "rejected")


def _of_reviews(session: Session, review_ids: Iterable[UUID], outcome: str) -> int:
    found = reviews(session, review_ids)
    rows = [
        {**_place(row), "person_id": row.reviewer_id, "review_id": row.id, "outcome": outcome}
        | {"unit": REVIEW, "accepted_at": row.done_at if outcome == "accepted" else now()}
        for row in found
        if pays(session, row.project_id, REVIEW)
    ]
    return repository.add_work(session, rows)


def record_findings(session: Session, finding_ids: Iterable[UUID]) -> int:
    """Writes the bonus of findings that were confirmed, where the rules pay one; once each."""
    rows = [
        {**_place(row), "person_id": row.made_by, "finding_id": row.id, "outcome": "accepted"}
        | {"unit": FINDING, "accepted_at": now()}
        for row in findings_by_id(session, finding_ids)
        if not row.withdrawn and pays(session, row.project_id, FINDING)
    ]
    return repository.add_work(session, rows)


def _place(row: ReviewFacts | FindingFacts) -> dict[str, object]:
    return {
        "project_id": row.project_id,
        "annotation_id": row.annotation_id,
        "revision_id": row.revision_id,
        "item_id": row.item_id,
        "difficulty": "normal",
        "quantity": Decimal(1),
    }


def pays(session: Session, project_id: UUID, unit: str) -> bool:
    """Whether the rules that hold now pay a unit. Inspectors are paid from the day on which the owner adds a rate."""
    return unit in rates_of.parse(rates_of.current_card(session, project_id)).rates
