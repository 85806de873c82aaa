"""Known answers: what makes an item gold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from tongguan.annotate.interface import reserve_items
from tongguan.collect.interface import find_item
from tongguan.core import audit
from tongguan.core.database import Session
from tongguan.core.errors import Conflict, Invalid, NotFound
from tongguan.core.ids import new_id
from tongguan.quality import repository
from tongguan.quality.models import Gold
from tongguan.quality.schemas import GoldItem


def gold_items(session: Session, project_id: UUID, use: str) -> list[GoldItem]:
    """Live gold of one use."""
    return [GoldItem.model_validate(row) for row in repository.golds(session, project_id, use)]


def gold_item(session: Session, gold_id: UUID) -> GoldItem:
    """One gold, live or retired (an answer may come late). Raises NotFound `gold.not_found`."""
    row = repository.gold(session, gold_id)
    if row is None:
        raise NotFound("gold.not_found", "This gold item does not exist.", {"id": str(gold_id)})
    return GoldItem.model_validate(row)


def add_gold(
    session: Session,
    project_id: UUID,
    item_id: UUID,
    labels: Sequence[Mapping[str, Any]],
    nothing: bool,
    use: str,
    person_id: UUID | None = None,
) -> UUID:
    """Makes an item gold and takes it out of the ordinary work.

    An item is gold in one use at a time: Conflict `gold.exists`. Invalid `gold.empty` when there is neither a label nor
    "nothing here", or both; NotFound for an item of another project.
    """
    if bool(labels) == nothing:
        raise Invalid("gold.empty", 'Gold needs at least one label, or "nothing here", but not both.')
    find_item(session, project_id, item_id)
    row = Gold(
        id=new_id(),
        project_id=project_id,
        item_id=item_id,
        use=use,
        labels=[dict(label) for label in labels],
        nothing=nothing,
        created_by=person_id,
    )
    if repository.gold_of_item(session, project_id, item_id) is not None:
        raise Conflict("gold.exists", "This item is gold already.", {"item_id": str(item_id)})
    session.add(row)
    session.flush()
    reserve_items(session, project_id, [item_id])
    audit.record(session, person_id, "added", "gold", row.id, {"item_id": str(item_id), "use": use}, project_id)
    return row.id
