"""Pictures that arrive one by one, from a line, instead of by an import: an item each, in a batch that stays open.

Bytes are stored under their hash before the row is written, so whatever was done before a kill is done again without
effect.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from tongguan.collect.events import BATCH_READ
from tongguan.collect.models import Batch
from tongguan.collect.repository import batches, bulk, items
from tongguan.collect.repository.bulk import NewItem
from tongguan.collect.schemas import ItemFacts
from tongguan.collect.service import storing
from tongguan.collect.service.reading import Picture, Unusable, read_picture
from tongguan.core.database import Session
from tongguan.core.errors import Conflict, Invalid
from tongguan.core.events import emit
from tongguan.core.storage import Storage

SOURCE = "line"


@dataclass(frozen=True, slots=True)
class OpenBatch:
    """A batch that stays open: `key` names it for ever (one a project and key), the rest is for people."""

    project_id: UUID
    key: str
    name: str
    licence: str = ""
    consent: str = ""
    provenance: str = ""


@dataclass(frozen=True, slots=True)
class Arrival:
    """One picture that arrived, with what is known about it."""

    picture: Picture
    name: str
    group_key: str | None
    provenance: dict[str, str] = field(default_factory=dict)


def read(data: bytes, name: str) -> Picture:
    """Measures a picture. Invalid `collect.unusable` when there is nothing that could be labelled."""
    try:
        return read_picture(data, name)
    except Unusable as problem:
        raise Invalid("collect.unusable", problem.detail, {"check": problem.check, "name": name}) from problem


def store(storage: Storage, org_id: UUID, picture: Picture) -> None:
    """Stores bytes and previews under their hash; doing it twice is once."""
    storage.put(storing.asset_key(org_id, picture.sha256), picture.data)
    if picture.preview is not None:
        storage.put(storing.shown_key(org_id, picture.sha256, storing.PREVIEW), picture.preview)
    for side, data in picture.thumbs.items():
        storage.put(storing.shown_key(org_id, picture.sha256, side), data)


def same_bytes(session: Session, project_id: UUID, sha256: str) -> ItemFacts | None:
    """The first item of a project with these bytes, whatever its state."""
    item_id = items.first_with_bytes(session, project_id, sha256)
    return items.get(session, item_id) if item_id else None


def add(session: Session, org_id: UUID, batch: OpenBatch, arrival: Arrival) -> UUID:
    """Writes the item (its bytes are stored) and asks for the checks of its batch. Returns the item, also the second
    time. Conflict `collect.erased` for a picture that was erased here."""
    picture = arrival.picture
    known = items.known_assets(session, [picture.sha256]).get(picture.sha256)
    if items.erased_here(session, batch.project_id, [picture.sha256]) or (known and known[0] == "erased"):
        raise Conflict("collect.erased", "This picture was erased here because consent was withdrawn.")
    row = _open(session, batch)
    there = items.first_with_bytes(session, batch.project_id, picture.sha256)
    if there is not None:
        return there
    new = NewItem(
        sha256=picture.sha256,
        size=len(picture.data),
        media_type=picture.media_type,
        location=storing.asset_key(org_id, picture.sha256),
        preview=storing.shown_key(org_id, picture.sha256, storing.PREVIEW) if picture.preview else "",
        thumb=storing.thumb_prefix(org_id, picture.sha256) if picture.thumbs else "",
        asset_state="stored",
        name=bulk.clean(arrival.name),
        width=picture.width,
        height=picture.height,
        group_key=arrival.group_key,
        licence=batch.licence,
        consent=batch.consent,
        provenance=dict(arrival.provenance),
        measurement=picture.measurement,
    )
    bulk.write_items(session, batch.project_id, row.id, "none", [new])
    batches.set_batch(session, row.id, state="checking", counts=_counts(row, arrival))
    emit(session, BATCH_READ, {"batch_id": str(row.id), "project_id": str(batch.project_id)}, wake=True)
    return items.with_bytes(session, batch.project_id, picture.sha256)


def _open(session: Session, wanted: OpenBatch) -> Batch:
    """The batch of the key, locked; made when it is the first."""
    batches.add_line_batch(
        session,
        Batch(
            project_id=wanted.project_id,
            name=wanted.name,
            source=SOURCE,
            mode="copy",
            location=wanted.key,
            format="none",
            licence=wanted.licence,
            consent=wanted.consent,
            provenance=wanted.provenance,
            state="done",
            counts={},
        ),
    )
    return batches.line_batch(session, wanted.project_id, wanted.key)


def _counts(batch: Batch, arrival: Arrival) -> dict[str, int]:
    counts = {
        key: int(batch.counts.get(key, 0)) for key in ("read", "items", "refused", "known", "labelled", "nothing")
    }
    counts["ungrouped"] = int(batch.counts.get("ungrouped", 0)) + (arrival.group_key is None)
    return {**counts, "read": counts["read"] + 1, "items": counts["items"] + 1}
