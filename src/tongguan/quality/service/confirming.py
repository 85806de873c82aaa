"""Facts about the work of inspectors, and what a redone answer, once accepted, says about the earlier reviews."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tongguan.core.database import Session
from tongguan.quality import events, repository
from tongguan.quality.repository import verdicts


@dataclass(frozen=True, slots=True)
class ReviewFacts:
    """A finished review: who looked at which answer, and when."""

    id: UUID
    project_id: UUID
    annotation_id: UUID
    revision_id: UUID
    item_id: UUID
    reviewer_id: UUID
    done_at: datetime


@dataclass(frozen=True, slots=True)
class FindingFacts:
    """A finding of an inspector, and whether it was withdrawn."""

    id: UUID
    project_id: UUID
    annotation_id: UUID
    revision_id: UUID
    item_id: UUID
    made_by: UUID
    withdrawn: bool


def reviews(session: Session, ids: Iterable[UUID]) -> list[ReviewFacts]:
    """Finished reviews by id."""
    return [
        ReviewFacts(
            row.id, row.project_id, row.annotation_id, row.revision_id, row.item_id, row.reviewer_id, row.done_at
        )
        for row in verdicts.reviews_by_id(session, ids)
        if row.reviewer_id is not None and row.done_at is not None
    ]


def findings(session: Session, ids: Iterable[UUID]) -> list[FindingFacts]:
    """Findings that an inspector made, by id; those of gold are nobody's."""
    return [
        FindingFacts(
            row.id,
            row.project_id,
            row.annotation_id,
            row.revision_id,
            row.item_id,
            row.made_by,
            row.state == "withdrawn",
        )
        for row in verdicts.findings_by_id(session, ids)
        if row.made_by is not None
    ]


def redone(session: Session, project_id: UUID, annotation_id: UUID, revision_id: UUID) -> None:
    """A later version was accepted: inspectors' findings on earlier ones that stand were right, and a review that had
    accepted one which was then sent back for a mistake had let it pass."""
    found = repository.findings_of(session, annotation_id)
    right = [
        row.id
        for row in found
        if row.made_by is not None and row.review_id is not None and row.state in ("open", "confirmed")
        if row.revision_id != revision_id
    ]
    events.confirmed(session, project_id, right)
    events.missed(session, project_id, verdicts.reviews_that_missed(session, annotation_id))
