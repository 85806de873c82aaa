"""What people and devices on the line say of an answer."""

from __future__ import annotations

from tongguan.core import events
from tongguan.core.database import Session
from tongguan.core.errors import Invalid, NotFound
from tongguan.core.ids import new_id
from tongguan.deploy.events import PREDICTION_WRONG
from tongguan.deploy.models import Feedback
from tongguan.deploy.repository import log
from tongguan.deploy.schemas import FeedbackIn
from tongguan.deploy.service.asking import Line


def give(session: Session, line: Line, wish: FeedbackIn) -> Feedback:
    """Stores a feedback; the newest holds. The same again changes nothing. The first `wrong` tells the line's loop."""
    found = log.prediction(session, line.deployment_id, wish.prediction_id)
    if found is None or found.shadow_of is not None:
        raise NotFound("prediction.unknown", "There is no such prediction.")
    if wish.kind == "wrong" and not wish.reason:
        raise Invalid("feedback.reason", "Say what is wrong.")
    before = log.feedback_of(session, [found.id]).get(found.id, [])
    newest = before[-1] if before else None
    if newest is not None and (newest.kind, newest.reason, newest.note) == (wish.kind, wish.reason, wish.note):
        return newest
    said = Feedback(
        id=new_id(),
        deployment_id=line.deployment_id,
        prediction_id=found.id,
        kind=wish.kind,
        reason=wish.reason,
        note=wish.note,
        person_id=line.person_id,
        device_id=line.device_id,
    )
    session.add(said)
    session.flush()
    session.refresh(said)
    if wish.kind == "wrong" and not any(row.kind == "wrong" for row in before):
        payload = {
            "project_id": str(line.project_id),
            "deployment_id": str(line.deployment_id),
            "prediction_id": str(found.id),
            "feedback_id": str(said.id),
            "reason": wish.reason,
            "person_id": str(line.person_id) if line.person_id else None,
            "device_id": str(line.device_id) if line.device_id else None,
        }
        events.emit(session, PREDICTION_WRONG, payload, wake=True)
    return said
