"""What quality reads of the tables of earlier stages, by name; it never writes them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from tongguan.core.database import Session

# One accepted answer of an ordinary task for each item: the one that was settled, else the first. Gold is never given
# out, whatever was answered before it became gold, nor is an item whose answers still differ.
_SETTLED = text("""
    SELECT DISTINCT ON (a.item_id) a.item_id, a.id AS annotation_id, a.current_revision_id AS revision_id
    FROM annotation a
    LEFT JOIN consensus c ON c.task_id = a.task_id
    WHERE a.project_id = :project_id AND a.state = 'accepted' AND a.purpose = 'ordinary'
      AND (c.state IS NULL OR c.state <> 'open')
      AND NOT EXISTS (SELECT 1 FROM gold g
                      WHERE g.project_id = a.project_id AND g.item_id = a.item_id AND g.state = 'live')
    ORDER BY a.item_id, (c.annotation_id IS NOT DISTINCT FROM a.id) DESC, a.id
""")


def settled(session: Session, project_id: UUID) -> Iterator[Row[Any]]:
    """(item_id, annotation_id, revision_id) of every settled item, by item, streamed."""
    return session.execute(_SETTLED, {"project_id": project_id}, execution_options={"yield_per": 2000}).yield_per(2000)


_TASK = (
    "SELECT id, project_id, item_id, rule_version_id, purpose, person_id, needed, state, gold_id, rework_of FROM task"
)


def task(session: Session, task_id: UUID) -> Row[Any] | None:
    """The facts of a task that decide how its answers are judged."""
    return session.execute(text(f"{_TASK} WHERE id = :id"), {"id": task_id}).one_or_none()


def tasks(session: Session, ids: Iterable[UUID]) -> dict[UUID, Row[Any]]:
    """The same of several tasks, by id."""
    query = text(f"{_TASK} WHERE id = ANY(:ids)")
    return {row.id: row for row in session.execute(query, {"ids": list(ids)})}


def annotation_facts(session: Session, ids: Iterable[UUID]) -> dict[UUID, Row[Any]]:
    """Head facts of annotations by id."""
    query = text(
        "SELECT id, project_id, task_id, item_id, person_id, purpose, state, revision, current_revision_id, "
        "rule_version_id, source FROM annotation WHERE id = ANY(:ids)"
    )
    return {row.id: row for row in session.execute(query, {"ids": list(ids)})}


def revisions(session: Session, ids: Iterable[UUID]) -> dict[UUID, Row[Any]]:
    """Revisions by id, with labels."""
    query = text(
        "SELECT id, annotation_id, number, author_id, rule_version_id, labels, nothing, seconds, reason "
        "FROM annotation_revision WHERE id = ANY(:ids)"
    )
    return {row.id: row for row in session.execute(query, {"ids": list(ids)})}


def answers_of_task(session: Session, task_id: UUID) -> Sequence[Row[Any]]:
    """Live answers of people to a task, first submitted first."""
    query = text(
        "SELECT id, project_id, task_id, item_id, person_id, purpose, state, revision, current_revision_id, "
        "rule_version_id, source FROM annotation WHERE task_id = :id AND state NOT IN ('deleted', 'superseded') "
        "ORDER BY id"
    )
    return session.execute(query, {"id": task_id}).all()


def touched_by(session: Session, annotation_id: UUID) -> set[UUID]:
    """Everybody who wrote a revision of an annotation."""
    query = text("SELECT DISTINCT author_id FROM annotation_revision WHERE annotation_id = :id")
    return {row.author_id for row in session.execute(query, {"id": annotation_id}) if row.author_id}


def reserve_candidates(session: Session, project_id: UUID, person_id: UUID, limit: int) -> list[Row[Any]]:
    """Hidden gold that a person has neither made, nor answered, nor waiting, by chance."""
    query = text("""
        SELECT g.id, g.item_id FROM gold g
        WHERE g.project_id = :project_id AND g.use = 'hidden' AND g.state = 'live'
          AND g.created_by IS DISTINCT FROM :person_id
          AND NOT EXISTS (SELECT 1 FROM work w WHERE w.person_id = :person_id AND w.item_id = g.item_id)
          AND NOT EXISTS (SELECT 1 FROM task t WHERE t.item_id = g.item_id AND t.person_id = :person_id)
        ORDER BY random() LIMIT :limit
    """)
    values = {"project_id": project_id, "person_id": person_id, "limit": limit}
    return list(session.execute(query, values).all())


def reserved_gold(session: Session, project_id: UUID, person_id: UUID) -> int:
    """How many gold tasks wait for a person."""
    query = text(
        "SELECT count(*) FROM task WHERE project_id = :project_id AND person_id = :person_id "
        "AND purpose = 'gold' AND state = 'open' AND open_slots > 0"
    )
    return int(session.execute(query, {"project_id": project_id, "person_id": person_id}).scalar_one())


def open_tasks(session: Session, gold_id: UUID) -> list[UUID]:
    """Waiting tasks of one gold."""
    query = text("SELECT id FROM task WHERE gold_id = :gold_id AND state = 'open'")
    return [row.id for row in session.execute(query, {"gold_id": gold_id})]


def later_answers(session: Session, annotation_id: UUID, revision_id: UUID) -> list[UUID]:
    """Revisions after one, and the settled answer of the item: where a correction may stand."""
    query = text("""
        SELECT v.id FROM annotation_revision v
        WHERE v.annotation_id = :annotation_id
          AND v.number > (SELECT number FROM annotation_revision WHERE id = :revision_id)
        UNION ALL
        SELECT chosen.current_revision_id FROM annotation a
        JOIN consensus c ON c.task_id = a.task_id JOIN annotation chosen ON chosen.id = c.annotation_id
        WHERE a.id = :annotation_id
    """)
    return [row.id for row in session.execute(query, {"annotation_id": annotation_id, "revision_id": revision_id})]


# Submitted ordinary answers that no review, lot or comparison will ever reach.
_STRANDED = text("""
    SELECT a.id FROM annotation a JOIN task t ON t.id = a.task_id
    WHERE a.project_id = :project_id AND a.state = 'submitted' AND a.purpose = 'ordinary' AND a.source = 'person'
      AND a.submitted_at < :before
      AND NOT EXISTS (SELECT 1 FROM review r WHERE r.annotation_id = a.id AND r.state IN ('waiting', 'leased'))
      AND NOT EXISTS (SELECT 1 FROM lot_member m WHERE m.annotation_id = a.id AND m.outcome IS NULL)
      AND (t.needed < 2 OR a.revision > 1
           OR EXISTS (SELECT 1 FROM consensus c WHERE c.task_id = t.id AND c.state <> 'open'))
    ORDER BY a.id LIMIT 500
""")


def stranded(session: Session, project_id: UUID, before: datetime) -> list[UUID]:
    """Annotations submitted before a moment that stand in no queue."""
    return [row.id for row in session.execute(_STRANDED, {"project_id": project_id, "before": before})]


_GONE = text("""
    SELECT DISTINCT m.lot_id FROM lot l JOIN lot_member m ON m.lot_id = l.id AND m.outcome IS NULL
    JOIN annotation a ON a.id = m.annotation_id AND a.state IN ('deleted', 'superseded')
    WHERE l.project_id = :project_id AND l.state IN ('reviewing', 'screening')
""")


def lots_with_gone(session: Session, project_id: UUID) -> list[UUID]:
    """Lots under review that wait for annotations which no longer exist."""
    return [row.lot_id for row in session.execute(_GONE, {"project_id": project_id})]


def live_projects(session: Session) -> list[UUID]:
    """Projects that are not archived."""
    return [row.id for row in session.execute(text("SELECT id FROM project WHERE state <> 'archived' ORDER BY id"))]


def submitted_count(session: Session, project_id: UUID) -> int:
    """Whether people have submitted ordinary work: 0 or 1."""
    query = text(
        "SELECT count(*) FROM (SELECT 1 FROM annotation WHERE project_id = :project_id AND purpose = 'ordinary' "
        "AND source = 'person' LIMIT 1) one"
    )
    return int(session.execute(query, {"project_id": project_id}).scalar_one())
