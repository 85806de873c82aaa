"""What other stages may call: items and their facts, links to their bytes, imported labels, states of batches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select

from tongguan.collect.models import ImportedLabel
from tongguan.collect.repository import batches, items, marks
from tongguan.collect.repository.items import ItemFilter, Window
from tongguan.collect.repository.marks import Measured
from tongguan.collect.schemas import ItemFacts
from tongguan.collect.service import arriving, changes, grouping, showing
from tongguan.collect.service.arriving import Arrival, OpenBatch
from tongguan.collect.service.imports import start_import
from tongguan.collect.service.reading import Picture, use_measure
from tongguan.core.auth import Caller
from tongguan.core.database import Session
from tongguan.core.storage import Storage

__all__ = [
    "Arrival",
    "ItemFacts",
    "ItemFilter",
    "Measured",
    "OpenBatch",
    "Picture",
    "Window",
    "add_arrival",
    "batch_facts",
    "brightness_of",
    "check_group_rule",
    "count_items",
    "find_item",
    "group_of",
    "image_links",
    "imported_labels",
    "imported_names",
    "item",
    "item_details",
    "items_by_id",
    "iterate_items",
    "iterate_measured",
    "labels_of_item",
    "list_items",
    "mark_imported",
    "mark_label_state",
    "missing_terms",
    "read_arrival",
    "refusal_counts",
    "refusals",
    "refuse_items",
    "refused_marks",
    "same_bytes",
    "set_batch_done",
    "set_clusters",
    "start_import",
    "state_counts",
    "store_arrival",
    "use_measure",
    "waiting_batches",
]


def item(session: Session, item_id: UUID) -> ItemFacts | None:
    """An item of the organization, erased ones included; None when there is none."""
    return items.get(session, item_id)


def find_item(session: Session, project_id: UUID, item_id: UUID) -> ItemFacts:
    """An item of a project. NotFound otherwise: the one access check of items."""
    return changes.find_item(session, project_id, item_id)


def items_by_id(session: Session, ids: Iterable[UUID]) -> dict[UUID, ItemFacts]:
    """Items by id; unknown ids are missing."""
    return items.by_id(session, ids)


def iterate_items(session: Session, project_id: UUID, state: str | None = "ok") -> Iterator[ItemFacts]:
    """All items of a project in one state (None: all) in order of import, in constant memory."""
    return items.iterate(session, project_id, state)


def list_items(session: Session, chosen: ItemFilter, window: Window) -> list[ItemFacts]:
    """A window of items by key: by name where a prefix is given, else in order of import."""
    return items.page(session, chosen, window)


def count_items(session: Session, chosen: ItemFilter) -> tuple[int, bool]:
    """(number, more): exact from counters, else counted up to 10,000 and `more`."""
    return items.count(session, chosen)


def state_counts(session: Session, project_id: UUID) -> dict[str, int]:
    """Items of a project by state: ok, unread, refused, erased. From counters."""
    return items.state_counts(session, project_id)


def item_details(session: Session, item_id: UUID) -> tuple[dict[str, Any], dict[str, Any]]:
    """(provenance, measurement) of an item."""
    return items.details(session, item_id)


def labels_of_item(session: Session, item_id: UUID) -> list[ImportedLabel]:
    """Imported labels of an item, oldest first: format, labels, nothing, side, state."""
    return items.labels_of_item(session, item_id)


def image_links(caller: Caller, project_id: UUID, chosen: Iterable[ItemFacts]) -> dict[UUID, dict[str, str]]:
    """`image_url` (what to draw on: scale it to the item's width and height), `thumb_url` (160 px) and `medium_url`
    (480 px) of each item; empty texts for erased and unread ones."""
    return {found.id: showing.links(caller, project_id, found) for found in chosen}


def imported_names(session: Session, project_id: UUID, batch_id: UUID | None = None) -> dict[str, int]:
    """Label names as files brought them, with how often, of a project or one batch."""
    return batches.imported_names(session, project_id, batch_id)


def imported_labels(
    session: Session, project_id: UUID, batch_id: UUID | None = None, state: str | None = None
) -> Iterator[marks.ImportedMarks]:
    """Imported labels item by item: (id, item_id, batch_id, labels as records, nothing, side, state)."""
    return marks.iterate(session, project_id, batch_id, state)


def mark_imported(session: Session, ids: Sequence[UUID], state: str) -> int:
    """Sets the state of imported labels: raw, mapped or ignored."""
    return marks.set_state(session, ids, state)


def mark_label_state(session: Session, item_ids: Sequence[UUID], state: str) -> int:
    """Notes how far the labelling of items is (none, open, submitted, accepted …), for the filter of the item list."""
    return marks.set_label_state(session, item_ids, state)


def iterate_measured(session: Session, project_id: UUID, batch_id: UUID | None = None) -> Iterator[Measured]:
    """Items in use with their measurements, in order of import, in constant memory: for the checks."""
    return marks.measured(session, project_id, batch_id)


def brightness_of(session: Session, ids: Iterable[UUID]) -> dict[UUID, float]:
    """Mean gray level (0 to 255) of items that have been measured."""
    return marks.brightness(session, ids)


def set_clusters(session: Session, clusters: Sequence[tuple[UUID, str, Sequence[str]]]) -> None:
    """Writes near-duplicate clusters: (item, key of its cluster, keys of other clusters that it is linked to)."""
    marks.set_clusters(session, clusters)


def refuse_items(
    session: Session, person_id: UUID | None, project_id: UUID, ids: Sequence[UUID] | Select[UUID], reason: str
) -> list[UUID]:
    """Takes items out of use. Returns those that were in use."""
    return changes.set_state(session, person_id, project_id, ids, "refused", reason)


def refusals(
    session: Session, project_id: UUID, batch_id: UUID | None = None, check: str | None = None, limit: int = 100
) -> list[dict[str, Any]]:
    """What did not come in, in order of reading: name, check, kind, count, detail."""
    rows = batches.list_refusals(session, project_id, batch_id, limit, None, check)
    return [
        {"name": row.name, "check": row.check_id, "kind": row.kind, "count": row.count, "detail": row.detail}
        for row in rows
    ]


def refusal_counts(session: Session, project_id: UUID, batch_id: UUID | None = None) -> dict[tuple[str, str], int]:
    """How much was refused, by (check, kind)."""
    return batches.refusal_counts(session, project_id, batch_id)


def refused_marks(
    session: Session, project_id: UUID, batch_id: UUID, checks: Sequence[str]
) -> dict[str, list[tuple[str, str]]]:
    """Labels that a reader left out because of one of the checks: (check, detail) by item name."""
    return batches.refused_marks(session, project_id, batch_id, checks)


def missing_terms(session: Session, project_id: UUID) -> tuple[int, int]:
    """How many items in use have no licence, and how many no consent."""
    return items.missing_terms(session, project_id)


def waiting_batches(session: Session, project_id: UUID) -> int:
    """Batches that are being read or checked."""
    return batches.waiting_batches(session, project_id)


def batch_facts(session: Session, project_id: UUID, limit: int = 200) -> list[dict[str, Any]]:
    """Batches of a project, newest first, for reports."""
    return [
        {
            "id": str(row.id),
            "name": row.name,
            "source": row.source,
            "location": row.location,
            "format": row.format,
            "state": row.state,
            "licence": row.licence,
            "consent": row.consent,
            "provenance": row.provenance,
            "counts": row.counts,
            "error": row.error,
            "created_at": row.created_at.isoformat(),
        }
        for row in batches.list_batches(session, project_id, limit, None)
    ]


def set_batch_done(session: Session, batch_id: UUID) -> None:
    """A checked batch is done."""
    changes.set_batch_state(session, batch_id, "done")


# Pictures that arrive one by one: read, store the bytes, then write the item in the transaction that uses it.


def read_arrival(data: bytes, name: str) -> Picture:
    """Measures a picture. Invalid `collect.unusable` when there is nothing that could be labelled."""
    return arriving.read(data, name)


def check_group_rule(rule: str) -> None:
    """Invalid `collect.group_rule` when a rule is not understood or unsafe."""
    grouping.group_rule(rule)


def group_of(rule: str, name: str) -> str | None:
    """The group key that a rule reads from a name; None without one."""
    return grouping.group_rule(rule)(name, {})


def same_bytes(session: Session, project_id: UUID, sha256: str) -> ItemFacts | None:
    """The first item of a project that shows these bytes, whatever its state."""
    return arriving.same_bytes(session, project_id, sha256)


def store_arrival(storage: Storage, org_id: UUID, picture: Picture) -> None:
    """Stores a picture's bytes and previews under their hash; doing it twice is once."""
    arriving.store(storage, org_id, picture)


def add_arrival(session: Session, org_id: UUID, batch: OpenBatch, arrival: Arrival) -> UUID:
    """Adds an item to a batch that stays open (made with the first one) and asks for its checks; the bytes are stored.

    Returns the item, also when it was there. Conflict `collect.erased` for a picture that was erased in this project.
    """
    return arriving.add(session, org_id, batch, arrival)
