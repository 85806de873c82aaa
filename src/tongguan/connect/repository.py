"""All queries of connect."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import undefer

from tongguan.connect.models import Webhook, WebhookDelivery
from tongguan.core.database import Session
from tongguan.core.models import Event


def hooks(session: Session, project_id: UUID | None) -> Sequence[Webhook]:
    """Hooks of a project, or (None) of the organization, oldest first."""
    return session.scalars(select(Webhook).where(_of(project_id)).order_by(Webhook.id)).all()


def _of(project_id: UUID | None) -> ColumnElement[bool]:
    return Webhook.project_id.is_(None) if project_id is None else Webhook.project_id == project_id


def hook(session: Session, project_id: UUID | None, hook_id: UUID) -> Webhook | None:
    """One hook of a project or of the organization."""
    return session.scalar(select(Webhook).where(_of(project_id), Webhook.id == hook_id))


def hook_with_secret(session: Session, hook_id: UUID) -> Webhook | None:
    """A hook with what signs its calls."""
    return session.scalar(select(Webhook).where(Webhook.id == hook_id).options(undefer(Webhook.secret)))


def signed(session: Session, ids: Sequence[UUID]) -> set[UUID]:
    """Which of the hooks have a secret."""
    return set(session.scalars(select(Webhook.id).where(Webhook.id.in_(ids), Webhook.secret != "")))


def listeners(session: Session, event: str, project_id: UUID | None) -> list[UUID]:
    """Active hooks that want an event of a project."""
    mine = or_(Webhook.project_id.is_(None), Webhook.project_id == project_id)
    query = select(Webhook.id).where(Webhook.active, mine, Webhook.events.contains([event]))
    return list(session.scalars(query.order_by(Webhook.id)))


def add_delivery(session: Session, values: dict[str, Any]) -> UUID | None:
    """A delivery's id; None when the hook has this event already."""
    query = insert(WebhookDelivery).values(**values).on_conflict_do_nothing(index_elements=["webhook_id", "event_id"])
    return session.scalar(query.returning(WebhookDelivery.id))


def event(session: Session, event_id: UUID) -> Event | None:
    """An event by its id."""
    return session.get(Event, event_id)


def delivery(session: Session, delivery_id: UUID) -> WebhookDelivery | None:
    """One delivery, locked."""
    return session.scalar(select(WebhookDelivery).where(WebhookDelivery.id == delivery_id).with_for_update())


def deliveries(
    session: Session, hook_id: UUID, before: UUID | None, limit: int, state: str | None
) -> Sequence[WebhookDelivery]:
    """Deliveries of a hook, newest first."""
    query = select(WebhookDelivery).where(WebhookDelivery.webhook_id == hook_id)
    if before is not None:
        query = query.where(WebhookDelivery.id < before)
    if state is not None:
        query = query.where(WebhookDelivery.state == state)
    return session.scalars(query.order_by(WebhookDelivery.id.desc()).limit(limit)).all()


def counts(session: Session, ids: Sequence[UUID]) -> dict[UUID, dict[str, int]]:
    """Deliveries of hooks by state."""
    query = (
        select(WebhookDelivery.webhook_id, WebhookDelivery.state, func.count())
        .where(WebhookDelivery.webhook_id.in_(ids))
        .group_by(WebhookDelivery.webhook_id, WebhookDelivery.state)
    )
    found: dict[UUID, dict[str, int]] = {}
    for hook_id, state, count in session.execute(query):
        found.setdefault(hook_id, {})[state] = count
    return found


def due(session: Session, moment: datetime, lost_since: datetime, limit: int) -> Sequence[WebhookDelivery]:
    """Deliveries whose next attempt is due, and queued ones that nobody has taken up for long; locked."""
    waiting = (WebhookDelivery.state == "waiting") & (WebhookDelivery.next_at <= moment)
    lost = (WebhookDelivery.state == "queued") & (WebhookDelivery.queued_at < lost_since)
    query = select(WebhookDelivery).where(or_(waiting, lost)).order_by(WebhookDelivery.id).limit(limit)
    return session.scalars(query.with_for_update(skip_locked=True)).all()


def forget(session: Session, before: datetime) -> int:
    """Removes deliveries that are over and older than a moment. Returns how many."""
    query = delete(WebhookDelivery).where(
        WebhookDelivery.created_at < before, WebhookDelivery.state.not_in(["waiting", "queued"])
    )
    return len(session.scalars(query.returning(WebhookDelivery.id)).all())
