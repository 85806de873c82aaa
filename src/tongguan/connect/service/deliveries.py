"""Deliveries: made once per event and hook, listed, sent again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from tongguan.connect import repository
from tongguan.connect.events import TEST
from tongguan.connect.models import Webhook, WebhookDelivery
from tongguan.connect.service import wording
from tongguan.connect.service.content import content_of
from tongguan.core import audit
from tongguan.core.auth import Caller
from tongguan.core.clock import now
from tongguan.core.database import Session
from tongguan.core.errors import Conflict, NotFound
from tongguan.core.events import emit
from tongguan.core.ids import new_id
from tongguan.core.settings import Settings
from tongguan.projects.interface import project_of

DUE = "job.webhook"
LOST = timedelta(minutes=15)
KEPT = timedelta(days=30)


def fan_out(session: Session, settings: Settings, event: str, event_id: UUID) -> list[UUID]:
    """One delivery for each hook that wants the event; a second call adds none. Returns the new ones."""
    row = repository.event(session, event_id)
    if row is None:
        return []
    project_id = row.payload.get("project_id")
    wanted = repository.listeners(session, event, UUID(project_id) if project_id else None)
    if not wanted:
        return []
    content = content_of(session, settings, event, row)
    made = []
    for hook_id in wanted:
        values = {"id": new_id(), "webhook_id": hook_id, "event_id": event_id, "event": event, "content": content}
        delivery_id = repository.add_delivery(session, values)
        if delivery_id is not None:
            made.append(delivery_id)
            _queue(session, delivery_id, 1)
    return made


def _queue(session: Session, delivery_id: UUID, attempt: int) -> None:
    """The attempt's number makes two askings for the same attempt one."""
    emit(session, DUE, {"delivery_id": str(delivery_id), "attempt": attempt}, wake=True)


def test(session: Session, settings: Settings, caller: Caller, hook: Webhook) -> WebhookDelivery:
    """Sends a made-up event now, also through a hook that is switched off."""
    event_id, moment = new_id(), now()
    project = project_of(session, hook.project_id) if hook.project_id else None
    row = WebhookDelivery(
        id=new_id(),
        webhook_id=hook.id,
        event_id=event_id,
        event=TEST,
        content={
            "id": str(event_id),
            "event": TEST,
            "at": moment.isoformat(),
            "project": {"id": str(project.id), "name": project.name} if project else None,
            "data": {"message": f"{caller.name} ✓"},
            "link": wording.link(settings.address, TEST, str(project.id) if project else None),
        },
    )
    session.add(row)
    session.flush()
    session.refresh(row)
    _queue(session, row.id, 1)
    return row


def of_hook(
    session: Session, hook_id: UUID, before: UUID | None, limit: int, state: str | None
) -> Sequence[WebhookDelivery]:
    """Deliveries of a hook, newest first."""
    return repository.deliveries(session, hook_id, before, limit, state)


def again(session: Session, caller: Caller, hook: Webhook, delivery_id: UUID) -> WebhookDelivery:
    """Sends a delivery again with the same id and content, and a full day of attempts."""
    row = repository.delivery(session, delivery_id)
    if row is None or row.webhook_id != hook.id:
        raise NotFound("delivery.unknown", "There is no such delivery.")
    if row.state == "queued":
        raise Conflict("delivery.queued", "It is being sent right now.")
    row.state, row.next_at, row.queued_at, row.tries = "queued", None, now(), 0
    audit.record(session, caller.person_id, "sent_again", "webhook", hook.id, {"event": row.event}, hook.project_id)
    session.flush()
    _queue(session, row.id, row.attempts + 1)
    return row


def wake(session: Session) -> int:
    """Queues what is due, and what a lost job left behind. Returns how many."""
    moment = now()
    rows = repository.due(session, moment, moment - LOST, 200)
    for row in rows:
        row.state, row.next_at, row.queued_at = "queued", None, moment
        _queue(session, row.id, row.attempts + 1)
    return len(rows)


def forget(session: Session) -> int:
    """Removes deliveries that are over for a month. Returns how many."""
    return repository.forget(session, now() - KEPT)
