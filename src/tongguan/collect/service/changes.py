"""Changing items: terms, groups, refusing and taking back, and erasing for good."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, update

from tongguan.collect.events import ITEM_ERASED, ITEMS_CHANGED
from tongguan.collect.models import Item
from tongguan.collect.repository import batches, items
from tongguan.collect.schemas import EraseOut, ItemChange, ItemFacts
from tongguan.collect.service import storing
from tongguan.core import audit, failpoints
from tongguan.core.database import Session
from tongguan.core.errors import Conflict, Invalid, NotFound
from tongguan.core.events import emit
from tongguan.core.jobs import JobContext


def find_item(session: Session, project_id: UUID, item_id: UUID) -> ItemFacts:
    """An item of the project; NotFound otherwise."""
    found = items.get(session, item_id, project_id)
    if found is None:
        raise NotFound("collect.item_unknown", "There is no such item.", {"id": str(item_id)})
    return found


def change_items(session: Session, person_id: UUID, project_id: UUID, change: ItemChange) -> int:
    """Changes terms, group or state of many items. Erased ones stay as they are. Returns how many were touched."""
    values: dict[str, Any] = {}
    if change.licence is not None:
        values["licence"] = change.licence.strip()
    if change.consent is not None:
        values["consent"] = change.consent.strip()
    if change.group_key is not None:
        values["group_key"] = change.group_key.strip() or None
    if not values and change.state is None:
        raise Invalid("collect.no_change", "Say what to change: licence, consent, group_key or state.", {})
    changed = items.change(session, project_id, change.ids, values) if values else 0
    if change.state is not None:
        changed = max(changed, len(set_state(session, person_id, project_id, change.ids, change.state, change.reason)))
    if values:
        detail = {**values, "items": changed, "ids": [str(item_id) for item_id in change.ids[:100]]}
        audit.record(session, person_id, "changed", "items", project_id, detail, project_id)
        emit(session, ITEMS_CHANGED, {"project_id": str(project_id)}, wake=True)
    return changed


def set_state(
    session: Session,
    person_id: UUID | None,
    project_id: UUID,
    ids: Sequence[UUID] | Select[UUID],
    state: str,
    reason: str,
) -> list[UUID]:
    """Refuses items (`refused`) or takes them back (`ok`). Returns those that moved."""
    old = ["ok", "unread"] if state == "refused" else ["refused"]
    moved = items.move_state(session, project_id, ids, old, state)
    if moved:
        detail = {"state": state, "reason": reason, "items": len(moved), "ids": [str(i) for i in moved[:100]]}
        audit.record(session, person_id, "changed", "items", project_id, detail, project_id)
        emit(session, ITEMS_CHANGED, {"project_id": str(project_id)}, wake=True)
    return moved


def erase_item(session: Session, person_id: UUID, project_id: UUID, item_id: UUID, reason: str) -> EraseOut:
    """Erases an item whose consent is withdrawn. A tombstone stays: its name, size and what was drawn on it.

    Its bytes go as soon as the event is delivered, unless another item of the organization is the same picture.
    """
    found = items.get(session, item_id, project_id)
    if found is None:
        raise NotFound("collect.item_unknown", "There is no such item.", {"id": str(item_id)})
    if found.state == "erased":
        raise Conflict("collect.item_erased", "This item has been erased already.", {"id": str(item_id)})
    asset = items.asset_of(session, found.asset_id, lock=True)
    items.move_state(session, project_id, [item_id], ["ok", "refused", "unread"], "erased")
    session.execute(update(Item).where(Item.id == item_id).values(measurement={}, provenance={}, consent="withdrawn"))
    last = asset is not None and asset.state in ("stored", "referenced") and not items.uses_of_asset(session, asset.id)
    reference = asset.location if asset is not None and asset.state == "referenced" else None
    if last and asset is not None:
        asset.state, asset.location, asset.preview, asset.thumb, asset.tiles = "erased", "", "", "", ""
    payload = {"item_id": str(item_id), "project_id": str(project_id), "asset_id": str(found.asset_id)}
    emit(session, ITEM_ERASED, payload, wake=True)
    detail = {"name": found.name, "sha256": found.sha256, "reason": reason, "bytes_erased": last}
    audit.record(session, person_id, "erased", "item", item_id, detail, project_id)
    session.flush()
    return EraseOut(id=item_id, state="erased", bytes_erased=last, reference=reference)


def erase_bytes(context: JobContext, asset_id: UUID) -> None:
    """Removes the bytes of an asset that is marked as erased. Can be repeated."""
    with context.transaction() as session:
        asset = items.asset_of(session, asset_id)
        gone = asset is not None and asset.state == "erased"
        sha256 = asset.sha256 if asset is not None else ""
    failpoints.hit("collect.erase")
    if gone and sha256:
        storing.erase_pictures(context.storage, context.org_id, sha256)


def set_batch_state(session: Session, batch_id: UUID, state: str) -> None:
    """Moves a batch on after its checks: `checking` to `done`; a cancelled one stays so."""
    batch = batches.get_batch(session, batch_id, lock=True)
    if batch is not None and batch.state == "checking":
        batch.state = state
        session.flush()
