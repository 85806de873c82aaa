"""Who is champion: by a passed evaluation, or by a named person's decision with a reason."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from tongguan.core import audit, events
from tongguan.core.auth import Caller
from tongguan.core.database import Session
from tongguan.core.errors import Conflict, Forbidden, Invalid
from tongguan.core.ids import new_id
from tongguan.evaluate import repository
from tongguan.evaluate.events import CHAMPION_CHANGED
from tongguan.evaluate.models import Champion, Evaluation
from tongguan.evaluate.schemas import ChampionOut, ChampionPage
from tongguan.evaluate.service import gate
from tongguan.people.interface import people_by_id
from tongguan.train.interface import models

DECIDERS = frozenset({"trainer", "owner"})
MOST = 200


def may_follow(row: Evaluation, champion: Champion | None) -> bool:
    """Whether an evaluation's verdict holds now: passed, and against the champion of now."""
    now_ = champion.model_version_id if champion else None
    return bool(row.state == "done" and row.passed and row.champion_id == now_ and row.model_version_id != now_)


def decide(session: Session, caller: Caller, roles: frozenset[str], row: Evaluation, reason: str) -> Champion:
    """Makes the model of a finished evaluation champion.

    Passed against the champion of now: whoever may evaluate. Otherwise only a trainer or owner, and with a reason.
    """
    repository.lock_champion(session, row.project_id)
    before = repository.champion(session, row.project_id)
    if row.state != "done":
        raise Conflict("evaluation.not_done", "The evaluation is not finished.", {"state": row.state})
    if before is not None and before.model_version_id == row.model_version_id:
        raise Conflict("champion.already", "This model is the champion already.")
    passed = may_follow(row, before)
    if not passed:
        if not roles & DECIDERS:
            words = "The verdict does not make this model champion: only a trainer or owner may, with a reason."
            raise Forbidden("champion.not_passed", words, {"passed": bool(row.passed)})
        if not reason.strip():
            raise Invalid("champion.reason", "Say why a model becomes champion against the verdict.")
    made = Champion(
        id=new_id(),
        project_id=row.project_id,
        model_version_id=row.model_version_id,
        evaluation_id=row.id,
        passed=passed,
        person_id=caller.person_id,
        reason=reason.strip(),
    )
    session.add(made)
    session.flush()
    session.refresh(made)
    before_id = str(before.model_version_id) if before else None
    payload = {
        "project_id": str(row.project_id),
        "model_version_id": str(row.model_version_id),
        "evaluation_id": str(row.id),
        "before": before_id,
    }
    events.emit(session, CHAMPION_CHANGED, payload, wake=True)
    numbers = {model.id: model.number for model in models(session, row.project_id)}
    detail = {
        "model": numbers.get(row.model_version_id),
        "before": numbers.get(before.model_version_id) if before else None,
        "evaluation": row.number,
        "passed": passed,
        "reason": made.reason,
    }
    audit.record(session, caller.person_id, "promoted", "champion", row.model_version_id, detail, row.project_id)
    gate.refresh(session, row.project_id, caller.person_id, made.reason or None)
    return made


def page(session: Session, project_id: UUID) -> ChampionPage:
    """The champion of now and those before."""
    rows = repository.champions(session, project_id, MOST)
    shown = _shown(session, project_id, rows)
    return ChampionPage(champion=shown[0] if shown else None, history=shown)


def _shown(session: Session, project_id: UUID, rows: Sequence[Champion]) -> list[ChampionOut]:
    numbers = {model.id: model.number for model in models(session, project_id)}
    people = people_by_id(session, [row.person_id for row in rows])
    evaluations = {row.id: row.number for row in repository.evaluations(session, project_id, None, 10_000)}
    return [
        ChampionOut(
            model=numbers.get(row.model_version_id, 0),
            model_version_id=row.model_version_id,
            evaluation=evaluations.get(row.evaluation_id) if row.evaluation_id else None,
            evaluation_id=row.evaluation_id,
            passed=row.passed,
            person_id=row.person_id,
            person=people[row.person_id].name if row.person_id in people else "",
            reason=row.reason,
            since=row.created_at,
        )
        for row in rows
    ]
