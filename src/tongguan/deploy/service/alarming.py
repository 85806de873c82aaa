"""Alarms: opened once, closed by themselves or by a person, always with a trace."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from tongguan.core import audit, events, failpoints
from tongguan.core.auth import Caller
from tongguan.core.clock import now
from tongguan.core.database import Session
from tongguan.core.errors import Conflict, Invalid, NotFound
from tongguan.core.ids import new_id
from tongguan.deploy.events import ALARM_CLOSED, ALARM_OPENED
from tongguan.deploy.models import Alarm, Deployment
from tongguan.deploy.repository import alarms
from tongguan.deploy.schemas import AlarmOut, AlarmPatch
from tongguan.deploy.service import gate
from tongguan.people.interface import person

# These say that answers cannot be relied on; the others say that something has to be looked after.
BLOCKING = frozenset({"brightness", "scores", "disagreement", "runner", "stale"})


@dataclass(frozen=True, slots=True)
class Reading:
    """What a monitor sees now. `out`: beyond its bound; None where it cannot say."""

    kind: str
    out: bool | None
    figure: float | None = None
    bound: float | None = None
    detail: dict[str, Any] = field(default_factory=dict)


def settle(session: Session, deployment: Deployment, readings: list[Reading]) -> bool:
    """Opens and closes alarms after what the monitors read; whether anything changed."""
    held = alarms.open_of(session, deployment.id)
    changed = False
    for reading in readings:
        alarm = held.get(reading.kind)
        if reading.out and alarm is None:
            _open(session, deployment, reading)
            changed = True
        elif reading.out and alarm is not None:
            alarm.figure, alarm.bound, alarm.detail, alarm.seen_at = (
                reading.figure,
                reading.bound,
                reading.detail,
                now(),
            )
        elif reading.out is False and alarm is not None:
            _close(session, alarm, None)
            changed = True
    if changed:
        session.flush()
        failpoints.hit("deploy.alarms_written")
        gate.record(session, deployment.project_id)
    return changed


def end_all(session: Session, deployment: Deployment, person_id: UUID | None) -> None:
    """Closes what is open of a deployment that is not watched any more."""
    for alarm in alarms.open_of(session, deployment.id).values():
        _close(session, alarm, person_id)


def page(
    session: Session, project_id: UUID, only_open: bool, deployment_id: UUID | None, before: UUID | None, limit: int
) -> list[AlarmOut]:
    """Alarms of a project, newest first."""
    rows = alarms.page(session, project_id, only_open, deployment_id, before, limit)
    return [AlarmOut.model_validate(row) for row in rows]


def change(session: Session, caller: Caller, project_id: UUID, alarm_id: UUID, wish: AlarmPatch) -> AlarmOut:
    """Owner, note, acknowledgement, end. A person who closes an alarm says why."""
    alarm = alarms.alarm(session, project_id, alarm_id)
    if alarm is None:
        raise NotFound("alarm.unknown", "There is no such alarm.")
    given = wish.model_dump(exclude_unset=True)
    if alarm.closed_at is not None and set(given) - {"note"}:
        raise Conflict("alarm.closed", "This alarm is closed.")
    if "owner_id" in given:
        alarm.owner_id = person(session, wish.owner_id).id if wish.owner_id else None
    if wish.note is not None:
        alarm.note = wish.note.strip()
    if wish.acknowledged and alarm.acknowledged_at is None:
        alarm.acknowledged_at, alarm.acknowledged_by = now(), caller.person_id
        alarm.owner_id = alarm.owner_id or caller.person_id
    if wish.closed:
        if len(alarm.note) < 2:
            raise Invalid("alarm.note", "Say in the note why the alarm is closed.")
        _close(session, alarm, caller.person_id)
        session.flush()
        gate.record(session, project_id, caller.person_id, alarm.note)
    detail = wish.model_dump(mode="json", exclude_unset=True)
    audit.record(session, caller.person_id, "changed", "alarm", alarm.id, detail, project_id)
    session.flush()
    return AlarmOut.model_validate(alarm)


def _open(session: Session, deployment: Deployment, reading: Reading) -> None:
    alarm = Alarm(
        id=new_id(),
        project_id=deployment.project_id,
        deployment_id=deployment.id,
        kind=reading.kind,
        figure=reading.figure,
        bound=reading.bound,
        detail=reading.detail,
        blocking=reading.kind in BLOCKING,
    )
    session.add(alarm)
    session.flush()
    events.emit(session, ALARM_OPENED, _payload(alarm), wake=True)


def _close(session: Session, alarm: Alarm, person_id: UUID | None) -> None:
    alarm.closed_at, alarm.closed_by = now(), person_id
    events.emit(session, ALARM_CLOSED, {**_payload(alarm), "person_id": str(person_id) if person_id else None})


def _payload(alarm: Alarm) -> dict[str, Any]:
    return {
        "project_id": str(alarm.project_id),
        "deployment_id": str(alarm.deployment_id),
        "alarm_id": str(alarm.id),
        "kind": alarm.kind,
    }
