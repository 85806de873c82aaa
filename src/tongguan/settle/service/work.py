"""Work rows: what judgements mean for pay, without money."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from tongguan.core.database import Session
from tongguan.quality.interface import judgements
from tongguan.settle import repository


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
