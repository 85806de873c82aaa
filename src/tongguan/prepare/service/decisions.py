"""Decisions of people on problems: waive, take back, refuse the items."""

from __future__ import annotations

from uuid import UUID

from tongguan.collect.interface import refuse_items
from tongguan.core import audit
from tongguan.core.database import Session
from tongguan.prepare import repository
from tongguan.prepare.schemas import GateNow, ProblemChoice, WaiveIn
from tongguan.prepare.service.gate import evaluate_gate


def waive_problems(session: Session, project_id: UUID, person_id: UUID, choice: WaiveIn) -> GateNow:
    """Decides that open problems do not matter: a named person, a reason. The gate is evaluated again."""
    repository.lock_project(session, project_id)
    chosen = repository.choose(project_id, choice.ids, choice.check, choice.batch_id, "open")
    changed = repository.waive(session, chosen, person_id, choice.reason.strip())
    detail = {**choice.model_dump(mode="json"), "changed": changed, "ids": [str(i) for i in choice.ids[:100]]}
    audit.record(session, person_id, "waived", "problem", project_id, detail, project_id)
    return evaluate_gate(session, project_id, changed)


def reopen_problems(session: Session, project_id: UUID, person_id: UUID, ids: list[UUID]) -> GateNow:
    """Takes waivers back."""
    repository.lock_project(session, project_id)
    changed = repository.reopen(session, repository.choose(project_id, ids, None, None, "waived"))
    detail = {"changed": changed, "ids": [str(i) for i in ids[:100]]}
    audit.record(session, person_id, "reopened", "problem", project_id, detail, project_id)
    return evaluate_gate(session, project_id, changed)


def refuse_problem_items(
    session: Session, project_id: UUID, person_id: UUID, choice: ProblemChoice, reason: str
) -> GateNow:
    """Takes the items of open problems out of use, for instance all copies. They can be taken back."""
    repository.lock_project(session, project_id)
    chosen = repository.choose(project_id, choice.ids, choice.check, choice.batch_id, "open")
    moved = refuse_items(session, person_id, project_id, repository.items_of(chosen), reason or choice.check or "")
    return evaluate_gate(session, project_id, len(moved))
