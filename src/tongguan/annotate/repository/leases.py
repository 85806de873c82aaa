"""Claiming, keeping, saving and submitting: each is one call of a function of the database (0007_annotate.sql)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Row, text

from tongguan.core.database import Session, direct
from tongguan.core.ids import new_id

# The current version of a project's rules, beside a row `l` that has a project_id.
_CURRENT = """LEFT JOIN LATERAL (
    SELECT c.id, c.major, c.minor FROM rule_version c WHERE c.project_id = l.project_id AND c.state = 'published'
    ORDER BY c.major DESC, c.minor DESC LIMIT 1) c ON true"""

_CLAIM = (
    "SELECT status, lease_id, elsewhere FROM annotate_claim("
    "%(project)s, %(person)s, %(slot)s, %(gold_share)s, %(now)s, %(lease)s, CAST(%(wanted)s AS uuid))"
)
_FACTS = f"""
    SELECT l.id AS lease_id, l.project_id, l.task_id, l.person_id, l.state, l.study, l.claimed_at, l.opened_at,
        l.heartbeat_at, l.last_command_at, l.counted_seconds, l.offline_seconds, l.last_seq, l.rule_version_id,
        v.major, v.minor, c.id AS current_version_id, t.item_id, t.rework, t.rework_of, t.attempt_id,
        d.labels AS draft_labels, d.nothing AS draft_nothing,
        coalesce(a.revision, 0) AS base, r.labels AS base_labels, r.nothing AS base_nothing,
        CASE WHEN l.study THEN NULL ELSE p.labels END AS prelabels, k.id AS kept_draft_id,
        i.batch_id, i.asset_id, i.name, i.media, i.width, i.height, i.bytes, s.sha256, s.media_type, i.group_key,
        i.cluster_key, i.cluster_links, i.licence, i.consent, i.state AS item_state, i.label_state, s.location,
        s.preview, s.thumb, s.tiles, s.state AS asset_state, i.created_at
    FROM lease l JOIN task t ON t.id = l.task_id JOIN item i ON i.id = t.item_id JOIN asset s ON s.id = i.asset_id
    JOIN rule_version v ON v.id = l.rule_version_id {_CURRENT}
    LEFT JOIN draft d ON d.lease_id = l.id AND d.state = 'live'
    LEFT JOIN annotation a ON a.id = t.rework_of
    LEFT JOIN annotation_revision r ON r.id = a.current_revision_id
    LEFT JOIN prelabel p ON p.id = l.prelabel_id
    LEFT JOIN LATERAL (SELECT k.id FROM draft k WHERE k.person_id = l.person_id AND k.project_id = l.project_id
        AND k.state = 'kept' AND k.task_id = l.task_id ORDER BY k.id DESC LIMIT 1) k ON true
    WHERE l.id = ANY(%(ids)s) ORDER BY l.state DESC, l.id"""  # noqa: S608 fixed parts
_HELD = text("""
    SELECT l.id FROM lease l
    WHERE l.project_id = :project AND l.person_id = :person AND l.state IN ('next', 'open') AND NOT l.study
        AND annotate_stale(l.state, l.claimed_at, l.heartbeat_at, :now) IS NULL ORDER BY l.state DESC""")
_LOCK = f"""
    SELECT l.id, l.project_id, l.task_id, l.person_id, l.state, l.study, l.end_reason, l.last_seq, l.rule_version_id,
        annotate_stale(l.state, l.claimed_at, l.heartbeat_at, %(now)s) AS stale,
        t.item_id, t.purpose, t.gold_id, t.attempt_id, t.rework_of, i.width, i.height, v.major, v.minor,
        c.id AS current_id, c.major AS current_major, c.minor AS current_minor,
        p.id AS prelabel_id, p.model_version_id, p.labels AS prelabels,
        (SELECT r.lease_id FROM annotation_revision r
            WHERE r.author_id = l.person_id AND r.submit_key = CAST(%(key)s AS text)) AS key_lease
    FROM lease l JOIN task t ON t.id = l.task_id JOIN item i ON i.id = t.item_id
    JOIN rule_version v ON v.id = l.rule_version_id {_CURRENT}
    LEFT JOIN prelabel p ON p.id = l.prelabel_id AND NOT l.study
    WHERE l.id = %(lease)s AND l.person_id = %(person)s AND l.project_id = %(project)s FOR UPDATE OF l"""  # noqa: S608 fixed parts
_SAVE = (
    "SELECT status, seq, reason, draft_id FROM annotate_save(%(lease)s, %(person)s, %(now)s, "
    "CAST(%(seq_from)s AS integer), CAST(%(commands)s AS jsonb), CAST(%(times)s AS double precision[]), %(offline)s, "
    "CAST(%(labels)s AS jsonb), %(nothing)s)"
)
_SUBMIT = (
    "SELECT status, annotation_id, revision, task_done, next_lease FROM annotate_submit(%(lease)s, %(now)s, "
    "%(annotation)s, %(new_revision)s, %(base)s, CAST(%(labels)s AS jsonb), %(nothing)s, CAST(%(commands)s AS bytea), "
    "%(key)s, %(count)s, CAST(%(keys)s AS jsonb))"
)


@dataclass(frozen=True, slots=True)
class Save:
    """What one save carries. `seq_from` None: the labels alone, behind what is stored."""

    seq_from: int | None
    commands: Sequence[Any]
    times: Sequence[float] | None
    offline: bool
    labels: Sequence[dict[str, Any]] | None
    nothing: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """A checked answer, as it is written."""

    revision_id: UUID
    base: int
    labels: Sequence[dict[str, Any]]
    nothing: bool
    commands: bytes | None
    key: str


def as_json(value: Any) -> str | None:
    """JSON text for a jsonb parameter."""
    return None if value is None else orjson.dumps(value).decode()


def claim(
    session: Session,
    project_id: UUID,
    person_id: UUID,
    slot: str,
    gold_share: float,
    now: datetime,
    wanted: UUID | None,
) -> Any:
    """Hands out the next task: status, lease_id, elsewhere (the project of a lease that is in the way)."""
    return direct(
        session,
        _CLAIM,
        {
            "project": project_id,
            "person": person_id,
            "slot": slot,
            "gold_share": gold_share,
            "now": now,
            "lease": new_id(),
            "wanted": wanted,
        },
    )[0]


def start_reserved(session: Session, task_id: UUID, person_id: UUID, now: datetime) -> UUID | None:
    """Opens a practice or exam task for its person; the running lease if there is one."""
    started: UUID | None = session.execute(
        text("SELECT annotate_start_reserved(:task, :person, :now, :lease)"),
        {"task": task_id, "person": person_id, "now": now, "lease": new_id()},
    ).scalar_one()
    return started


def facts(session: Session, lease_ids: Sequence[UUID]) -> list[Any]:
    """Everything that the work of a lease shows, the open one first."""
    return direct(session, _FACTS, {"ids": list(lease_ids)})


def held(session: Session, project_id: UUID, person_id: UUID, now: datetime) -> list[UUID]:
    """Live leases of a person in a project, the open one first."""
    return list(session.execute(_HELD, {"project": project_id, "person": person_id, "now": now}).scalars())


def lock(
    session: Session, project_id: UUID, lease_id: UUID, person_id: UUID, now: datetime, key: str | None = None
) -> Any:
    """Locks a lease of a person, with what is needed to judge what they want to do with it."""
    values = {"project": project_id, "lease": lease_id, "person": person_id, "now": now, "key": key}
    rows = direct(session, _LOCK, values)
    return rows[0] if rows else None


def open_next(session: Session, lease_id: UUID, now: datetime) -> None:
    """Opens a preloaded lease: its clock starts."""
    session.execute(
        text(
            "UPDATE lease SET state = 'open', opened_at = :now, last_command_at = :now, "
            "heartbeat_at = greatest(heartbeat_at, :now) WHERE id = :lease AND state = 'next'"
        ),
        {"lease": lease_id, "now": now},
    )


def has_open(session: Session, person_id: UUID) -> bool:
    """Whether a person holds an open lease on paid work, anywhere."""
    return bool(
        session.execute(
            text("SELECT EXISTS (SELECT 1 FROM lease WHERE person_id = :person AND state = 'open' AND NOT study)"),
            {"person": person_id},
        ).scalar()
    )


def heard(session: Session, person_id: UUID, now: datetime) -> dict[UUID, str | None]:
    """Notes a sign of life; returns each lease that was live, with the reason where it has just ended."""
    rows = session.execute(
        text("SELECT lease_id, reason FROM annotate_heard(:person, :now)"), {"person": person_id, "now": now}
    )
    return {row.lease_id: row.reason for row in rows}


def end(session: Session, lease_id: UUID, state: str, reason: str, now: datetime) -> bool:
    """Ends a live lease: its slot goes back, its draft is kept. False when it was not live."""
    return bool(
        session.execute(
            text("SELECT annotate_end(:lease, :state, :reason, :now)"),
            {"lease": lease_id, "state": state, "reason": reason, "now": now},
        ).scalar()
    )


def save(session: Session, lease_id: UUID, person_id: UUID, now: datetime, what: Save) -> Any:
    """Stores commands and the state they lead to: status, seq, reason, draft_id."""
    return direct(
        session,
        _SAVE,
        {
            "lease": lease_id,
            "person": person_id,
            "now": now,
            "seq_from": what.seq_from,
            "commands": as_json(list(what.commands)),
            "times": None if what.times is None else list(what.times),
            "offline": what.offline,
            "labels": as_json(what.labels),
            "nothing": what.nothing,
        },
    )[0]


def keep(
    session: Session,
    lease_id: UUID,
    now: datetime,
    labels: Sequence[dict[str, Any]] | None,
    nothing: bool,
    why: str | None,
) -> UUID:
    """Keeps an answer as a draft: kept with a reason, or live where the lease goes on (why None)."""
    kept: UUID = session.execute(
        text("SELECT annotate_keep(:lease, :now, CAST(:labels AS jsonb), :nothing, :state, :why)"),
        {
            "lease": lease_id,
            "now": now,
            "labels": as_json(labels),
            "nothing": nothing,
            "state": "live" if why is None else "kept",
            "why": why,
        },
    ).scalar_one()
    return kept


def commands(session: Session, lease_id: UUID) -> list[Any]:
    """All saved commands of a lease in their order."""
    rows = session.execute(
        text("SELECT commands FROM draft_command WHERE lease_id = :lease ORDER BY seq_from"), {"lease": lease_id}
    ).scalars()
    return [command for part in rows for command in part]


def submitted(session: Session, person_id: UUID, key: str) -> Row[Any] | None:
    """What a person stored under a submit key."""
    return session.execute(
        text(
            "SELECT r.id AS revision_id, r.annotation_id, r.number, r.lease_id, l.task_id, l.project_id "
            "FROM annotation_revision r JOIN lease l ON l.id = r.lease_id "
            "WHERE r.author_id = :person AND r.submit_key = :key"
        ),
        {"person": person_id, "key": key},
    ).one_or_none()


def next_lease(session: Session, project_id: UUID, person_id: UUID) -> UUID | None:
    """The preloaded lease of a person."""
    return session.execute(
        text(
            "SELECT id FROM lease WHERE person_id = :person AND project_id = :project AND state = 'next' AND NOT study"
        ),
        {"person": person_id, "project": project_id},
    ).scalar()


def submit(session: Session, lease_id: UUID, now: datetime, answer: Answer) -> Any:
    """Writes a checked answer: status, annotation_id, revision, task_done, next_lease."""
    return direct(
        session,
        _SUBMIT,
        {
            "lease": lease_id,
            "now": now,
            "annotation": new_id(),
            "new_revision": answer.revision_id,
            "base": answer.base,
            "labels": as_json(list(answer.labels)),
            "nothing": answer.nothing,
            "commands": answer.commands,
            "key": answer.key,
            "count": len(answer.labels),
            "keys": as_json(sorted({str(label["label"]) for label in answer.labels})),
        },
    )[0]


def skipped_since(session: Session, project_id: UUID, person_id: UUID, since: datetime) -> int:
    """How many tasks a person skipped since a moment."""
    return int(
        session.execute(
            text(
                "SELECT count(*) FROM skip WHERE person_id = :person AND project_id = :project AND created_at >= :since"
            ),
            {"person": person_id, "project": project_id, "since": since},
        ).scalar_one()
    )


def live_of_person(session: Session, person_id: UUID, project_id: UUID | None) -> list[UUID]:
    """All live leases of a person (in one project), study leases too."""
    return list(
        session.execute(
            text(
                "SELECT id FROM lease WHERE person_id = :person AND state IN ('next', 'open') "
                "AND (CAST(:project AS uuid) IS NULL OR project_id = :project) ORDER BY id"
            ),
            {"person": person_id, "project": project_id},
        ).scalars()
    )


def sweep(session: Session, now: datetime, most: int) -> int:
    """Ends leases that have run out in all projects of the organization; returns how many."""
    projects = session.execute(
        text(
            "SELECT DISTINCT project_id FROM lease WHERE state IN ('next', 'open') "
            "AND annotate_stale(state, claimed_at, heartbeat_at, :now) IS NOT NULL ORDER BY project_id"
        ),
        {"now": now},
    ).scalars()
    ended = 0
    for project_id in projects.all():
        session.execute(text("SELECT annotate_bulk_lock(:project)"), {"project": project_id})
        ended += int(
            session.execute(
                text("SELECT annotate_sweep(:project, :now, :most)"), {"project": project_id, "now": now, "most": most}
            ).scalar_one()
        )
    return ended


def anybody_works(session: Session) -> bool:
    """Whether anybody of the organization holds an open lease whose client was heard in the last two minutes."""
    found = session.execute(
        text("SELECT EXISTS (SELECT 1 FROM lease WHERE state = 'open' AND heartbeat_at > now() - interval '2 minutes')")
    ).scalar()
    return bool(found)
