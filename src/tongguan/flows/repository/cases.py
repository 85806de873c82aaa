"""Queries on the cases of the loop."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import insert

from tongguan.core.database import Session
from tongguan.core.ids import new_id
from tongguan.flows.models import LoopCase, LoopRoute

# A case that nobody called wrong at first becomes a wrong one; put aside because an answer was known, it begins anew.
_OPEN = text("""
    INSERT INTO loop_case AS c (id, project_id, deployment_id, prediction_id, kind, reason, made_by, reached)
    VALUES (:id, :project, :deployment, :prediction, :kind, :reason, :made_by, CAST(:reached AS jsonb))
    ON CONFLICT ON CONSTRAINT uq_loop_case_prediction_id DO UPDATE SET
        kind = excluded.kind, reason = excluded.reason, made_by = excluded.made_by,
        state = CASE WHEN c.state = 'closed' AND c.note = 'answered' THEN 'waiting' ELSE c.state END,
        note = CASE WHEN c.state = 'closed' AND c.note = 'answered' THEN '' ELSE c.note END
    WHERE c.kind = 'sampled' AND excluded.kind = 'wrong'""")


def open_case(
    session: Session,
    project_id: UUID,
    deployment_id: UUID,
    prediction_id: UUID,
    kind: str,
    reason: str,
    made_by: UUID | None,
    now: datetime,
) -> LoopCase:
    """The case of a prediction; made when it is new."""
    session.execute(
        _OPEN,
        {
            "id": new_id(),
            "project": project_id,
            "deployment": deployment_id,
            "prediction": prediction_id,
            "kind": kind,
            "reason": reason,
            "made_by": made_by,
            "reached": orjson.dumps({"waiting": now}).decode(),
        },
    )
    found = of_prediction(session, prediction_id)
    assert found is not None  # noqa: S101 inserted above
    return found


def of_prediction(session: Session, prediction_id: UUID) -> LoopCase | None:
    """The case of a prediction."""
    return session.scalar(select(LoopCase).where(LoopCase.prediction_id == prediction_id))


def locked(session: Session, case_id: UUID) -> LoopCase:
    """A case, locked and read anew."""
    query = select(LoopCase).where(LoopCase.id == case_id).with_for_update()
    return session.execute(query, execution_options={"populate_existing": True}).scalar_one()


def waiting(session: Session, project_id: UUID | None = None, limit: int = 200) -> Sequence[LoopCase]:
    """Cases that have no task yet, oldest first."""
    query = select(LoopCase).where(LoopCase.state == "waiting")
    if project_id is not None:
        query = query.where(LoopCase.project_id == project_id)
    return session.scalars(query.order_by(LoopCase.id).limit(limit)).all()


def page(
    session: Session,
    project_id: UUID,
    limit: int,
    states: Sequence[str] = (),
    deployment_id: UUID | None = None,
    before: UUID | None = None,
) -> Sequence[LoopCase]:
    """Cases of a project, newest first."""
    query = select(LoopCase).where(LoopCase.project_id == project_id)
    if states:
        query = query.where(LoopCase.state.in_(states))
    if deployment_id is not None:
        query = query.where(LoopCase.deployment_id == deployment_id)
    if before is not None:
        query = query.where(LoopCase.id < before)
    return session.scalars(query.order_by(LoopCase.id.desc()).limit(limit)).all()


def counts(session: Session, project_id: UUID, deployment_id: UUID | None = None) -> Sequence[Any]:
    """(kind, state, side, n) of a project's cases."""
    query = select(LoopCase.kind, LoopCase.state, LoopCase.side, func.count().label("n")).where(
        LoopCase.project_id == project_id
    )
    if deployment_id is not None:
        query = query.where(LoopCase.deployment_id == deployment_id)
    return session.execute(query.group_by(LoopCase.kind, LoopCase.state, LoopCase.side)).all()


def route(session: Session, deployment_id: UUID) -> LoopRoute | None:
    """Where a deployment's pictures go, if somebody has said so."""
    return session.scalar(select(LoopRoute).where(LoopRoute.deployment_id == deployment_id))


def set_route(session: Session, project_id: UUID, deployment_id: UUID, person_id: UUID, values: dict[str, Any]) -> None:
    """Says where a deployment's pictures go."""
    new = {"project_id": project_id, "deployment_id": deployment_id, "person_id": person_id, **values}
    statement = insert(LoopRoute).values(**new)
    session.execute(
        statement.on_conflict_do_update(
            constraint="uq_loop_route_deployment_id", set_={**values, "person_id": person_id}
        )
    )


def numbers(session: Session, project_id: UUID, table: str, ids: Sequence[UUID]) -> dict[UUID, int]:
    """Numbers of dataset and model versions by id."""
    if not ids:
        return {}
    rows = session.execute(
        text(f"SELECT id, number FROM {table} WHERE project_id = :project AND id = ANY(:ids)"),  # noqa: S608 fixed names
        {"project": project_id, "ids": list(set(ids))},
    )
    return {row.id: row.number for row in rows}
