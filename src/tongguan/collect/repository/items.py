"""Queries on items and their assets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select, true, tuple_, update

from tongguan.collect.models import Asset, ImportedLabel, Item, ItemCount
from tongguan.collect.repository.bulk import add_count
from tongguan.collect.schemas import ItemFacts
from tongguan.core.database import Session

COUNT_LIMIT = 10_000
WINDOW = 1000

# One index lookup for each row of a window. A plain join could read every asset of the organization while a table
# that has just grown has no statistics.
_ASSET = (
    select(Asset.sha256, Asset.media_type, Asset.location, Asset.preview, Asset.thumb, Asset.tiles, Asset.state)
    .where(Asset.id == Item.asset_id)
    .limit(1)
    .lateral("a")
)
_FACTS = (
    Item.id,
    Item.project_id,
    Item.batch_id,
    Item.asset_id,
    Item.name,
    Item.media,
    Item.width,
    Item.height,
    Item.bytes,
    _ASSET.c.sha256,
    _ASSET.c.media_type,
    Item.group_key,
    Item.cluster_key,
    Item.cluster_links,
    Item.licence,
    Item.consent,
    Item.state,
    Item.label_state,
    _ASSET.c.location,
    _ASSET.c.preview,
    _ASSET.c.thumb,
    _ASSET.c.tiles,
    _ASSET.c.state,
    Item.created_at,
)


@dataclass(frozen=True, slots=True)
class ItemFilter:
    """Which items of a project. `restrict` is a query of item ids, from a later stage's own tables."""

    project_id: UUID
    state: str | None = None
    batch_id: UUID | None = None
    prefix: str | None = None
    group_key: str | None = None
    label_state: str | None = None
    restrict: Select[UUID] | None = None


@dataclass(frozen=True, slots=True)
class Window:
    """Where a page begins: after this id (or this name and id, when names are looked up)."""

    limit: int
    after_id: UUID | None = None
    after_name: str | None = None


def facts(row: Row[Any]) -> ItemFacts:
    """A row of `_FACTS` as facts."""
    values = list(row)
    values[13] = tuple(values[13] or ())
    return ItemFacts(*values)


def _select() -> Any:
    return select(*_FACTS).select_from(Item).join(_ASSET, true())


def get(session: Session, item_id: UUID, project_id: UUID | None = None) -> ItemFacts | None:
    """One item."""
    query = _select().where(Item.id == item_id)
    if project_id is not None:
        query = query.where(Item.project_id == project_id)
    row = session.execute(query).one_or_none()
    return facts(row) if row else None


def by_id(session: Session, ids: Iterable[UUID]) -> dict[UUID, ItemFacts]:
    """Items by id; unknown ids are missing."""
    rows = session.execute(_select().where(Item.id.in_(list(ids))))
    return {row[0]: facts(row) for row in rows}


def iterate(session: Session, project_id: UUID, state: str | None) -> Iterator[ItemFacts]:
    """All items of a project in order of import, in windows by key: memory stays constant."""
    after: UUID | None = None
    while True:
        window = page(session, ItemFilter(project_id, state=state), Window(WINDOW, after))
        yield from window
        if len(window) < WINDOW:
            return
        after = window[-1].id


def page(session: Session, chosen: ItemFilter, window: Window) -> list[ItemFacts]:
    """A window of items: by name where a prefix is asked for, else in order of import. Both walk an index."""
    query = _select().where(*_conditions(chosen)).limit(window.limit)
    if chosen.prefix is not None:
        query = query.order_by(Item.name, Item.asset_id)
        if window.after_name is not None and window.after_id is not None:
            # The row constructor lets PostgreSQL start inside the index (project, name, asset).
            query = query.where(tuple_(Item.name, Item.asset_id) > (window.after_name, window.after_id))
    else:
        query = query.order_by(Item.id)
        if window.after_id is not None:
            query = query.where(Item.id > window.after_id)
    return [facts(row) for row in session.execute(query)]


def count(session: Session, chosen: ItemFilter) -> tuple[int, bool]:
    """(number, more): from the counters where they say it, else counted up to 10,000."""
    others = (chosen.batch_id, chosen.prefix, chosen.group_key, chosen.label_state, chosen.restrict)
    if all(other is None for other in others):
        counts = state_counts(session, chosen.project_id)
        number = sum(counts.values()) if chosen.state is None else counts.get(chosen.state, 0)
        return number, False
    inner = select(Item.id).where(*_conditions(chosen)).limit(COUNT_LIMIT + 1).subquery()
    number = session.execute(select(func.count()).select_from(inner)).scalar_one()
    return min(number, COUNT_LIMIT), number > COUNT_LIMIT


def state_counts(session: Session, project_id: UUID) -> dict[str, int]:
    """Items of a project by state, from the counters."""
    rows = session.execute(select(ItemCount.state, ItemCount.n).where(ItemCount.project_id == project_id))
    return {state: int(number) for state, number in rows}


def _conditions(chosen: ItemFilter) -> list[ColumnElement[bool]]:
    conditions = [Item.project_id == chosen.project_id]
    if chosen.state is not None:
        conditions.append(Item.state == chosen.state)
    if chosen.batch_id is not None:
        conditions.append(Item.batch_id == chosen.batch_id)
    if chosen.group_key is not None:
        conditions.append(Item.group_key == chosen.group_key)
    if chosen.label_state is not None:
        conditions.append(Item.label_state == chosen.label_state)
    if chosen.prefix is not None:
        conditions.append(_begins_with(chosen.prefix))
    if chosen.restrict is not None:
        conditions.append(Item.id.in_(chosen.restrict))
    return conditions


def _begins_with(prefix: str) -> ColumnElement[bool]:
    """A prefix as a range: names compare by code point, so the index is walked and nothing else is read."""
    if not prefix:
        return Item.name >= ""
    return and_(Item.name >= prefix, Item.name < prefix + "\U0010ffff")


def known_assets(session: Session, hashes: Sequence[str]) -> dict[str, tuple[str, str]]:
    """(state, location) of assets that the organization has already, by hash."""
    rows = session.execute(select(Asset.sha256, Asset.state, Asset.location).where(Asset.sha256.in_(list(hashes))))
    return {sha: (state, location) for sha, state, location in rows}


def erased_here(session: Session, project_id: UUID, hashes: Sequence[str]) -> set[str]:
    """Hashes of pictures that were erased in this project (another project may still hold them)."""
    query = (
        select(Asset.sha256)
        .join(Item, Item.asset_id == Asset.id)
        .where(Asset.sha256.in_(list(hashes)), Item.project_id == project_id, Item.state == "erased")
    )
    return set(session.execute(query).scalars())


def first_with_bytes(session: Session, project_id: UUID, sha256: str) -> UUID | None:
    """The first item of a project that shows these bytes."""
    query = (
        select(Item.id)
        .join(Asset, Asset.id == Item.asset_id)
        .where(Asset.sha256 == sha256, Item.project_id == project_id)
        .order_by(Item.id)
        .limit(1)
    )
    return session.execute(query).scalar_one_or_none()


def with_bytes(session: Session, project_id: UUID, sha256: str) -> UUID:
    """The item that shows these bytes; there is one."""
    found = first_with_bytes(session, project_id, sha256)
    if found is None:
        raise LookupError(sha256)
    return found


def asset_of(session: Session, asset_id: UUID, lock: bool = False) -> Asset | None:
    """An asset's row."""
    query = select(Asset).where(Asset.id == asset_id)
    return session.execute(query.with_for_update() if lock else query).scalar_one_or_none()


def untiled(session: Session, batch_id: UUID, longest: int) -> list[UUID]:
    """Assets of a batch above so many pixels a side that have a preview and no tiles yet, in order of import."""
    query = (
        select(Asset.id)
        .join(Item, Item.asset_id == Asset.id)
        .where(Item.batch_id == batch_id, func.greatest(Item.width, Item.height) > longest)
        .where(Asset.state.in_(("stored", "referenced")), Asset.preview != "", Asset.tiles == "")
        .distinct()
        .order_by(Asset.id)
    )
    return list(session.execute(query).scalars())


def uses_of_asset(session: Session, asset_id: UUID) -> int:
    """How many items that are not erased show this asset, in all projects of the organization."""
    return session.execute(select(func.count()).where(Item.asset_id == asset_id, Item.state != "erased")).scalar_one()


def details(session: Session, item_id: UUID) -> tuple[dict[str, Any], dict[str, Any]]:
    """(provenance, measurement) of an item."""
    row = session.execute(select(Item.provenance, Item.measurement).where(Item.id == item_id)).one()
    return row[0], row[1]


def labels_of_item(session: Session, item_id: UUID) -> list[ImportedLabel]:
    """Imported labels of an item, oldest first."""
    query = select(ImportedLabel).where(ImportedLabel.item_id == item_id).order_by(ImportedLabel.id)
    return list(session.execute(query).scalars())


def change(session: Session, project_id: UUID, ids: Sequence[UUID], values: dict[str, Any]) -> int:
    """Sets licence, consent or group of items that are not erased. Returns how many there are."""
    result = session.execute(
        update(Item)
        .where(Item.project_id == project_id, Item.id.in_(list(ids)), Item.state != "erased")
        .values(**values)
    )
    return int(result.rowcount)  # type: ignore[attr-defined]


def move_state(
    session: Session, project_id: UUID, ids: Sequence[UUID] | Select[UUID], old: Sequence[str], new: str
) -> list[UUID]:
    """Moves items from the old states to a new one and the counters with them. Returns the items that moved."""
    chosen = ids if isinstance(ids, Select) else list(ids)
    before = (
        select(Item.id, Item.state)
        .where(Item.project_id == project_id, Item.id.in_(chosen), Item.state.in_(list(old)))
        .order_by(Item.id)
        .with_for_update()
    )
    rows = list(session.execute(before))
    if not rows:
        return []
    moved = [row.id for row in rows]
    session.execute(update(Item).where(Item.id.in_(moved)).values(state=new))
    for state in {row.state for row in rows}:
        add_count(session, project_id, state, -sum(row.state == state for row in rows))
    add_count(session, project_id, new, len(rows))
    return moved


def missing_terms(session: Session, project_id: UUID) -> tuple[int, int]:
    """How many items in use have no licence, and how many no consent."""
    row = session.execute(
        select(
            func.count().filter(Item.licence == ""),
            func.count().filter(Item.consent == ""),
        ).where(
            Item.project_id == project_id,
            Item.state.in_(["ok", "unread"]),
            or_(Item.licence == "", Item.consent == ""),
        )
    ).one()
    return int(row[0]), int(row[1])


def names_missing(session: Session, project_id: UUID, names: Sequence[str]) -> list[str]:
    """Those of the names that no item of the project has."""
    missing: list[str] = []
    for start in range(0, len(names), WINDOW):
        part = list(names[start : start + WINDOW])
        found = set(
            session.execute(select(Item.name).where(Item.project_id == project_id, Item.name.in_(part))).scalars()
        )
        missing.extend(name for name in part if name not in found)
    return missing


def unread(session: Session, batch_id: UUID, limit: int) -> list[tuple[UUID, str, str]]:
    """(id, name, address) of items of a batch that were only listed, oldest first."""
    query = (
        select(Item.id, Item.name, Item.provenance["location"].astext)
        .where(Item.batch_id == batch_id, Item.state == "unread")
        .order_by(Item.id)
        .limit(limit)
    )
    return [(row[0], row[1], row[2] or "") for row in session.execute(query)]
