"""What a person sees of their work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from tongguan.annotate.repository import leases
from tongguan.annotate.schemas import Work, WorkItem
from tongguan.collect.interface import ItemFacts, image_links
from tongguan.core.auth import Caller
from tongguan.core.clock import now
from tongguan.core.database import Session

IDLE_AFTER = 60.0
# Facts of an item under the same name in the row of a lease.
_ALIKE = tuple(
    entry.name for entry in fields(ItemFacts) if entry.name not in {"id", "project_id", "state", "cluster_links"}
)


def show_work(session: Session, caller: Caller, lease_ids: Sequence[UUID]) -> list[Work]:
    """The work of leases, the open one first."""
    if not lease_ids:
        return []
    return [_work(caller, row) for row in leases.facts(session, lease_ids)]


def show_item(caller: Caller, facts: ItemFacts) -> WorkItem:
    """An item with links to its picture."""
    links = image_links(caller, facts.project_id, [facts])[facts.id]
    return WorkItem(
        id=facts.id,
        name=facts.name,
        media=facts.media,
        width=facts.width,
        height=facts.height,
        image_url=links["image_url"],
        thumb_url=links["thumb_url"],
        tiles_url=links["tiles_url"],
    )


def seconds_so_far(row: Row[Any], moment: datetime) -> float:
    """Time counted on a lease: stored, offline, and what runs now (it stops after 60 s without a command)."""
    running = 0.0
    if row.state == "open" and row.last_command_at is not None:
        running = min(max((moment - row.last_command_at).total_seconds(), 0.0), IDLE_AFTER)
    counted: float = row.counted_seconds + row.offline_seconds + running
    return round(counted, 3)


def _item(row: Row[Any]) -> ItemFacts:
    """The item of a lease: read with the lease, because the next task may not cost one more query."""
    return ItemFacts(
        id=row.item_id,
        project_id=row.project_id,
        state=row.item_state,
        cluster_links=tuple(row.cluster_links or ()),
        **{name: getattr(row, name) for name in _ALIKE},
    )


def _work(caller: Caller, row: Row[Any]) -> Work:
    labels, nothing = row.draft_labels, row.draft_nothing
    drafted = labels is not None
    if not drafted:
        labels, nothing = row.base_labels or [], bool(row.base_nothing)
    return Work(
        lease_id=row.lease_id,
        task_id=row.task_id,
        project_id=row.project_id,
        state=row.state,
        item=show_item(caller, _item(row)),
        rule_version_id=row.rule_version_id,
        rule_version=f"{row.major}.{row.minor}",
        current_rule_version_id=row.current_version_id,
        labels=labels,
        nothing=bool(nothing),
        draft=drafted,
        seq=row.last_seq,
        base=row.base,
        prelabels=row.prelabels or [],
        rework=(row.rework or {"findings": []}) if row.rework_of else None,
        kept_draft_id=row.kept_draft_id,
        claimed_at=row.claimed_at,
        opened_at=row.opened_at,
        seconds=seconds_so_far(row, now()),
    )
