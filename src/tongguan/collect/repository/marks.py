"""Queries on imported labels, measurements and clusters: what the checks and the mapping of names walk through."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import select, text, update

from tongguan.collect.models import Asset, ImportedLabel, Item
from tongguan.core.database import Session

WINDOW = 1000


@dataclass(frozen=True, slots=True)
class ImportedMarks:
    """Labels of one item as a file brought them."""

    id: UUID
    item_id: UUID
    batch_id: UUID
    labels: list[dict[str, Any]]
    nothing: bool
    side: str | None
    state: str


@dataclass(frozen=True, slots=True)
class Measured:
    """An item in use as the checks see it."""

    item_id: UUID
    batch_id: UUID
    name: str
    sha256: str
    width: int
    height: int
    bytes: int
    group_key: str | None
    cluster_key: str | None
    measurement: dict[str, Any]


def brightness(session: Session, ids: Iterable[UUID]) -> dict[UUID, float]:
    """Mean gray level of items that have been measured, in one query."""
    light = Item.measurement["brightness"].as_float()
    query = select(Item.id, light).where(Item.id.in_(list(ids)), light.is_not(None))
    return {row[0]: row[1] for row in session.execute(query)}


def iterate(session: Session, project_id: UUID, batch_id: UUID | None, state: str | None) -> Iterator[ImportedMarks]:
    """Imported labels in windows by key."""
    after: UUID | None = None
    columns = (
        ImportedLabel.id,
        ImportedLabel.item_id,
        ImportedLabel.batch_id,
        ImportedLabel.labels,
        ImportedLabel.nothing,
        ImportedLabel.side,
        ImportedLabel.state,
    )
    while True:
        query = select(*columns).where(ImportedLabel.project_id == project_id).order_by(ImportedLabel.id).limit(WINDOW)
        if batch_id is not None:
            query = query.where(ImportedLabel.batch_id == batch_id)
        if state is not None:
            query = query.where(ImportedLabel.state == state)
        if after is not None:
            query = query.where(ImportedLabel.id > after)
        rows = list(session.execute(query))
        yield from (ImportedMarks(*row) for row in rows)
        if len(rows) < WINDOW:
            return
        after = rows[-1][0]


def set_state(session: Session, ids: Sequence[UUID], state: str) -> int:
    """Sets the state of imported labels."""
    result = session.execute(update(ImportedLabel).where(ImportedLabel.id.in_(list(ids))).values(state=state))
    return int(result.rowcount)  # type: ignore[attr-defined]


def set_label_state(session: Session, item_ids: Sequence[UUID], state: str) -> int:
    """Notes how far the labelling of items is."""
    query = update(Item).where(Item.id.in_(list(item_ids)), Item.label_state != state).values(label_state=state)
    return int(session.execute(query).rowcount)  # type: ignore[attr-defined]


def measured(session: Session, project_id: UUID, batch_id: UUID | None) -> Iterator[Measured]:
    """Items in use with their measurements, in windows by key."""
    after: UUID | None = None
    columns = (
        Item.id,
        Item.batch_id,
        Item.name,
        Asset.sha256,
        Item.width,
        Item.height,
        Item.bytes,
        Item.group_key,
        Item.cluster_key,
        Item.measurement,
    )
    while True:
        query = select(*columns).join(Asset, Asset.id == Item.asset_id).order_by(Item.id).limit(WINDOW)
        query = query.where(Item.project_id == project_id, Item.state == "ok")
        if batch_id is not None:
            query = query.where(Item.batch_id == batch_id)
        if after is not None:
            query = query.where(Item.id > after)
        rows = list(session.execute(query))
        yield from (Measured(*row) for row in rows)
        if len(rows) < WINDOW:
            return
        after = rows[-1][0]


_CLUSTERS = text("""
UPDATE item i SET cluster_key = r->>'key', cluster_links = r->'links'
FROM jsonb_array_elements(CAST(:rows AS jsonb)) r WHERE i.id = (r->>'id')::uuid
""")


def set_clusters(session: Session, clusters: Sequence[tuple[UUID, str, Sequence[str]]]) -> None:
    """Writes cluster keys and links."""
    for start in range(0, len(clusters), WINDOW):
        part = clusters[start : start + WINDOW]
        rows = [{"id": str(item_id), "key": key, "links": list(links)} for item_id, key, links in part]
        session.execute(_CLUSTERS, {"rows": orjson.dumps(rows).decode()})
