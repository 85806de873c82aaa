"""What waits in the log: for a shadow, to become a task, to lose its picture."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, func, select, text, update

from tongguan.core.database import Session
from tongguan.deploy.models import Feedback, Prediction
from tongguan.deploy.repository.log import floor_id


def event_waits(session: Session, kind: str) -> bool:
    """Whether an event of this kind has not been delivered yet."""
    query = text("SELECT EXISTS (SELECT 1 FROM event WHERE kind = :kind AND delivered_at IS NULL)")
    return bool(session.execute(query, {"kind": kind}).scalar())


def shadow_waits(session: Session) -> bool:
    """Whether a picture waits for a shadow model."""
    return bool(session.scalar(select(exists().where(Prediction.shadow_wanted))))


def take_shadow(session: Session, limit: int) -> Sequence[Prediction]:
    """The next pictures for a shadow, locked; others who look take other ones."""
    query = select(Prediction).where(Prediction.shadow_wanted).order_by(Prediction.id).limit(limit)
    return session.scalars(query.with_for_update(skip_locked=True)).all()


def unmarked(
    session: Session, deployment_id: UUID, share: float, since: datetime, until: datetime, limit: int
) -> Sequence[Prediction]:
    """Answers of a model that nobody said anything of, and whose draw falls within the share."""
    query = (
        select(Prediction)
        .where(
            Prediction.deployment_id == deployment_id,
            Prediction.shadow_of.is_(None),
            Prediction.id >= floor_id(since),
            Prediction.id < floor_id(until),
            Prediction.draw < share,
            Prediction.sampled_at.is_(None),
            Prediction.verdict != "check",
            Prediction.picture_key.is_not(None),
            ~exists().where(Feedback.prediction_id == Prediction.id),
        )
        .order_by(Prediction.id)
        .limit(limit)
    )
    return session.scalars(query.with_for_update(skip_locked=True)).all()


def old_pictures(session: Session, deployment_id: UUID, until: datetime, limit: int) -> list[tuple[UUID, str]]:
    """(prediction, key) of the oldest pictures before a moment."""
    query = (
        select(Prediction.id, Prediction.picture_key)
        .where(
            Prediction.deployment_id == deployment_id,
            Prediction.picture_key.is_not(None),
            Prediction.id < floor_id(until),
        )
        .order_by(Prediction.id)
        .limit(limit)
    )
    return [(row.id, row.picture_key) for row in session.execute(query)]


def beyond_quota(session: Session, deployment_id: UUID, most: int, limit: int) -> list[tuple[UUID, str]]:
    """(prediction, key) of the oldest pictures without which the rest has at most so many bytes."""
    newer = (
        func.sum(Prediction.picture_bytes).over(order_by=Prediction.id.desc()).label("newer")
    )  # this one and all newer ones
    kept = (
        select(Prediction.id, Prediction.picture_key, newer)
        .where(Prediction.deployment_id == deployment_id, Prediction.picture_key.is_not(None))
        .subquery()
    )
    query = select(kept.c.id, kept.c.picture_key).where(kept.c.newer > most).order_by(kept.c.id).limit(limit)
    return [(row.id, row.picture_key) for row in session.execute(query)]


def note_gone(session: Session, ids: Sequence[UUID], moment: datetime) -> None:
    """Notes that pictures are not kept any more."""
    session.execute(
        update(Prediction)
        .where(Prediction.id.in_(ids))
        .values(picture_key=None, picture_bytes=0, picture_gone_at=moment, shadow_wanted=False)
    )
