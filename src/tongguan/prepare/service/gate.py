"""The data gate: what is missing by the project's rules, and who opened it regardless."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from tongguan.collect.interface import missing_terms, state_counts, waiting_batches
from tongguan.core import audit
from tongguan.core.database import Session
from tongguan.core.errors import Conflict
from tongguan.prepare import repository
from tongguan.prepare.models import DataGateOpening
from tongguan.prepare.schemas import GateNow
from tongguan.projects.interface import gate_states, record_gate, settings_of

GATE = 1
Missing = list[dict[str, Any]]


def evaluate_gate(session: Session, project_id: UUID, changed: int = 0) -> GateNow:
    """Writes gate 1 by the present items, problems and settings. Returns it."""
    repository.lock_project(session, project_id)
    rules = settings_of(session, project_id).data_gate
    repository.follow_items(session, project_id)
    repository.set_severities(session, project_id, rules.block)
    everything = find_missing(session, project_id)
    opening = repository.last_opening(session, project_id)
    missing = find_missing(session, project_id, opening) if opening and everything else everything
    state = _state(session, project_id, missing)
    figure = _figure(session, project_id)
    if opening is not None and everything and not missing:
        figure["opened_by"], figure["opened_reason"] = str(opening.person_id), opening.reason
        figure["despite"] = everything
    record_gate(session, project_id, GATE, state, figure, missing)
    return GateNow.model_validate({"state": state, "missing": missing, "changed": changed})


def find_missing(session: Session, project_id: UUID, opening: DataGateOpening | None = None) -> Missing:
    """What keeps the gate closed, each as code and params. With an opening: only what came after it."""
    rules = settings_of(session, project_id).data_gate
    states = state_counts(session, project_id)
    missing: Missing = []
    if not states.get("ok", 0):
        missing.append({"code": "data.no_items", "params": {}})
    since = opening.created_at if opening is not None else None
    counts = repository.open_counts(session, project_id, since)
    missing += [
        {"code": "data.problem", "params": {"check": check, "count": counts[check]}}
        for check in rules.block
        if counts.get(check)
    ]
    accepted = {fact["code"]: int(fact["params"].get("count", 0)) for fact in (opening.missing if opening else [])}
    more: list[tuple[str, int]] = [("data.unread", states.get("unread", 0))]
    if rules.require_licence or rules.require_consent:
        licence, consent = missing_terms(session, project_id)
        more.append(("data.licence_missing", licence if rules.require_licence else 0))
        more.append(("data.consent_missing", consent if rules.require_consent else 0))
    missing += [{"code": code, "params": {"count": number}} for code, number in more if number > accepted.get(code, 0)]
    return missing


def open_gate(session: Session, project_id: UUID, person_id: UUID, reason: str) -> GateNow:
    """Opens the gate although something is missing: a named person answers for it, with a reason.

    It covers what is missing now; what is found later closes the gate again. Conflict when nothing is missing, when
    there are no items, or while a batch is still being read.
    """
    repository.lock_project(session, project_id)
    repository.follow_items(session, project_id)
    if waiting_batches(session, project_id):
        raise Conflict("data.reading", "A batch is still being read and checked: wait for its end.", {})
    missing = find_missing(session, project_id)
    if any(fact["code"] == "data.no_items" for fact in missing):
        raise Conflict("data.no_items", "There are no items in use: import some first.", {})
    if not missing:
        raise Conflict("data.gate_open", "Nothing is missing: the gate opens by itself.", {})
    session.add(DataGateOpening(project_id=project_id, person_id=person_id, reason=reason, missing=missing))
    session.flush()
    figure = {**_figure(session, project_id), "opened_by": str(person_id), "opened_reason": reason, "despite": missing}
    record_gate(session, project_id, GATE, "open", figure, [], person_id=person_id, reason=reason)
    audit.record(
        session, person_id, "opened", "data_gate", project_id, {"reason": reason, "missing": missing}, project_id
    )
    return GateNow(state="open", missing=[], changed=1)


def _state(session: Session, project_id: UUID, missing: Missing) -> str:
    before = gate_states(session, project_id).get(GATE, "closed")
    waiting = waiting_batches(session, project_id)
    blocking = [fact for fact in missing if fact["code"] != "data.no_items"]
    if not missing:
        # A further batch on its way does not stop the work on what is checked; its problems will.
        return "open" if before == "open" or not waiting else "working"
    if waiting and not blocking:
        return "working"
    return "reclosed" if before in ("open", "reclosed") else ("working" if waiting else "closed")


def _figure(session: Session, project_id: UUID) -> dict[str, Any]:
    states = state_counts(session, project_id)
    problems = repository.open_counts(session, project_id)
    return {
        "value": states.get("ok", 0),
        "total": sum(number for state, number in states.items() if state != "erased"),
        "unit": "items",
        "refused": states.get("refused", 0),
        "erased": states.get("erased", 0),
        "unread": states.get("unread", 0),
        "problems": problems,
    }
