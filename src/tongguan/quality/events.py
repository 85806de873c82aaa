"""Events that the stage quality emits."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from tongguan.core.database import Session
from tongguan.core.events import emit

QUALITY_JUDGED = "quality.judged"
ITEM_SETTLED = "item.settled"
PERSON_FLAGGED = "quality.flagged"


def judged(session: Session, project_id: UUID, judgement_ids: Sequence[UUID]) -> None:
    """Units were judged: pay turns each judgement into a work row."""
    if judgement_ids:
        ids = [str(each) for each in judgement_ids]
        emit(session, QUALITY_JUDGED, {"project_id": str(project_id), "judgement_ids": ids})


def item_settled(session: Session, project_id: UUID, item_id: UUID, annotation_id: UUID, revision_id: UUID) -> None:
    """An ordinary item has an accepted answer."""
    payload = {"project_id": project_id, "item_id": item_id, "annotation_id": annotation_id, "revision_id": revision_id}
    emit(session, ITEM_SETTLED, {key: str(value) for key, value in payload.items()})
