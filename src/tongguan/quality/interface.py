"""What other stages may call of the stage quality."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal
from uuid import UUID

from tongguan.core.auth import Caller
from tongguan.core.database import Session
from tongguan.quality import repository
from tongguan.quality.schemas import (
    BurnDay,
    FindingView,
    GoldItem,
    JudgementView,
    PersonQuality,
    QualityReport,
    Settled,
    ShareView,
)
from tongguan.quality.service import comparing, confirming, figures, gold, known, present, rework, settled
from tongguan.quality.service.comparing import NO_ATTRIBUTES, Comparison, Match, Unlike
from tongguan.quality.service.confirming import FindingFacts, ReviewFacts
from tongguan.quality.service.intervals import Share

__all__ = [
    "Comparison",
    "FindingFacts",
    "FindingView",
    "GoldItem",
    "JudgementView",
    "Match",
    "PersonQuality",
    "ReviewFacts",
    "Settled",
    "Share",
    "ShareView",
    "Unlike",
    "accepted_units",
    "add_gold",
    "burn_up",
    "compare",
    "count_touched",
    "findings_by_id",
    "findings_of_person",
    "gold_item",
    "gold_items",
    "judgements",
    "quality_of",
    "quality_over",
    "quality_report",
    "request_rework",
    "reviews",
    "reviews_waiting",
    "settled_revisions",
    "top_up_gold",
]


def gold_items(session: Session, project_id: UUID, use: str) -> list[GoldItem]:
    """Live gold of one use: `hidden`, `practice` or `exam`."""
    return known.gold_items(session, project_id, use)


def gold_item(session: Session, gold_id: UUID) -> GoldItem:
    """One gold, live or retired. Raises NotFound `gold.not_found`."""
    return known.gold_item(session, gold_id)


def add_gold(
    session: Session,
    project_id: UUID,
    item_id: UUID,
    labels: Sequence[Mapping[str, Any]],
    nothing: bool,
    use: str,
    person_id: UUID | None = None,
) -> UUID:
    """Makes an item gold and takes it out of the ordinary work. `labels` are raw label records, right by definition.

    Raises Conflict `gold.exists` when the item is gold already, Invalid `gold.empty` without any answer.
    """
    return known.add_gold(session, project_id, item_id, labels, nothing, use, person_id)


def compare(
    labels: Sequence[Mapping[str, Any]],
    expected: Sequence[Mapping[str, Any]],
    iou: float,
    judged: Mapping[str, Collection[str]] = NO_ATTRIBUTES,
) -> Comparison:
    """Compares an answer with the right one: `.correct`, `.matches`, `.wrong_class`, `.wrong_attribute`, `.missed`,
    `.extra`, `.confusion`.

    Labels match when kind and class are equal and their agreement (boxes: intersection over union) reaches `iou`;
    `judged` are the attributes of each class that must be as the right label states (`RuleVersion.judged_attributes`).
    """
    return comparing.compare(labels, expected, iou, judged)


def settled_revisions(session: Session, project_id: UUID) -> Iterator[Settled]:
    """The one accepted answer (item_id, annotation_id, revision_id) of each item, by item; streamed.

    Ordinary tasks only; items whose answers still differ, and items that are gold, are left out.
    """
    return settled.settled_revisions(session, project_id)


def judgements(session: Session, ids: Iterable[UUID]) -> list[JudgementView]:
    """Judgements by id, in the order in which they were made."""
    return [JudgementView.model_validate(row) for row in repository.judgements(session, ids)]


def reviews(session: Session, ids: Iterable[UUID]) -> list[ReviewFacts]:
    """Finished reviews by id: who looked at which answer."""
    return confirming.reviews(session, ids)


def findings_by_id(session: Session, ids: Iterable[UUID]) -> list[FindingFacts]:
    """Findings that an inspector made, by id; those of gold are nobody's."""
    return confirming.findings(session, ids)


def quality_of(session: Session, project_id: UUID, person_id: UUID) -> PersonQuality:
    """How good a person's work in a project is, with intervals."""
    return figures.quality_of(session, project_id, person_id)


def quality_over(session: Session, person_id: UUID, units: int, project_id: UUID | None = None) -> ShareView:
    """Accepted share over the person's last judged `units`, in one project or in all."""
    return figures.quality_over(session, person_id, units, project_id)


def quality_report(session: Session, project_id: UUID) -> QualityReport:
    """Live quality of a project: gate, people, label classes, confusion."""
    return present.report(session, project_id)


def burn_up(session: Session, project_id: UUID) -> list[BurnDay]:
    """Items and accepted items by day, as running totals."""
    return present.burn_up(session, project_id)


def accepted_units(session: Session, person_id: UUID) -> int:
    """Units of a person that were accepted, over all projects."""
    return figures.accepted_units(session, person_id)


def top_up_gold(session: Session, project_id: UUID, person_id: UUID | None = None) -> int:
    """Fills the stock of hidden gold of a person, or of everybody who may work. Returns how many tasks were made."""
    return gold.top_up(session, project_id, person_id)


def request_rework(
    session: Session,
    project_id: UUID,
    annotation_ids: Sequence[UUID],
    cause: Literal["own", "rule"],
    by: UUID | None,
    note: str = "",
) -> list[UUID]:
    """Sends accepted answers back to their authors; returns the tasks. Redone for a changed `rule` they are paid again.

    Raises NotFound `annotation.not_found`, Conflict `rework.not_accepted`.
    """
    return rework.request(session, project_id, annotation_ids, cause, by, note)


def findings_of_person(session: Session, caller: Caller, project_id: UUID, limit: int = 50) -> list[FindingView]:
    """The caller's own findings that stand, newest first, with pictures."""
    rows = repository.standing_findings(session, project_id, caller.person_id, limit)
    return present.findings(session, caller, project_id, rows, frozenset())


def reviews_waiting(session: Session, project_id: UUID, person_id: UUID) -> int:
    """Reviews that wait for somebody: those of their own work do not."""
    return repository.waiting_reviews(session, project_id, person_id)


def count_touched(session: Session, project_id: UUID, label_keys: Sequence[str]) -> dict[str, int]:
    """What a change of these label classes touches: gold by use."""
    return repository.gold_touched(session, project_id, label_keys)
