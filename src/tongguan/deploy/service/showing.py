"""Deployments and their log as the routes give them."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from tongguan.core.auth import Caller
from tongguan.core.clock import now
from tongguan.core.database import Session
from tongguan.core.errors import NotFound
from tongguan.core.links import asset_link
from tongguan.deploy.models import Deployment, Prediction
from tongguan.deploy.repository import alarms, log, places
from tongguan.deploy.schemas import (
    DeploymentOut,
    FeedbackOut,
    LogQuery,
    PredictionDetail,
    PredictionOut,
    PredictionPage,
    ShadowOut,
)
from tongguan.deploy.service.champion import champion_of
from tongguan.people.interface import organization_zone


def shown(session: Session, rows: Sequence[Deployment]) -> list[DeploymentOut]:
    """Deployments of one project with their numbers of models, alarms and traffic."""
    if not rows:
        return []
    numbers = places.model_numbers(session, [one for row in rows for one in (row.live_model_id, row.shadow_model_id)])
    last = log.last_at(session, [row.id for row in rows])
    champion = champion_of(session, rows[0].project_id)
    opened = [alarm.deployment_id for alarm in alarms.open_ones(session, rows[0].project_id)]
    midnight = now().astimezone(organization_zone(session)).replace(hour=0, minute=0, second=0, microsecond=0)
    return [
        DeploymentOut.model_validate(row).model_copy(
            update={
                "live_model": numbers.get(row.live_model_id) if row.live_model_id else None,
                "shadow_model": numbers.get(row.shadow_model_id) if row.shadow_model_id else None,
                "champion": None if champion is None else champion == row.live_model_id,
                "open_alarms": opened.count(row.id),
                "predictions_today": log.count_since(session, row.id, midnight) if row.id in last else 0,
                "last_prediction_at": last.get(row.id),
            }
        )
        for row in rows
    ]


def window(session: Session, caller: Caller, found: Deployment, query: LogQuery) -> PredictionPage:
    """A window of the log with pictures and newest feedback."""
    rows = log.page(session, found.id, query)
    items = lines(session, caller, found.project_id, rows)
    return PredictionPage(items=items, next=rows[-1].id if len(rows) == query.limit else None)


def lines(session: Session, caller: Caller, project_id: UUID, rows: Sequence[Prediction]) -> list[PredictionOut]:
    """Lines of the log."""
    said = log.feedback_of(session, [row.id for row in rows])
    numbers = places.model_numbers(session, [row.model_version_id for row in rows])
    return [
        PredictionOut.model_validate(row, from_attributes=True).model_copy(
            update={
                "model": numbers.get(row.model_version_id) if row.model_version_id else None,
                "feedback": FeedbackOut.model_validate(said[row.id][-1]) if row.id in said else None,
                "image_url": _picture(caller, project_id, row),
            }
        )
        for row in rows
    ]


def detail(
    session: Session, caller: Caller, project_id: UUID, deployment_id: UUID, prediction_id: UUID
) -> PredictionDetail:
    """One line of the log with everything. NotFound otherwise."""
    row = log.prediction(session, deployment_id, prediction_id)
    if row is None or row.shadow_of is not None:
        raise NotFound("prediction.unknown", "There is no such prediction.")
    line = lines(session, caller, project_id, [row])[0]
    beside = log.shadows(session, row.id)
    numbers = places.model_numbers(session, [one.model_version_id for one in beside])
    return PredictionDetail(
        **line.model_dump(),
        latency=row.latency,
        feedback_all=[FeedbackOut.model_validate(one) for one in log.feedback_of(session, [row.id]).get(row.id, [])],
        shadows=[
            ShadowOut.model_validate(one).model_copy(
                update={"model": numbers.get(one.model_version_id) if one.model_version_id else None}
            )
            for one in beside
        ],
    )


def _picture(caller: Caller, project_id: UUID, row: Prediction) -> str:
    if row.picture_key is None or not row.picture_type.startswith("image/"):
        return ""
    return asset_link(caller, project_id, row.picture_key, row.picture_type)
