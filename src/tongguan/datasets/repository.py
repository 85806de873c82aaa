"""All queries of datasets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, delete, func, select, text, tuple_, update
from sqlalchemy.dialects.postgresql import insert

from tongguan.core.database import Session
from tongguan.core.ids import new_id
from tongguan.datasets.models import DatasetEntry, DatasetLeftOut, DatasetVersion, Export, GroupSide

CHUNK = 1000


def version(session: Session, project_id: UUID, number: int) -> DatasetVersion | None:
    """A version by its number."""
    return session.scalar(
        select(DatasetVersion).where(DatasetVersion.project_id == project_id, DatasetVersion.number == number)
    )


def versions(session: Session, project_id: UUID) -> Sequence[DatasetVersion]:
    """All versions, newest first."""
    query = select(DatasetVersion).where(DatasetVersion.project_id == project_id)
    return session.scalars(query.order_by(DatasetVersion.number.desc())).all()


def next_number(session: Session, project_id: UUID) -> int:
    """The number of the next version; two makers follow each other by a lock on the project."""
    session.execute(text("SELECT 1 FROM project WHERE id = :id FOR UPDATE"), {"id": project_id})
    highest = session.scalar(select(func.max(DatasetVersion.number)).where(DatasetVersion.project_id == project_id))
    return (highest or 0) + 1


def sides(session: Session, project_id: UUID) -> dict[str, str]:
    """Sides written down so far, by group key."""
    query = select(GroupSide.group_key, GroupSide.side).where(GroupSide.project_id == project_id)
    return {row.group_key: row.side for row in session.execute(query)}


def write_sides(session: Session, project_id: UUID, decided: dict[str, str]) -> None:
    """Writes new groups' sides; those that are there stay as they are."""
    rows = [{"id": new_id(), "project_id": project_id, "group_key": key, "side": side} for key, side in decided.items()]
    for start in range(0, len(rows), CHUNK):
        session.execute(insert(GroupSide).on_conflict_do_nothing(), rows[start : start + CHUNK])


def earlier_keys(session: Session, project_id: UUID) -> dict[UUID, str]:
    """The key under which each item was decided in earlier frozen versions."""
    rows = session.execute(
        select(DatasetEntry.item_id, DatasetEntry.group_key)
        .join(DatasetVersion, DatasetVersion.id == DatasetEntry.version_id)
        .where(DatasetVersion.project_id == project_id, DatasetVersion.state == "frozen")
        .order_by(DatasetVersion.number.desc())
    )
    return {row.item_id: row.group_key for row in rows}


def clear(session: Session, version_id: UUID) -> None:
    """Removes what an interrupted building left."""
    session.execute(delete(DatasetEntry).where(DatasetEntry.version_id == version_id))
    session.execute(delete(DatasetLeftOut).where(DatasetLeftOut.version_id == version_id))


def add_entries(session: Session, rows: list[dict[str, Any]]) -> None:
    """Adds entries in chunks."""
    for start in range(0, len(rows), CHUNK):
        session.execute(insert(DatasetEntry), rows[start : start + CHUNK])


def add_left_out(session: Session, rows: list[dict[str, Any]]) -> None:
    """Adds what was left out."""
    if rows:
        session.execute(insert(DatasetLeftOut), rows)


def entries_page(
    session: Session, version_id: UUID, side: str | None, after: tuple[str, UUID] | None, limit: int
) -> Sequence[DatasetEntry]:
    """A window of entries by name."""
    query = select(DatasetEntry).where(DatasetEntry.version_id == version_id)
    if side:
        query = query.where(DatasetEntry.side == side)
    if after:
        query = query.where(tuple_(DatasetEntry.name, DatasetEntry.item_id) > tuple_(*after))
    return session.scalars(query.order_by(DatasetEntry.name, DatasetEntry.item_id).limit(limit)).all()


def entries(session: Session, version_id: UUID, size: int = CHUNK) -> Iterator[Sequence[DatasetEntry]]:
    """All entries by name, in chunks and constant memory."""
    after: tuple[str, UUID] | None = None
    while chunk := entries_page(session, version_id, None, after, size):
        yield chunk
        after = (chunk[-1].name, chunk[-1].item_id)
        session.expunge_all()


def left_out(session: Session, version_id: UUID, limit: int = 1000) -> Sequence[DatasetLeftOut]:
    """What a version left out."""
    query = select(DatasetLeftOut).where(DatasetLeftOut.version_id == version_id)
    return session.scalars(query.order_by(DatasetLeftOut.id).limit(limit)).all()


def diff(session: Session, before: UUID, after: UUID, limit: int | None) -> Sequence[Row[Any]]:
    """Items that differ between two versions, by name; without a limit only counts by kind of change."""
    kind = (
        "CASE WHEN b.item_id IS NULL THEN 'added' WHEN a.item_id IS NULL THEN 'removed' "
        "WHEN a.erased AND NOT b.erased THEN 'erased' ELSE 'relabelled' END"
    )
    rows = (
        "FROM (SELECT * FROM dataset_entry WHERE version_id = :before) b "
        "FULL JOIN (SELECT * FROM dataset_entry WHERE version_id = :after) a USING (item_id) "
        "WHERE b.item_id IS NULL OR a.item_id IS NULL OR a.revision_id <> b.revision_id OR a.erased <> b.erased"
    )
    values = {"before": before, "after": after}
    if limit is None:
        return session.execute(text(f"SELECT {kind} AS change, count(*) AS n {rows} GROUP BY 1"), values).all()
    columns = "item_id, coalesce(a.name, b.name) AS name, b.label_count AS labels_before, a.label_count AS labels_after"
    query = f"SELECT {columns}, {kind} AS change {rows} ORDER BY 2, 1 LIMIT :limit"
    return session.execute(text(query), {**values, "limit": limit}).all()


def mark_erased(session: Session, item_id: UUID) -> None:
    """Leaves a tombstone in every version that holds the item."""
    session.execute(update(DatasetEntry).where(DatasetEntry.item_id == item_id).values(erased=True))


def exports(session: Session, project_id: UUID, number: int | None = None) -> Sequence[Export]:
    """Exports of a project or of one version, newest first."""
    query = (
        select(Export)
        .join(DatasetVersion, DatasetVersion.id == Export.version_id)
        .where(DatasetVersion.project_id == project_id)
        .order_by(Export.id.desc())
        .limit(200)
    )
    return session.scalars(query if number is None else query.where(DatasetVersion.number == number)).all()


def export(session: Session, project_id: UUID, export_id: UUID) -> Export | None:
    """One export of a project."""
    return session.scalar(
        select(Export)
        .join(DatasetVersion, DatasetVersion.id == Export.version_id)
        .where(DatasetVersion.project_id == project_id, Export.id == export_id)
    )
