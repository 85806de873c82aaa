"""What monitors read from the log."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select, text

from tongguan.core.database import Session
from tongguan.deploy.models import Deployment, Prediction
from tongguan.deploy.repository.log import floor_id


def newest(
    session: Session, deployment_id: UUID, model_id: UUID, column: str, since: datetime, limit: int
) -> list[float]:
    """The newest values of a column of a model's live answers."""
    wanted = getattr(Prediction, column)
    query = (
        select(wanted)
        .where(
            Prediction.deployment_id == deployment_id,
            Prediction.model_version_id == model_id,
            Prediction.shadow_of.is_(None),
            Prediction.id >= floor_id(since),
            wanted.is_not(None),
        )
        .order_by(Prediction.id.desc())
        .limit(limit)
    )
    return [float(value) for value in session.scalars(query)]


def first(session: Session, deployment: Deployment, model_id: UUID, column: str, limit: int) -> list[float]:
    """The first values of a column since the live model began."""
    wanted = getattr(Prediction, column)
    query = (
        select(wanted)
        .where(
            Prediction.deployment_id == deployment.id,
            Prediction.model_version_id == model_id,
            Prediction.shadow_of.is_(None),
            Prediction.id >= floor_id(deployment.live_since or deployment.created_at),
            wanted.is_not(None),
        )
        .order_by(Prediction.id)
        .limit(limit)
    )
    return [float(value) for value in session.scalars(query)]


def last_at(session: Session, deployment_id: UUID) -> datetime | None:
    """When the last picture came."""
    query = select(Prediction.created_at).where(
        Prediction.deployment_id == deployment_id, Prediction.shadow_of.is_(None)
    )
    return session.scalar(query.order_by(Prediction.id.desc()).limit(1))


def latencies(session: Session, deployment_id: UUID, since: datetime, limit: int) -> list[float]:
    """Milliseconds of the newest answers."""
    query = (
        select(Prediction.latency_ms)
        .where(
            Prediction.deployment_id == deployment_id,
            Prediction.shadow_of.is_(None),
            Prediction.id >= floor_id(since),
        )
        .order_by(Prediction.id.desc())
        .limit(limit)
    )
    return [float(value) for value in session.scalars(query)]


def disagreement(session: Session, deployment_id: UUID, since: datetime, limit: int) -> tuple[int, int]:
    """(answers, how many of them are called wrong), of the newest ones that a model gave."""
    row = session.execute(
        text(
            "WITH newest AS (SELECT id FROM prediction WHERE deployment_id = :d AND shadow_of IS NULL "
            "AND id >= :since AND verdict <> 'check' ORDER BY id DESC LIMIT :limit), "
            "said AS (SELECT DISTINCT ON (f.prediction_id) f.kind FROM feedback f "
            "JOIN newest n ON n.id = f.prediction_id ORDER BY f.prediction_id, f.id DESC) "
            "SELECT (SELECT count(*) FROM newest), (SELECT count(*) FROM said WHERE kind = 'wrong')"
        ),
        {"d": deployment_id, "since": floor_id(since), "limit": limit},
    ).one()
    return int(row[0]), int(row[1])


def shadow(session: Session, deployment_id: UUID, model_id: UUID, since: datetime, limit: int) -> tuple[int, int]:
    """(answers of a shadow model, how many of them give another verdict than the live one)."""
    row = session.execute(
        text(
            "WITH newest AS (SELECT s.verdict, l.verdict AS live FROM prediction s "
            "JOIN prediction l ON l.id = s.shadow_of WHERE s.model_version_id = :m AND s.deployment_id = :d "
            "AND s.id >= :since AND l.verdict <> 'check' ORDER BY s.id DESC LIMIT :limit) "
            "SELECT count(*), count(*) FILTER (WHERE verdict <> live) FROM newest"
        ),
        {"d": deployment_id, "m": model_id, "since": floor_id(since), "limit": limit},
    ).one()
    return int(row[0]), int(row[1])


def runner(session: Session, deployment_id: UUID, since: datetime) -> tuple[UUID | None, UUID | None]:
    """The newest prediction without the runner, and the newest that it answered: ids, which sort by time."""
    query = select(Prediction.id).where(
        Prediction.deployment_id == deployment_id, Prediction.shadow_of.is_(None), Prediction.id >= floor_id(since)
    )
    query = query.order_by(Prediction.id.desc()).limit(1)
    away = session.scalar(query.where(Prediction.reason.in_(("runner.away", "runner.failed"))))
    return away, session.scalar(query.where(Prediction.top_score.is_not(None)))


def model_made(session: Session, model_id: UUID | None) -> datetime | None:
    """When a model version was made."""
    if model_id is None:
        return None
    found: datetime | None = session.execute(
        text("SELECT created_at FROM model_version WHERE id = :id"), {"id": model_id}
    ).scalar()
    return found
