"""Gate 5: is what runs on the line watched and quiet?"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from tongguan.core.database import Session
from tongguan.deploy.models import Deployment
from tongguan.deploy.repository import alarms, log, places
from tongguan.projects.interface import gate_states, record_gate


def record(session: Session, project_id: UUID, person_id: UUID | None = None, reason: str | None = None) -> None:
    """Writes gate 5 down: closed, working (a shadow looks, or nothing has come yet), open (live and quiet).

    An open alarm that blocks closes it again.
    """
    rows = places.deployments(session, project_id)
    running = [row for row in rows if row.state == "running"]
    live = [row for row in running if row.live_model_id is not None]
    blocking = [alarm for alarm in alarms.open_ones(session, project_id) if alarm.blocking]
    last = log.last_at(session, [row.id for row in live])
    figure: dict[str, Any] = {"running": len(running), "live": len(live), "blocking_alarms": len(blocking)}
    missing: list[dict[str, Any]] = []
    if not running:
        state, missing = "closed", [{"code": "deploy.none", "params": {}}]
    elif blocking:
        state = "closed"
        missing = [{"code": f"deploy.alarm.{alarm.kind}", "params": {"figure": alarm.figure}} for alarm in blocking]
    elif not live:
        state, missing = "working", [{"code": "deploy.shadow_only", "params": {}}]
    elif not last:
        state, missing = "working", [{"code": "deploy.no_traffic", "params": {}}]
    else:
        state = "open"
    record_gate(session, project_id, 5, state, figure, missing, person_id, reason)


def refresh(session: Session, deployment: Deployment) -> None:
    """The first pictures of a live model open the gate: nobody else tells it."""
    if gate_states(session, deployment.project_id).get(5) == "working":
        record(session, deployment.project_id)
