"""Jobs of connect: events become deliveries, deliveries become calls."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from tongguan.connect.events import OFFERED
from tongguan.connect.service import deliveries, sending
from tongguan.core.database import Session
from tongguan.core.jobs import JobContext, JobFunction, job, periodic


def _fan_out(event: str) -> JobFunction:
    def fan_out(context: JobContext, payload: dict[str, Any]) -> None:
        """Makes the deliveries of one event."""
        del payload
        with context.transaction() as session:
            deliveries.fan_out(session, context.settings, event, context.event_id)

    return fan_out


for _event, _kind in OFFERED.items():
    job(_kind, name=f"connect.{_event}")(_fan_out(_event))


@job(deliveries.DUE, name="connect.send", queue="outgoing")
def send(context: JobContext, payload: dict[str, Any]) -> None:
    """Makes one attempt of a delivery."""
    sending.send(context, UUID(payload["delivery_id"]), int(payload["attempt"]))


@periodic(5, name="connect.retry")
def retry(session: Session) -> int:
    """Queues deliveries whose next attempt is due."""
    return deliveries.wake(session)


@periodic(3600, name="connect.forget")
def forget(session: Session) -> int:
    """Removes old deliveries."""
    return deliveries.forget(session)
