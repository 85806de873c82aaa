"""What other stages may call: deployments, predictions and their pictures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from tongguan.core.database import Session
from tongguan.core.errors import NotFound
from tongguan.core.storage import Storage
from tongguan.deploy.models import Alarm, Deployment, Prediction
from tongguan.deploy.repository import alarms, log, places
from tongguan.deploy.schemas import LogQuery
from tongguan.deploy.service.placing import deployment_of

__all__ = [
    "Alarm",
    "Deployment",
    "PredictionFacts",
    "count_of_model",
    "deployment",
    "deployments_of",
    "iterate_predictions",
    "open_alarms",
    "picture_of",
    "prediction",
    "predictions_of_model",
]


@dataclass(frozen=True, slots=True)
class PredictionFacts:
    """A line of the log as other stages see it. `picture_key` is None where the picture is not kept (any more)."""

    id: UUID
    project_id: UUID
    deployment_id: UUID
    model_version_id: UUID | None
    device_id: UUID | None
    item_id: UUID | None
    name: str
    input_sha256: str
    picture_key: str | None
    picture_type: str
    width: int | None
    height: int | None
    brightness: float | None
    labels: list[dict[str, Any]]
    top_score: float | None
    threshold: float
    verdict: str
    created_at: datetime
    feedback: str | None
    feedback_reason: str
    feedback_note: str


def deployment(session: Session, project_id: UUID, deployment_id: UUID) -> Deployment:
    """A deployment of a project. NotFound otherwise."""
    return deployment_of(session, project_id, deployment_id)


def deployments_of(session: Session, project_id: UUID) -> list[Deployment]:
    """Deployments of a project, newest first."""
    return list(places.deployments(session, project_id))


def prediction(session: Session, project_id: UUID, prediction_id: UUID) -> PredictionFacts:
    """A prediction of a project with its newest feedback. NotFound otherwise."""
    row = session.get(Prediction, prediction_id)
    if row is None or row.project_id != project_id:
        raise NotFound("prediction.unknown", "There is no such prediction.")
    return _facts(session, [row])[0]


def predictions_of_model(
    session: Session, model_version_id: UUID, after: UUID | None = None, limit: int = 200
) -> list[PredictionFacts]:
    """Live predictions of a model version in order of time, after a known one."""
    return _facts(session, log.of_model(session, model_version_id, after, limit))


def count_of_model(session: Session, model_version_id: UUID) -> int:
    """How many live predictions a model version made."""
    return log.count_of_model(session, model_version_id)


def picture_of(storage: Storage, facts: PredictionFacts) -> bytes:
    """The kept picture of a prediction. NotFound when it has been let go."""
    try:
        if facts.picture_key is not None:
            return storage.read(facts.picture_key)
    except FileNotFoundError:
        pass
    raise NotFound("prediction.picture", "The picture of this prediction is not kept any more.")


def open_alarms(session: Session, project_id: UUID) -> list[Alarm]:
    """Open alarms of a project, newest first."""
    return list(alarms.open_ones(session, project_id))


def iterate_predictions(session: Session, deployment_id: UUID, window: int = 200) -> Iterator[PredictionFacts]:
    """All live predictions of a deployment, newest first, in constant memory."""
    before: UUID | None = None
    while rows := log.page(session, deployment_id, LogQuery(limit=window, before=before)):
        yield from _facts(session, list(rows))
        before = rows[-1].id


def _facts(session: Session, rows: list[Prediction]) -> list[PredictionFacts]:
    said = log.feedback_of(session, [row.id for row in rows])
    found = []
    for row in rows:
        newest = said[row.id][-1] if row.id in said else None
        found.append(
            PredictionFacts(
                id=row.id,
                project_id=row.project_id,
                deployment_id=row.deployment_id,
                model_version_id=row.model_version_id,
                device_id=row.device_id,
                item_id=row.item_id,
                name=row.name,
                input_sha256=row.input_sha256,
                picture_key=row.picture_key,
                picture_type=row.picture_type,
                width=row.width,
                height=row.height,
                brightness=row.brightness,
                labels=row.labels,
                top_score=row.top_score,
                threshold=row.threshold,
                verdict=row.verdict,
                created_at=row.created_at,
                feedback=newest.kind if newest else None,
                feedback_reason=newest.reason if newest else "",
                feedback_note=newest.note if newest else "",
            )
        )
    return found
