"""Imported answers in bulk: a settled task, a head and its first revision for each item, in one statement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from tongguan.annotate.repository.leases import as_json
from tongguan.core.database import Session

_STORE = text("""
    WITH given AS (
        SELECT DISTINCT ON (w.item) w.item, w.labels, w.nothing, i.project_id
        FROM jsonb_to_recordset(CAST(:answers AS jsonb)) AS w(item uuid, labels jsonb, nothing boolean)
        JOIN item i ON i.id = w.item AND i.project_id = :project AND i.state = 'ok'
        WHERE NOT EXISTS (SELECT 1 FROM annotation a WHERE a.item_id = w.item AND a.state <> 'deleted')
            AND NOT EXISTS (SELECT 1 FROM reserved_item r WHERE r.item_id = w.item)
            AND NOT EXISTS (SELECT 1 FROM task t WHERE t.item_id = w.item
                AND t.state IN ('open', 'full', 'done', 'settled')
                AND (t.open_slots < t.needed OR t.person_id IS NOT NULL))
        ORDER BY w.item),
    free AS (
        SELECT DISTINCT ON (t.item_id) t.id, t.item_id FROM task t JOIN given ON given.item = t.item_id
        WHERE t.state = 'open' AND t.purpose = 'ordinary' ORDER BY t.item_id, t.id),
    settled AS (
        UPDATE task SET state = 'settled', open_slots = 0, answered = needed, rule_version_id = :version
        WHERE id IN (SELECT id FROM free) RETURNING id, item_id),
    made AS (
        INSERT INTO task (id, project_id, item_id, rule_version_id, rank, needed, open_slots, answered, state)
        SELECT annotate_new_id(:now), project_id, item, :version, (random() * 4611686018427387903)::bigint, 1, 0, 1,
            'settled'
        FROM given WHERE item NOT IN (SELECT item_id FROM free) RETURNING id, item_id),
    heads AS (
        INSERT INTO annotation (id, project_id, task_id, item_id, batch_id, purpose, state, current_revision_id,
            rule_version_id, label_count, label_keys, source, submitted_at)
        SELECT annotate_new_id(:now), given.project_id, own.id, given.item, :batch, 'ordinary', 'accepted',
            annotate_new_id(:now), :version, jsonb_array_length(given.labels),
            coalesce((SELECT jsonb_agg(DISTINCT l.value -> 'label') FROM jsonb_array_elements(given.labels) l), '[]'),
            'import', :now
        FROM given JOIN (SELECT * FROM settled UNION ALL SELECT * FROM made) own ON own.item_id = given.item
        RETURNING id, item_id, current_revision_id),
    revisions AS (
        INSERT INTO annotation_revision (id, annotation_id, number, base, rule_version_id, labels, nothing, reason)
        SELECT heads.current_revision_id, heads.id, 1, 0, :version, given.labels, given.nothing, 'import'
        FROM heads JOIN given ON given.item = heads.item_id RETURNING 1)
    SELECT (SELECT count(*) FROM revisions) AS answers, (SELECT count(*) FROM made) AS made""")


@dataclass(frozen=True, slots=True)
class Stored:
    """What one call stored: answers, and tasks made for them."""

    answers: int
    made: int


def store(
    session: Session,
    project_id: UUID,
    batch_id: UUID,
    version_id: UUID,
    answers: Sequence[tuple[UUID, Sequence[dict[str, Any]], bool]],
    now: datetime,
) -> Stored:
    """Stores accepted answers of a batch for items that nobody has answered or holds."""
    given = [{"item": str(item), "labels": list(labels), "nothing": nothing} for item, labels, nothing in answers]
    row = session.execute(
        _STORE,
        {"answers": as_json(given), "project": project_id, "batch": batch_id, "version": version_id, "now": now},
    ).one()
    return Stored(row.answers, row.made)
