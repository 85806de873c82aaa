"""Keeping a lease: heartbeats, saves, handing back, skipping."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any
from uuid import UUID

from tongguan.annotate.repository import leases, tasks
from tongguan.annotate.repository.leases import Save
from tongguan.annotate.schemas import CommandsIn, CommandsOut, HeartbeatOut, LeaseEnded, SkipIn
from tongguan.annotate.service.refusing import Refused, lost, not_open, unknown_lease
from tongguan.annotate.service.showing import seconds_so_far
from tongguan.core import failpoints
from tongguan.core.clock import now
from tongguan.core.database import Session
from tongguan.core.errors import Conflict, Invalid
from tongguan.people.interface import organization_zone

ENDED = frozenset({"submitted", "returned", "expired", "skipped"})


def beat(session: Session, project_id: UUID, person_id: UUID, lease_id: UUID) -> HeartbeatOut | Refused:
    """A sign of life of a person's client: both leases live on. Refused lease.lost when this one is gone."""
    moment = now()
    if leases.lock(session, project_id, lease_id, person_id, moment) is None:
        raise unknown_lease()
    heard = leases.heard(session, person_id, moment)
    row = leases.facts(session, [lease_id])[0]
    if lease_id not in heard or heard[lease_id] is not None:
        return Refused(lost(lease_id, heard.get(lease_id) or _why(session, project_id, person_id, lease_id, moment)))
    return HeartbeatOut(
        lease_id=lease_id,
        state=row.state,
        seq=row.last_seq,
        seconds=seconds_so_far(row, moment),
        current_rule_version_id=row.current_version_id,
        ended=[LeaseEnded(lease_id=other, reason=why) for other, why in heard.items() if why is not None],
    )


def _why(session: Session, project_id: UUID, person_id: UUID, lease_id: UUID, moment: datetime) -> str | None:
    row = leases.lock(session, project_id, lease_id, person_id, moment)
    return None if row is None else row.end_reason or row.state


def client_times(commands: list[dict[str, Any]]) -> list[float] | None:
    """The client's clock of each command in seconds (its `at` in milliseconds); None when one has none."""
    times = []
    for command in commands:
        at = command.get("at")
        if isinstance(at, bool) or not isinstance(at, int | float) or not 0 <= at < 1e15:
            return None
        times.append(at / 1000)
    return times


def save_commands(
    session: Session, project_id: UUID, person_id: UUID, lease_id: UUID, wish: CommandsIn
) -> CommandsOut | Refused:
    """Stores a save; sent again it changes nothing. When the lease is gone the state is kept as a draft."""
    if wish.seq_from is None and wish.commands:
        raise Invalid("commands.number", "Commands need the number of the first one.", {"field": "seq_from"})
    what = Save(wish.seq_from, wish.commands, client_times(wish.commands), wish.offline, wish.labels, wish.nothing)
    row = store(session, project_id, person_id, lease_id, what)
    failpoints.hit("annotate.saved")
    if row.status == "missing":
        raise unknown_lease()
    if row.status == "not_open":
        raise not_open(lease_id)
    if row.status == "submitted":
        raise Conflict("lease.submitted", "This task was submitted already.", {"lease_id": str(lease_id)})
    if row.status == "lost":
        return Refused(lost(lease_id, row.reason, row.draft_id if wish.labels is not None else None))
    return CommandsOut(seq=row.seq)


def store(session: Session, project_id: UUID, person_id: UUID, lease_id: UUID, what: Save) -> Any:
    """One save in the database; a lease of another project is missing."""
    del project_id  # the lease's person is the caller, whose access to the project the route has checked
    return leases.save(session, lease_id, person_id, now(), what)


def hand_back(session: Session, project_id: UUID, person_id: UUID, lease_id: UUID) -> None:
    """Gives a task back; what was drawn is kept as a draft. Doing it twice is once."""
    moment = now()
    row = leases.lock(session, project_id, lease_id, person_id, moment)
    if row is None:
        raise unknown_lease()
    if row.state == "submitted":
        raise Conflict("lease.submitted", "This task was submitted already.", {"lease_id": str(lease_id)})
    if row.state not in ENDED:
        leases.end(session, lease_id, "returned", "returned", moment)


def skip(
    session: Session, project_id: UUID, person_id: UUID, lease_id: UUID, wish: SkipIn, limit: int
) -> Refused | None:
    """Gives a task back with a reason; this person does not get it again. Conflict skip.limit at the day's limit."""
    moment = now()
    row = leases.lock(session, project_id, lease_id, person_id, moment)
    if row is None:
        raise unknown_lease()
    if row.state == "skipped":
        return None
    if row.stale is not None:
        leases.end(session, lease_id, "expired", row.stale, moment)
        return Refused(lost(lease_id, row.stale))
    if row.state in ENDED:
        raise lost(lease_id, row.end_reason or row.state)
    if row.study:
        raise Conflict("skip.study", "Tasks of practice and exam cannot be skipped.")
    zone = organization_zone(session)
    midnight = datetime.combine(moment.astimezone(zone).date(), time(), zone)
    if leases.skipped_since(session, project_id, person_id, midnight) >= limit:
        raise Conflict("skip.limit", "You have skipped as many tasks as one day allows.", {"limit": limit})
    leases.end(session, lease_id, "skipped", wish.reason, moment)
    tasks.add_skip(session, lease_id, wish.reason, wish.note, moment)
    if row.rework_of is not None:
        tasks.release_rework(session, person_id, row.task_id)
    return None
