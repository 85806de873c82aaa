"""Events that the stage quality emits."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from tongguan.core.database import Session
from tongguan.core.events import emit

QUALITY_JUDGED = "quality.judged"
ITEM_SETTLED = "item.settled"
PERSON_FLAGGED = "quality.flagged"
QUALITY_REVIEWED = "quality.reviewed"
FINDINGS_CONFIRMED = "quality.findings_confirmed"
FINDING_WITHDRAWN = "quality.finding_withdrawn"
DEFECTS_MISSED = "quality.defects_missed"


def judged(session: Session, project_id: UUID, judgement_ids: Sequence[UUID]) -> None:
    """Units were judged: pay turns each judgement into a work row."""
    if judgement_ids:
        ids = [str(each) for each in judgement_ids]
        emit(session, QUALITY_JUDGED, {"project_id": str(project_id), "judgement_ids": ids})


def reviewed(session: Session, project_id: UUID, review_id: UUID) -> None:
    """An inspector has judged a piece of work: pay counts the review."""
    emit(session, QUALITY_REVIEWED, {"project_id": str(project_id), "review_id": str(review_id)})


def confirmed(session: Session, project_id: UUID, finding_ids: Sequence[UUID]) -> None:
    """Findings turned out to be right: another inspector said so, or the author's new answer was accepted."""
    if finding_ids:
        ids = [str(each) for each in finding_ids]
        emit(session, FINDINGS_CONFIRMED, {"project_id": str(project_id), "finding_ids": ids})


def withdrawn(session: Session, project_id: UUID, finding_id: UUID) -> None:
    """A finding turned out to be wrong."""
    emit(session, FINDING_WITHDRAWN, {"project_id": str(project_id), "finding_id": str(finding_id)})


def missed(session: Session, project_id: UUID, review_ids: Sequence[UUID]) -> None:
    """Reviews let something pass that had to be redone, and the new answer was accepted."""
    if review_ids:
        ids = [str(each) for each in review_ids]
        emit(session, DEFECTS_MISSED, {"project_id": str(project_id), "review_ids": ids})


def item_settled(session: Session, project_id: UUID, item_id: UUID, annotation_id: UUID, revision_id: UUID) -> None:
    """An ordinary item has an accepted answer."""
    payload = {"project_id": project_id, "item_id": item_id, "annotation_id": annotation_id, "revision_id": revision_id}
    emit(session, ITEM_SETTLED, {key: str(value) for key, value in payload.items()})
