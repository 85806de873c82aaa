"""The log: predictions, shadows, feedback."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import exists, func, select
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import aliased

from tongguan.core.database import Database, Session
from tongguan.deploy.models import Feedback, Prediction
from tongguan.deploy.schemas import LogQuery


def floor_id(moment: datetime) -> UUID:
    """The least UUIDv7 of a moment: ids sort by time, so a time is a bound of the key."""
    return UUID(int=(int(moment.timestamp() * 1000) << 80) | (0x7 << 76) | (0b10 << 62))


_NAMES = (
    "id",
    "project_id",
    "deployment_id",
    "model_version_id",
    "device_id",
    "person_id",
    "item_id",
    "name",
    "client_key",
    "input_sha256",
    "picture_key",
    "picture_type",
    "picture_bytes",
    "width",
    "height",
    "brightness",
    "labels",
    "top_score",
    "threshold",
    "verdict",
    "reason",
    "draw",
    "shadow_wanted",
    "latency_ms",
    "latency",
)
_ADD = (  # names from above only
    f"INSERT INTO prediction ({', '.join(_NAMES)}) SELECT {', '.join(f'%({n})s' for n in _NAMES)} "  # noqa: S608
    "WHERE %(stamp)s::text IS NULL OR EXISTS (SELECT 1 FROM deployment d JOIN device v ON v.deployment_id = d.id "
    "WHERE d.id = %(deployment_id)s AND d.xmin::text = %(stamp)s AND v.id = %(device_id)s AND v.revoked_at IS NULL) "
    "RETURNING id"
)


def add(database: Database, org_id: UUID, values: dict[str, Any], stamp: str | None) -> bool:
    """Writes one prediction, committed when this returns; by one message, for it is done for every picture.

    With a `stamp` (places.line) only where the deployment is still as it was then, and its device not revoked: False
    says that nothing was written.
    """
    packed = {name: orjson.dumps(values[name]).decode() for name in ("labels", "latency")}
    return bool(database.at_once(org_id, values["person_id"], _ADD, {**values, **packed, "stamp": stamp}))


def add_shadow(session: Session, values: dict[str, Any]) -> None:
    """Writes what a shadow model said, once for each picture and model."""
    session.execute(postgresql.insert(Prediction).values(**values).on_conflict_do_nothing())


def by_client_key(session: Session, deployment_id: UUID, key: str) -> Prediction | None:
    """The prediction that was made for an idempotency key."""
    return session.scalar(
        select(Prediction).where(Prediction.deployment_id == deployment_id, Prediction.client_key == key)
    )


def prediction(session: Session, deployment_id: UUID, prediction_id: UUID) -> Prediction | None:
    """One live prediction of a deployment."""
    return session.scalar(
        select(Prediction).where(Prediction.deployment_id == deployment_id, Prediction.id == prediction_id)
    )


def page(session: Session, deployment_id: UUID, wanted: LogQuery) -> Sequence[Prediction]:
    """A window of the log by key: newest first, or what came after a known one."""
    query = select(Prediction).where(Prediction.deployment_id == deployment_id, Prediction.shadow_of.is_(None))
    bounds = {
        Prediction.verdict.__eq__: wanted.verdict,
        Prediction.model_version_id.__eq__: wanted.model_id,
        Prediction.device_id.__eq__: wanted.device_id,
        Prediction.id.__ge__: floor_id(wanted.since) if wanted.since else None,
        Prediction.id.__lt__: floor_id(wanted.until) if wanted.until else None,
    }
    for compare, bound in bounds.items():
        if bound is not None:
            query = query.where(compare(bound))
    if wanted.name:
        query = query.where(Prediction.name.startswith(wanted.name, autoescape=True))
    if wanted.marked is not None:
        query = query.where(_marked(wanted.marked))
    if wanted.before is not None:
        query = query.where(Prediction.id < wanted.before)
    if wanted.after is not None:
        query = query.where(Prediction.id > wanted.after)
    return session.scalars(query.order_by(Prediction.id.desc()).limit(wanted.limit)).all()


def _marked(wanted: str) -> Any:
    """Predictions whose newest feedback is `wrong` or `right`, or that have `none`."""
    said, later = aliased(Feedback), aliased(Feedback)
    if wanted == "none":
        return ~exists().where(said.prediction_id == Prediction.id)
    newest = ~exists().where(later.prediction_id == said.prediction_id, later.id > said.id).correlate(said)
    return exists().where(said.prediction_id == Prediction.id, said.kind == wanted, newest)


def shadows(session: Session, prediction_id: UUID) -> Sequence[Prediction]:
    """What shadow models said of the same picture."""
    return session.scalars(
        select(Prediction).where(Prediction.shadow_of == prediction_id).order_by(Prediction.id)
    ).all()


def feedback_of(session: Session, ids: Sequence[UUID]) -> dict[UUID, list[Feedback]]:
    """Feedback by prediction, oldest first."""
    found: dict[UUID, list[Feedback]] = {}
    if ids:
        query = select(Feedback).where(Feedback.prediction_id.in_(ids)).order_by(Feedback.id)
        for row in session.scalars(query):
            found.setdefault(row.prediction_id, []).append(row)
    return found


def last_at(session: Session, deployment_ids: Sequence[UUID]) -> dict[UUID, datetime]:
    """When each deployment answered last."""
    if not deployment_ids:
        return {}
    found = {}
    for one in deployment_ids:  # one look at the end of the index each
        query = select(Prediction.created_at).where(Prediction.deployment_id == one, Prediction.shadow_of.is_(None))
        moment = session.scalar(query.order_by(Prediction.id.desc()).limit(1))
        if moment is not None:
            found[one] = moment
    return found


def count_since(session: Session, deployment_id: UUID, moment: datetime) -> int:
    """Answers of a deployment since a moment."""
    query = select(func.count()).where(
        Prediction.deployment_id == deployment_id, Prediction.shadow_of.is_(None), Prediction.id >= floor_id(moment)
    )
    return session.scalar(query) or 0


def of_model(session: Session, model_version_id: UUID, after: UUID | None, limit: int) -> list[Prediction]:
    """Live predictions of a model version in order of time."""
    query = select(Prediction).where(Prediction.model_version_id == model_version_id, Prediction.shadow_of.is_(None))
    if after is not None:
        query = query.where(Prediction.id > after)
    return list(session.scalars(query.order_by(Prediction.id).limit(limit)))


def count_of_model(session: Session, model_version_id: UUID) -> int:
    """How many live predictions a model version made."""
    query = select(func.count()).where(Prediction.model_version_id == model_version_id, Prediction.shadow_of.is_(None))
    return session.scalar(query) or 0
