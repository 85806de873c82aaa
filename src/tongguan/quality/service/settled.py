"""The one accepted answer of each item, from which dataset versions are frozen."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from tongguan.core.database import Session
from tongguan.quality.repository import earlier
from tongguan.quality.schemas import Settled


def settled_revisions(session: Session, project_id: UUID) -> Iterator[Settled]:
    """One accepted answer of an ordinary task for each item, by item; streamed. Never gold, practice or exam."""
    for row in earlier.settled(session, project_id):
        yield Settled(item_id=row.item_id, annotation_id=row.annotation_id, revision_id=row.revision_id)
