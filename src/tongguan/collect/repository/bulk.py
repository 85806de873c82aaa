"""Bulk writing: COPY into a temporary table, then INSERT … SELECT … ON CONFLICT DO NOTHING: it can be repeated."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
from psycopg import Cursor
from sqlalchemy import text

from tongguan.core.database import Session
from tongguan.core.ids import new_id

COLUMNS = (
    "asset_new, item_new, label_new, sha256, size, media_type, location, preview, thumb, asset_state, name, width, "
    "height, group_key, licence, consent, provenance, measurement, labels, nothing, side"
)
_TEMPORARY = """
CREATE TEMPORARY TABLE IF NOT EXISTS tg_incoming (
    asset_new uuid, item_new uuid, label_new uuid, sha256 text, size bigint, media_type text, location text,
    preview text, thumb text, asset_state text, name text COLLATE "C", width integer, height integer, group_key text,
    licence text, consent text, provenance jsonb, measurement jsonb, labels jsonb, nothing boolean, side text
) ON COMMIT DELETE ROWS
"""
# LIMIT 1 in what follows keeps the planner to one index lookup a row: a table that has just grown has no statistics
# yet, and a join planned without them can read the whole project for every row.

# In order of content, so that two imports at the same time take their locks in the same order.
_ASSETS = text("""
INSERT INTO asset (id, sha256, size, media_type, location, preview, thumb, state)
SELECT DISTINCT ON (sha256) asset_new, sha256, size, media_type, location, preview, thumb, asset_state
FROM tg_incoming ORDER BY sha256, name
ON CONFLICT (org_id, sha256) DO UPDATE
SET location = excluded.location, state = excluded.state, preview = excluded.preview, thumb = excluded.thumb
WHERE asset.state = 'referenced' AND excluded.state = 'stored'
""")
_ITEMS = text("""
INSERT INTO item (id, project_id, batch_id, asset_id, name, width, height, bytes, group_key, cluster_key, licence,
                  consent, provenance, measurement)
SELECT t.item_new, :project, :batch, a.id, t.name, t.width, t.height, t.size, t.group_key, t.sha256, t.licence,
       t.consent, t.provenance, t.measurement
FROM tg_incoming t CROSS JOIN LATERAL (SELECT id FROM asset WHERE sha256 = t.sha256 LIMIT 1) a
ORDER BY t.item_new
ON CONFLICT (project_id, name, asset_id) DO NOTHING
""")
_LABELS = text("""
INSERT INTO imported_label (id, project_id, batch_id, item_id, format, labels, nothing, side)
SELECT t.label_new, :project, :batch, i.id, :format, t.labels, t.nothing, t.side
FROM tg_incoming t CROSS JOIN LATERAL (SELECT id FROM asset WHERE sha256 = t.sha256 LIMIT 1) a
CROSS JOIN LATERAL (
    SELECT id FROM item WHERE project_id = :project AND name = t.name AND asset_id = a.id LIMIT 1) i
WHERE t.labels IS NOT NULL AND (
    SELECT true FROM imported_label l
    WHERE l.item_id = i.id AND l.labels = t.labels AND l.nothing = t.nothing LIMIT 1) IS NULL
ON CONFLICT (batch_id, item_id) DO NOTHING
""")
# A reference that has not been read has no content yet, so its name alone says whether it is known.
_REFERENCES = text("""
INSERT INTO item (id, project_id, batch_id, asset_id, name, group_key, licence, consent, provenance, state)
SELECT t.item_new, :project, :batch, :asset, t.name, t.group_key, t.licence, t.consent, t.provenance, 'unread'
FROM (SELECT DISTINCT ON (name) * FROM tg_incoming ORDER BY name, item_new) t
WHERE (SELECT true FROM item i WHERE i.project_id = :project AND i.name = t.name LIMIT 1) IS NULL
ORDER BY t.item_new
ON CONFLICT (project_id, name, asset_id) DO NOTHING
""")
_FILL = text("""
UPDATE item i SET asset_id = a.id, width = t.width, height = t.height, bytes = t.size, measurement = t.measurement,
                  cluster_key = t.sha256, state = 'ok'
FROM tg_incoming t JOIN asset a ON a.sha256 = t.sha256
WHERE i.id = t.item_new AND i.state = 'unread' AND NOT EXISTS (
    SELECT 1 FROM item o WHERE o.project_id = i.project_id AND o.name = i.name AND o.asset_id = a.id)
""")
_UNREAD_ASSET = text("""
INSERT INTO asset (id, sha256, size, media_type, location, state) VALUES (:id, '', 0, '', '', 'unread')
ON CONFLICT (org_id, sha256) DO NOTHING
""")
_REFUSALS = text("""
INSERT INTO refusal (id, project_id, batch_id, name, check_id, kind, count, detail)
SELECT (r->>'id')::uuid, :project, :batch, r->>'name', r->>'check', r->>'kind', (r->>'count')::int, r->>'detail'
FROM jsonb_array_elements(CAST(:rows AS jsonb)) r
ON CONFLICT (batch_id, name, check_id, kind) DO NOTHING
""")
_COUNT = text("""
INSERT INTO item_count (id, project_id, state, n) VALUES (:id, :project, :state, :n)
ON CONFLICT (project_id, state) DO UPDATE SET n = item_count.n + excluded.n
""")


@dataclass(frozen=True, slots=True)
class NewItem:
    """An item that was read: its asset, its facts, and its labels (None = unlabelled)."""

    sha256: str
    size: int
    media_type: str
    location: str
    preview: str
    thumb: str
    asset_state: str
    name: str
    width: int
    height: int
    group_key: str | None
    licence: str
    consent: str
    provenance: dict[str, Any]
    measurement: dict[str, Any]
    labels: list[dict[str, Any]] | None = None
    side: str | None = None


@dataclass(frozen=True, slots=True)
class NewReference:
    """An item that was only listed."""

    name: str
    group_key: str | None
    licence: str
    consent: str
    provenance: dict[str, Any]


@dataclass(frozen=True, slots=True)
class NewRefusal:
    """Something that stays outside, and why."""

    name: str
    check_id: str
    kind: str
    count: int
    detail: str


def write_items(
    session: Session, project_id: UUID, batch_id: UUID, label_format: str, items: Sequence[NewItem]
) -> tuple[int, int]:
    """Adds items, assets and raw labels; what is there already stays as it is. Returns (new items, new labels)."""
    if not items:
        return 0, 0
    _copy(session, (_item_row(item) for item in items))
    session.execute(_ASSETS)
    keys = {"project": project_id, "batch": batch_id}
    added = _rows(session.execute(_ITEMS, keys))
    labelled = _rows(session.execute(_LABELS, {**keys, "format": label_format}))
    session.execute(text("TRUNCATE tg_incoming"))
    add_count(session, project_id, "ok", added)
    return added, labelled


def write_references(session: Session, project_id: UUID, batch_id: UUID, rows: Iterable[tuple[Any, ...]]) -> int:
    """Adds unread items (rows of `reference_row`) whose names are new in the project. Returns how many."""
    session.execute(_UNREAD_ASSET, {"id": new_id()})
    asset_id = session.execute(text("SELECT id FROM asset WHERE sha256 = ''")).scalar_one()
    _copy(session, rows)
    added = _rows(session.execute(_REFERENCES, {"project": project_id, "batch": batch_id, "asset": asset_id}))
    session.execute(text("TRUNCATE tg_incoming"))
    add_count(session, project_id, "unread", added)
    return added


def fill_references(session: Session, project_id: UUID, items: Sequence[tuple[UUID, NewItem]]) -> int:
    """Gives listed items the content that was read. Returns how many; they are in use from then on."""
    if not items:
        return 0
    _copy(session, ((row[0], item_id, *row[2:]) for item_id, row in ((i, _item_row(item)) for i, item in items)))
    session.execute(_ASSETS)
    filled = _rows(session.execute(_FILL))
    session.execute(text("TRUNCATE tg_incoming"))
    add_count(session, project_id, "unread", -filled)
    add_count(session, project_id, "ok", filled)
    return filled


def write_refusals(session: Session, project_id: UUID, batch_id: UUID, refusals: Sequence[NewRefusal]) -> int:
    """Adds refusals, each name and reason once. Returns how many were new."""
    if not refusals:
        return 0
    rows = [
        {
            "id": str(new_id()),
            "name": clean(refusal.name)[:500],
            "check": refusal.check_id[:60],
            "kind": refusal.kind[:60],
            "count": refusal.count,
            "detail": clean(refusal.detail)[:1000],
        }
        for refusal in refusals
    ]
    keys = {"project": project_id, "batch": batch_id, "rows": orjson.dumps(rows).decode()}
    return _rows(session.execute(_REFUSALS, keys))


def add_count(session: Session, project_id: UUID, state: str, number: int) -> None:
    """Moves the counter of a state."""
    if number:
        session.execute(_COUNT, {"id": new_id(), "project": project_id, "state": state, "n": number})


def refresh_statistics(session: Session) -> None:
    """Lets the planner see how much an import has added: the database's own rounds come up to minutes later."""
    session.execute(text("SELECT collect_refresh_statistics()"))


def clean(value: str) -> str:
    """Text that the database can hold: no NUL, no half characters from file names of unknown encoding."""
    return value.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")


def _rows(result: Any) -> int:
    return int(result.rowcount)


def _copy(session: Session, rows: Iterable[tuple[Any, ...]]) -> None:
    session.execute(text(_TEMPORARY))
    raw = session.connection().connection.driver_connection
    cursor: Cursor[Any]
    with raw.cursor() as cursor:  # type: ignore[union-attr]
        with cursor.copy(f"COPY tg_incoming ({COLUMNS}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)


def _item_row(item: NewItem) -> tuple[Any, ...]:
    return (
        new_id(),
        new_id(),
        new_id(),
        item.sha256,
        item.size,
        item.media_type,
        item.location,
        item.preview,
        item.thumb,
        item.asset_state,
        item.name,
        item.width,
        item.height,
        item.group_key,
        item.licence,
        item.consent,
        orjson.dumps(item.provenance).decode(),
        orjson.dumps(item.measurement).decode(),
        None if item.labels is None else orjson.dumps(item.labels).decode(),
        item.labels is not None and not item.labels,
        item.side,
    )


_NONE7 = (None,) * 7


def reference_row(item: NewReference) -> tuple[Any, ...]:
    """A listed item as a row to copy."""
    return (
        None,
        new_id(),
        None,
        *_NONE7,
        item.name,
        None,
        None,
        item.group_key,
        item.licence,
        item.consent,
        orjson.dumps(item.provenance).decode(),
        None,
        None,
        None,
        None,
    )
