"""Gate 4: closed without a model, working without a champion, open with one. Recorded here only."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from tongguan.core.database import Session
from tongguan.evaluate import repository
from tongguan.evaluate.models import Evaluation
from tongguan.projects.interface import gate_states, record_gate
from tongguan.train.interface import models

EVALUATION_GATE = 4


def refresh(session: Session, project_id: UUID, person_id: UUID | None = None, reason: str | None = None) -> None:
    """Writes gate 4 down as it is now; with a person it is that person's decision."""
    made = models(session, project_id)
    champion = repository.champion(session, project_id)
    if champion is not None:
        numbers = {row.id: row.number for row in made}
        done = repository.done_of_models(session, [champion.model_version_id])
        figure = _figure(done[0] if done else None, numbers.get(champion.model_version_id, 0))
        record_gate(session, project_id, EVALUATION_GATE, "open", figure, [], person_id, reason)
        return
    if not made:
        if gate_states(session, project_id).get(EVALUATION_GATE, "closed") != "closed":
            record_gate(session, project_id, EVALUATION_GATE, "closed", {}, [])
        return
    newest = repository.newest_done(session, project_id)
    numbers = {row.id: row.number for row in made}
    number = numbers.get(newest.model_version_id, 0) if newest else made[0].number
    figure = _figure(newest, number) if newest else {**made[0].metrics.get("map50", {}), "model": number}
    record_gate(
        session, project_id, EVALUATION_GATE, "working", figure, [_missing(session, project_id, newest, number)]
    )


def _figure(row: Evaluation | None, number: int) -> dict[str, Any]:
    if row is None:
        return {"model": number}
    metric = str(row.rules.get("metric", "map50"))
    return {**row.metrics.get(metric, {}), "metric": metric, "model": number, "evaluation": row.number}


def _missing(session: Session, project_id: UUID, newest: Evaluation | None, number: int) -> dict[str, Any]:
    if repository.benchmark(session, project_id, None) is None:
        return {"code": "evaluate.no_benchmark", "params": {}}
    if newest is None:
        return {"code": "evaluate.no_evaluation", "params": {}}
    params = {"model": number, "evaluation": newest.number}
    return {"code": "evaluate.not_chosen" if newest.passed else "evaluate.not_passed", "params": params}
