"""Single tasks that come before others: what a later stage found out about an item."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import text

from tongguan.core.database import Session


def unfinished(session: Session, item_id: UUID) -> UUID | None:
    """An ordinary task of an item that is not answered for good. Rework is none: its answer is the first task's."""
    return session.execute(
        text(
            "SELECT id FROM task WHERE item_id = :item AND purpose = 'ordinary' AND rework_of IS NULL "
            "AND state IN ('open', 'full', 'done') ORDER BY (state = 'open') DESC, id LIMIT 1"
        ),
        {"item": item_id},
    ).scalar_one_or_none()


def reserved(session: Session, item_id: UUID) -> bool:
    """Whether an item is kept out of ordinary work."""
    query = text("SELECT EXISTS (SELECT 1 FROM reserved_item WHERE item_id = :item)")
    return bool(session.execute(query, {"item": item_id}).scalar_one())


def raise_priority(session: Session, task_id: UUID, priority: int) -> None:
    """Lets a task come at least as early as a priority says."""
    session.execute(
        text("UPDATE task SET priority = greatest(priority, :priority) WHERE id = :id AND state IN ('open', 'full')"),
        {"id": task_id, "priority": priority},
    )
