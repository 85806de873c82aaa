"""How far the cases of the loop have come, read from what the other stages have written down.

Each statement moves the cases of one step, from facts alone, so that it can run at any time, any number of times.
Times are those of the facts where they have one.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from tongguan.core.database import Session

_MOVED = "reached = c.reached || jsonb_build_object('{state}', to_jsonb({when}))"

# A task that was closed (the item was refused or erased, or somebody left it out) before anybody answered it.
_CLOSED = """
    UPDATE loop_case c SET state = 'closed', note = 'task_closed', {moved}
    FROM task t
    WHERE t.id = c.task_id AND c.state = 'task' AND t.state IN ('closed', 'left_out') AND {mine}"""
_ANSWERED = """
    UPDATE loop_case c SET state = 'answered', annotation_id = a.id, {moved}
    FROM (SELECT DISTINCT ON (task_id) task_id, id, submitted_at FROM annotation
          WHERE state <> 'deleted' ORDER BY task_id, id) a
    WHERE a.task_id = c.task_id AND c.state = 'task' AND {mine}"""
_ACCEPTED = """
    UPDATE loop_case c SET state = 'accepted', annotation_id = a.id, revision_id = a.current_revision_id, {moved}
    FROM loop_case o JOIN LATERAL (
        SELECT a.id, a.current_revision_id FROM annotation a LEFT JOIN consensus s ON s.task_id = a.task_id
        WHERE a.task_id = o.task_id AND a.state = 'accepted' AND (s.state IS NULL OR s.state <> 'open')
        ORDER BY (s.annotation_id IS NOT DISTINCT FROM a.id) DESC, a.id LIMIT 1) a ON true
    WHERE o.id = c.id AND c.state IN ('task', 'answered') AND {mine}
    RETURNING c.id, c.item_id, c.annotation_id"""
# The answer was deleted, or sent back: the case waits for the next one.
_TAKEN_BACK = """
    UPDATE loop_case c SET state = 'task', annotation_id = NULL, revision_id = NULL, {moved}
    FROM annotation a
    WHERE a.id = c.annotation_id AND c.state IN ('answered', 'accepted')
        AND (a.state = 'deleted' OR (c.state = 'accepted' AND a.state <> 'accepted')) AND {mine}"""
_FROZEN = """
    UPDATE loop_case c SET state = 'frozen', dataset_version_id = e.version_id, side = e.side,
        revision_id = e.revision_id, note = '', {moved}
    FROM loop_case o JOIN LATERAL (
        SELECT e.version_id, e.side, e.revision_id, v.frozen_at FROM dataset_entry e
        JOIN dataset_version v ON v.id = e.version_id AND v.state = 'frozen'
        WHERE e.item_id = o.item_id AND e.annotation_id = o.annotation_id ORDER BY v.number LIMIT 1) e ON true
    WHERE o.id = c.id AND c.state = 'accepted' AND {mine}"""
# Accepted, and a later version was frozen without it: people want to know why.
_LEFT_OUT = """
    UPDATE loop_case c SET note = 'left_out'
    FROM loop_case o JOIN LATERAL (
        SELECT l.id FROM dataset_left_out l JOIN dataset_version v ON v.id = l.version_id AND v.state = 'frozen'
        WHERE l.item_id = o.item_id LIMIT 1) l ON true
    WHERE o.id = c.id AND c.state = 'accepted' AND c.note <> 'left_out' AND {mine}"""
# Models that learnt from the case's answer: trained on a version that holds it on the side `train`.
_LEARNT = """
    SELECT m.id, m.created_at FROM model_version m
    JOIN dataset_entry e ON e.version_id = m.dataset_version_id AND e.item_id = o.item_id
        AND e.annotation_id = o.annotation_id AND e.side = 'train'
    WHERE m.project_id = o.project_id"""
_TRAINED = f"""
    UPDATE loop_case c SET state = 'trained', model_version_id = m.id, {{moved}}
    FROM loop_case o JOIN LATERAL ({_LEARNT} ORDER BY m.number LIMIT 1) m ON true
    WHERE o.id = c.id AND c.state = 'frozen' AND c.side = 'train' AND {{mine}}"""  # noqa: S608 fixed parts
_EVALUATED = f"""
    UPDATE loop_case c SET state = 'evaluated', model_version_id = e.model_version_id, evaluation_id = e.id, {{moved}}
    FROM loop_case o JOIN LATERAL (
        SELECT e.id, e.model_version_id, e.ended_at FROM evaluation e
        WHERE e.state = 'done' AND e.model_version_id IN (SELECT id FROM ({_LEARNT}) learnt)
        ORDER BY e.number LIMIT 1) e ON true
    WHERE o.id = c.id AND c.state = 'trained' AND {{mine}}"""  # noqa: S608 fixed parts
# Live where the prediction came from; the change is the one that put the model there.
_DEPLOYED = f"""
    UPDATE loop_case c SET state = 'deployed', model_version_id = d.live_model_id, change_id = d.change_id, {{moved}}
    FROM loop_case o JOIN LATERAL (
        SELECT d.live_model_id, d.live_since, (SELECT g.id FROM deployment_change g
            WHERE g.deployment_id = d.id AND g.after ->> 'live_model_id' = d.live_model_id::text
            ORDER BY g.id DESC LIMIT 1) AS change_id
        FROM deployment d
        WHERE d.id = o.deployment_id AND d.live_model_id IN (SELECT id FROM ({_LEARNT}) learnt)) d ON true
    WHERE o.id = c.id AND c.state IN ('trained', 'evaluated') AND {{mine}}"""  # noqa: S608 fixed parts
_STEPS: tuple[tuple[str, str, str], ...] = (
    (_CLOSED, "closed", "now()"),
    (_TAKEN_BACK, "task", "now()"),
    (_ANSWERED, "answered", "a.submitted_at"),
    (_ACCEPTED, "accepted", "now()"),
    (_FROZEN, "frozen", "e.frozen_at"),
    (_LEFT_OUT, "", ""),
    (_TRAINED, "trained", "m.created_at"),
    (_EVALUATED, "evaluated", "coalesce(e.ended_at, now())"),
    (_DEPLOYED, "deployed", "coalesce(d.live_since, now())"),
)
_MINE = "(CAST(:project AS uuid) IS NULL OR c.project_id = :project)"


def follow(session: Session, project_id: UUID | None) -> list[Row[Any]]:
    """Moves every case as far as the facts say; returns those accepted just now (id, item_id, annotation_id)."""
    accepted: list[Row[Any]] = []
    for statement, state, when in _STEPS:
        moved = _MOVED.format(state=state, when=when)
        rows = session.execute(text(statement.format(moved=moved, mine=_MINE)), {"project": project_id})
        if state == "accepted":
            accepted = list(rows)
    return accepted


def older_answers(session: Session, item_id: UUID, annotation_id: UUID) -> list[UUID]:
    """Accepted answers to an item from other tasks than that of an answer: the new one takes their place."""
    return list(
        session.execute(
            text(
                "SELECT a.id FROM annotation a JOIN annotation mine ON mine.id = :mine "
                "WHERE a.item_id = :item AND a.state = 'accepted' AND a.purpose = 'ordinary' "
                "AND a.task_id <> mine.task_id"
            ),
            {"item": item_id, "mine": annotation_id},
        ).scalars()
    )
