"""Tasks: made, moved to a new rule version, closed, listed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from tongguan.annotate.repository.leases import as_json
from tongguan.core.database import Session
from tongguan.core.ids import new_id

_CREATE = text("""
    INSERT INTO task (id, project_id, item_id, rule_version_id, purpose, person_id, rank, priority, needed, open_slots,
        gold_id, attempt_id, rework_of, rework, min_level)
    SELECT CASE WHEN :purpose = 'gold' THEN annotate_like_id(:project, :now) ELSE annotate_new_id(:now) END,
        i.project_id, i.id, :version, :purpose, CAST(:person AS uuid), (random() * 4611686018427387903)::bigint,
        :priority, :needed, :needed, CAST(:gold AS uuid), CAST(:attempt AS uuid), CAST(:rework_of AS uuid),
        CAST(:rework AS jsonb), :min_level
    FROM unnest(CAST(:items AS uuid[])) WITH ORDINALITY AS w(id, nr)
    JOIN item i ON i.id = w.id AND i.project_id = :project ORDER BY w.nr RETURNING id, item_id""")
# Items in use without a task; what is reserved (gold) gets none.
_MISSING = """
    FROM item i
    WHERE i.project_id = :project AND i.state = 'ok' AND i.id > :after
        AND (CAST(:batch AS uuid) IS NULL OR i.batch_id = :batch)
        AND (CAST(:items AS uuid[]) IS NULL OR i.id = ANY(:items))
        AND (CAST(:query AS text) IS NULL OR i.name ILIKE :query)
        AND NOT EXISTS (SELECT 1 FROM reserved_item r WHERE r.item_id = i.id)
        AND NOT EXISTS (SELECT 1 FROM task t WHERE t.item_id = i.id AND t.state <> 'closed' AND t.rework_of IS NULL)"""
_COUNT_MISSING = text(f"SELECT count(*) FROM (SELECT 1 {_MISSING} LIMIT :most) AS counted")  # noqa: S608 fixed parts
_CREATE_MISSING = text(f"""
    WITH chosen AS (SELECT i.id {_MISSING} ORDER BY i.id LIMIT :most),
    made AS (
        INSERT INTO task (id, project_id, item_id, rule_version_id, rank, priority, needed, open_slots)
        SELECT annotate_new_id(:now), :project, chosen.id, :version, (random() * 4611686018427387903)::bigint,
            :priority, :needed, :needed FROM chosen RETURNING item_id)
    SELECT count(*) AS made, (SELECT id FROM chosen ORDER BY id DESC LIMIT 1) AS last FROM made""")  # noqa: S608 fixed parts
_TOTAL = text("""
    INSERT INTO task_total AS c (id, project_id, purpose, created, closed, done)
    VALUES (:id, :project, :purpose, :created, :closed, :done)
    ON CONFLICT ON CONSTRAINT uq_task_total_project_id_purpose DO UPDATE SET
        created = c.created + excluded.created, closed = c.closed + excluded.closed, done = c.done + excluded.done""")
FIRST = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which items get tasks, and of what kind."""

    project_id: UUID
    version_id: UUID
    needed: int
    priority: int
    batch_id: UUID | None = None
    item_ids: Sequence[UUID] | None = None
    query: str | None = None

    def filter(self) -> dict[str, Any]:
        """The parameters of the filter."""
        pattern = None
        if self.query:
            escaped = self.query.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
            pattern = f"%{escaped}%"
        return {
            "project": self.project_id,
            "batch": self.batch_id,
            "items": None if self.item_ids is None else list(self.item_ids),
            "query": pattern,
        }


def create(
    session: Session, project_id: UUID, item_ids: Sequence[UUID], now: datetime, fields: dict[str, Any]
) -> list[UUID]:
    """Makes one task for each item, in their order; unknown items make none."""
    rows = session.execute(
        _CREATE,
        {**fields, "project": project_id, "items": list(item_ids), "now": now, "rework": as_json(fields["rework"])},
    ).all()
    by_item = {row.item_id: row.id for row in rows}
    purpose = "rework" if fields["rework_of"] else fields["purpose"]
    add_total(session, project_id, purpose, created=len(rows))
    return [by_item[item_id] for item_id in item_ids if item_id in by_item]


def count_missing(session: Session, wanted: Wanted, most: int) -> int:
    """How many items of the filter have no task, counted up to `most`."""
    values = {**wanted.filter(), "after": FIRST, "most": most}
    return int(session.execute(_COUNT_MISSING, values).scalar_one())


def create_missing(session: Session, wanted: Wanted, after: UUID, most: int, now: datetime) -> tuple[int, UUID | None]:
    """Makes tasks for the next items of the filter without one; returns how many and the last item, None at the end."""
    row = session.execute(
        _CREATE_MISSING,
        {
            **wanted.filter(),
            "version": wanted.version_id,
            "priority": wanted.priority,
            "needed": wanted.needed,
            "after": after,
            "most": most,
            "now": now,
        },
    ).one()
    if row.made:
        add_total(session, wanted.project_id, "ordinary", created=row.made)
    return row.made, row.last


def add_total(
    session: Session, project_id: UUID, purpose: str, created: int = 0, closed: int = 0, done: int = 0
) -> None:
    """Counts tasks that were made, closed (negative: opened again), or done without a person."""
    session.execute(
        _TOTAL,
        {"id": new_id(), "project": project_id, "purpose": purpose, "created": created, "closed": closed, "done": done},
    )


def bulk_lock(session: Session, project_id: UUID) -> None:
    """Makes bulk changes of a project wait for each other."""
    session.execute(text("SELECT annotate_bulk_lock(:project)"), {"project": project_id})


def by_project(session: Session, task_ids: Sequence[UUID]) -> dict[UUID, list[UUID]]:
    """Tasks grouped by their project."""
    rows = session.execute(
        text(
            "SELECT project_id, array_agg(id ORDER BY id) AS ids FROM task WHERE id = ANY(:ids) GROUP BY 1 ORDER BY 1"
        ),
        {"ids": list(task_ids)},
    )
    return {row.project_id: row.ids for row in rows}


def live_leases(session: Session, task_ids: Sequence[UUID]) -> list[UUID]:
    """Live leases on tasks."""
    return list(
        session.execute(
            text("SELECT id FROM lease WHERE task_id = ANY(:ids) AND state IN ('next', 'open') ORDER BY id"),
            {"ids": list(task_ids)},
        ).scalars()
    )


def tasks_of_items(session: Session, project_id: UUID, item_ids: Sequence[UUID]) -> list[UUID]:
    """Tasks of items that are not finished."""
    return list(
        session.execute(
            text(
                "SELECT id FROM task WHERE item_id = ANY(:items) AND project_id = :project "
                "AND state IN ('open', 'full') ORDER BY id"
            ),
            {"items": list(item_ids), "project": project_id},
        ).scalars()
    )


def tasks_of_unused(session: Session, project_id: UUID) -> list[UUID]:
    """Unfinished tasks of items that were refused or erased."""
    return list(
        session.execute(
            text(
                "SELECT t.id FROM item i JOIN task t ON t.item_id = i.id AND t.state IN ('open', 'full') "
                "WHERE i.project_id = :project AND i.state IN ('refused', 'erased') ORDER BY t.id"
            ),
            {"project": project_id},
        ).scalars()
    )


def untouched_of_items(session: Session, project_id: UUID, item_ids: Sequence[UUID]) -> list[UUID]:
    """Ordinary tasks of items that nobody has answered or holds."""
    return list(
        session.execute(
            text(
                "SELECT id FROM task WHERE item_id = ANY(:items) AND project_id = :project AND purpose = 'ordinary' "
                "AND state = 'open' AND open_slots = needed AND answered = 0 AND rework_of IS NULL ORDER BY id"
            ),
            {"items": list(item_ids), "project": project_id},
        ).scalars()
    )


def set_state(session: Session, project_id: UUID, task_ids: Sequence[UUID], state: str) -> int:
    """Leaves tasks out, closes them, or opens closed ones again; finished tasks stay. Returns how many changed."""
    fresh = (
        "CASE WHEN answered >= needed THEN 'done' WHEN open_slots = 0 THEN 'full' ELSE 'open' END"
        if state == "open"
        else ":state"
    )
    before = "('left_out', 'closed')" if state == "open" else "('open', 'full')"
    rows = session.execute(
        text(
            f"UPDATE task SET state = {fresh} WHERE id = ANY(:ids) AND project_id = :project "  # noqa: S608 fixed parts
            f"AND state IN {before} RETURNING purpose, rework_of IS NOT NULL AS rework"
        ),
        {"ids": list(task_ids), "project": project_id, "state": state},
    ).all()
    for purpose in {("rework" if row.rework else row.purpose) for row in rows}:
        changed = sum(1 for row in rows if ("rework" if row.rework else row.purpose) == purpose)
        add_total(session, project_id, purpose, closed=-changed if state == "open" else changed)
    return len(rows)


def set_priority(session: Session, project_id: UUID, task_ids: Sequence[UUID], priority: int) -> int:
    """Sets the priority of unfinished tasks."""
    return len(
        session.execute(
            text(
                "UPDATE task SET priority = :priority WHERE id = ANY(:ids) AND project_id = :project "
                "AND state IN ('open', 'full') RETURNING id"
            ),
            {"ids": list(task_ids), "project": project_id, "priority": priority},
        ).all()
    )


def settle(session: Session, task_ids: Sequence[UUID]) -> None:
    """Marks tasks as settled: their answer is accepted."""
    session.execute(
        text("UPDATE task SET state = 'settled' WHERE id = ANY(:ids) AND state IN ('open', 'full', 'done')"),
        {"ids": list(task_ids)},
    )


def settle_single(session: Session, annotation_ids: Sequence[UUID]) -> None:
    """Settles the tasks of accepted answers where one answer is enough."""
    session.execute(
        text(
            "UPDATE task SET state = 'settled' WHERE state IN ('full', 'done') AND needed = 1 "
            "AND id IN (SELECT task_id FROM annotation WHERE id = ANY(:ids))"
        ),
        {"ids": list(annotation_ids)},
    )


def move_to_version(
    session: Session, project_id: UUID, version_id: UUID, after: UUID, most: int
) -> tuple[int, UUID | None]:
    """Moves the next unclaimed tasks to a rule version; those that a claim holds at this moment move by the claim."""
    row = session.execute(
        text("""
            WITH part AS (
                SELECT id, rule_version_id, purpose FROM task
                WHERE project_id = :project AND state = 'open' AND id > :after ORDER BY id LIMIT :most),
            free AS (
                SELECT t.id FROM task t JOIN part USING (id)
                WHERE part.rule_version_id <> :version AND part.purpose IN ('ordinary', 'gold') AND t.open_slots > 0
                FOR UPDATE OF t SKIP LOCKED),
            moved AS (UPDATE task SET rule_version_id = :version WHERE id IN (SELECT id FROM free) RETURNING 1)
            SELECT (SELECT count(*) FROM moved) AS moved, (SELECT id FROM part ORDER BY id DESC LIMIT 1) AS last"""),
        {"project": project_id, "version": version_id, "after": after, "most": most},
    ).one()
    return row.moved, row.last


def outdated_next(session: Session, project_id: UUID, version_id: UUID) -> list[UUID]:
    """Preloaded leases under another rule version."""
    return list(
        session.execute(
            text(
                "SELECT id FROM lease WHERE project_id = :project AND state = 'next' AND NOT study "
                "AND rule_version_id <> :version ORDER BY id FOR UPDATE SKIP LOCKED"
            ),
            {"project": project_id, "version": version_id},
        ).scalars()
    )


def release_rework(
    session: Session, person_id: UUID, task_id: UUID | None = None, project_id: UUID | None = None
) -> int:
    """Gives open rework of a person to everybody, as ordinary tasks: one task, those of a project, or all."""
    rows = session.execute(
        text(
            "UPDATE task SET person_id = NULL, rework_of = NULL, rework = NULL WHERE person_id = :person "
            "AND purpose = 'ordinary' AND state = 'open' AND open_slots > 0 AND answered = 0 "
            "AND (CAST(:task AS uuid) IS NULL OR id = :task) "
            "AND (CAST(:project AS uuid) IS NULL OR project_id = :project) RETURNING project_id"
        ),
        {"person": person_id, "task": task_id, "project": project_id},
    ).scalars()
    projects = rows.all()
    for project_id in projects:
        add_total(session, project_id, "rework", created=-1)
        add_total(session, project_id, "ordinary", created=1)
    return len(projects)


def add_skip(session: Session, lease_id: UUID, reason: str, note: str, now: datetime) -> None:
    """Writes down why a person skipped the task of a lease."""
    session.execute(
        text("""
            INSERT INTO skip (id, created_at, project_id, task_id, item_id, person_id, lease_id, reason, note)
            SELECT :id, :now, l.project_id, l.task_id, t.item_id, l.person_id, l.id, :reason, :note
            FROM lease l JOIN task t ON t.id = l.task_id WHERE l.id = :lease"""),
        {"id": new_id(), "lease": lease_id, "reason": reason, "note": note, "now": now},
    )


def page(
    session: Session,
    project_id: UUID,
    limit: int,
    after: tuple[str, UUID] | None,
    state: str | None = None,
    purpose: str | None = None,
    item_id: UUID | None = None,
) -> Sequence[Row[Any]]:
    """Tasks in the order of state and id, behind a key. Only the filters asked for are in the query, so that each plan
    finds its index."""
    filters = {"state": state, "purpose": purpose, "item_id": item_id}
    used = {name: value for name, value in filters.items() if value is not None}
    where = "".join(f" AND t.{name} = :{name}" for name in used)
    if after is not None:
        where += " AND (t.state, t.id) > (:state_after, :id_after)"
        used |= {"state_after": after[0], "id_after": after[1]}
    return session.execute(
        text(f"""
            SELECT t.id, t.item_id, i.name AS item_name, t.rule_version_id, t.purpose, t.person_id, t.priority,
                t.needed, t.open_slots, t.answered, t.skips, t.state, t.rework_of, t.created_at,
                ARRAY(SELECT l.person_id FROM lease l WHERE l.task_id = t.id AND l.state IN ('next', 'open')) AS holders
            FROM task t JOIN item i ON i.id = t.item_id
            WHERE t.project_id = :project{where}
            ORDER BY t.state, t.id LIMIT :limit"""),  # noqa: S608 names from the code
        {"project": project_id, "limit": limit, **used},
    ).all()


def reserve_items(session: Session, project_id: UUID, item_ids: Sequence[UUID], reason: str) -> None:
    """Keeps items out of ordinary work from now on."""
    session.execute(
        text(
            "INSERT INTO reserved_item (id, project_id, item_id, reason) "
            "SELECT annotate_new_id(now()), :project, w.id, :reason "
            "FROM unnest(CAST(:items AS uuid[])) AS w(id) ON CONFLICT DO NOTHING"
        ),
        {"project": project_id, "items": list(item_ids), "reason": reason},
    )


def release_items(session: Session, project_id: UUID, item_ids: Sequence[UUID]) -> None:
    """Lets items into ordinary work again."""
    session.execute(
        text("DELETE FROM reserved_item WHERE project_id = :project AND item_id = ANY(:items)"),
        {"project": project_id, "items": list(item_ids)},
    )


def totals(session: Session, project_id: UUID) -> dict[str, int]:
    """Tasks of a project from its counters: created, closed, done; and leases held now."""
    row = session.execute(
        text("""
            SELECT coalesce(t.created, 0) AS created, coalesce(t.closed, 0) AS closed,
                coalesce(t.done, 0)
                + coalesce((SELECT sum(done) FROM person_count WHERE project_id = :project), 0) AS done,
                (SELECT count(*) FROM lease
                 WHERE project_id = :project AND state IN ('next', 'open') AND NOT study) AS held
            FROM (SELECT 1) AS one LEFT JOIN task_total t ON t.project_id = :project AND t.purpose = 'ordinary'"""),
        {"project": project_id},
    ).one()
    return {"created": int(row.created), "closed": int(row.closed), "done": int(row.done), "held": int(row.held)}


_OPEN_ITEMS = (
    "FROM task WHERE project_id = :project AND state = 'open' AND open_slots > 0 AND purpose IN ('ordinary', 'gold')"
)


def open_items(session: Session, project_id: UUID, after: UUID | None, limit: int) -> list[UUID]:
    """Items that still wait for an answer, hidden gold among them (it has to look like the rest), by id."""
    rows = session.execute(
        text(f"SELECT DISTINCT item_id {_OPEN_ITEMS} AND item_id > :after ORDER BY item_id LIMIT :limit"),
        {"project": project_id, "after": after or UUID(int=0), "limit": limit},
    )
    return [row.item_id for row in rows]


def count_open_items(session: Session, project_id: UUID) -> int:
    """How many items still wait for an answer."""
    found = session.execute(text(f"SELECT count(DISTINCT item_id) {_OPEN_ITEMS}"), {"project": project_id})
    return int(found.scalar() or 0)
