"""Routes of connect: the same hooks below a project (its managers) and below the organization (its owners)."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request

from tongguan.connect import repository
from tongguan.connect.models import WebhookDelivery
from tongguan.connect.schemas import (
    DeliveryOut,
    DeliveryPage,
    State,
    WebhookIn,
    WebhookMade,
    WebhookOut,
    WebhookPatch,
)
from tongguan.connect.service import deliveries, hooks
from tongguan.core.database import Session
from tongguan.people.interface import OrgAccess, owner
from tongguan.projects.interface import ProjectAccess, project_role

router = APIRouter(tags=["connect"])
Manager = Annotated[ProjectAccess, Depends(project_role("manager"), scope="function")]
Owner = Annotated[OrgAccess, Depends(owner(), scope="function")]
Limit = Annotated[int, Query(ge=1, le=200)]
PROJECT, ORG = "/api/v1/projects/{project_id}/webhooks", "/api/v1/org/webhooks"


def _page(session: Session, hook_id: UUID, before: UUID | None, limit: int, state: str | None) -> DeliveryPage:
    rows = deliveries.of_hook(session, hook_id, before, limit, state)
    items = [_shown(row) for row in rows]
    return DeliveryPage(items=items, next=items[-1].id if len(items) == limit else None)


def _shown(row: WebhookDelivery) -> DeliveryOut:
    return DeliveryOut.model_validate(row)


@router.get(PROJECT)
def list_webhooks(access: Manager) -> list[WebhookOut]:
    """Connections of the project."""
    return hooks.show(access.session, repository.hooks(access.session, access.project.id))


@router.post(PROJECT, status_code=201)
def create_webhook(access: Manager, wish: WebhookIn, request: Request) -> WebhookMade:
    """Makes a connection; the secret in the answer is shown once."""
    return hooks.create(access.session, request.app.state.settings, access.caller, access.project.id, wish)


@router.patch(PROJECT + "/{hook_id}")
def change_webhook(access: Manager, hook_id: UUID, wish: WebhookPatch, request: Request) -> WebhookOut:
    """Changes a connection, or switches it on and off."""
    row = hooks.find(access.session, access.project.id, hook_id)
    return hooks.change(access.session, request.app.state.settings, access.caller, row, wish)


@router.delete(PROJECT + "/{hook_id}", status_code=204)
def remove_webhook(access: Manager, hook_id: UUID) -> None:
    """Removes a connection and its deliveries."""
    hooks.remove(access.session, access.caller, hooks.find(access.session, access.project.id, hook_id))


@router.post(PROJECT + "/{hook_id}/secret")
def renew_webhook_secret(access: Manager, hook_id: UUID) -> WebhookMade:
    """A new secret, shown once; the old one ends."""
    return hooks.renew_secret(access.session, access.caller, hooks.find(access.session, access.project.id, hook_id))


@router.post(PROJECT + "/{hook_id}/test", status_code=201)
def test_webhook(access: Manager, hook_id: UUID, request: Request) -> DeliveryOut:
    """Sends a test; its outcome is in the list of deliveries."""
    row = hooks.find(access.session, access.project.id, hook_id)
    return _shown(deliveries.test(access.session, request.app.state.settings, access.caller, row))


@router.get(PROJECT + "/{hook_id}/deliveries")
def list_deliveries(
    access: Manager, hook_id: UUID, before: UUID | None = None, limit: Limit = 50, state: State | None = None
) -> DeliveryPage:
    """What was sent, newest first."""
    return _page(access.session, hooks.find(access.session, access.project.id, hook_id).id, before, limit, state)


@router.post(PROJECT + "/{hook_id}/deliveries/{delivery_id}/again")
def send_delivery_again(access: Manager, hook_id: UUID, delivery_id: UUID) -> DeliveryOut:
    """Sends the same event again, under the same id."""
    row = hooks.find(access.session, access.project.id, hook_id)
    return _shown(deliveries.again(access.session, access.caller, row, delivery_id))


@router.get(ORG)
def list_org_webhooks(access: Owner) -> list[WebhookOut]:
    """Connections for the events of all projects."""
    return hooks.show(access.session, repository.hooks(access.session, None))


@router.post(ORG, status_code=201)
def create_org_webhook(access: Owner, wish: WebhookIn, request: Request) -> WebhookMade:
    """Makes a connection for all projects; the secret in the answer is shown once."""
    return hooks.create(access.session, request.app.state.settings, access.caller, None, wish)


@router.patch(ORG + "/{hook_id}")
def change_org_webhook(access: Owner, hook_id: UUID, wish: WebhookPatch, request: Request) -> WebhookOut:
    """Changes a connection, or switches it on and off."""
    row = hooks.find(access.session, None, hook_id)
    return hooks.change(access.session, request.app.state.settings, access.caller, row, wish)


@router.delete(ORG + "/{hook_id}", status_code=204)
def remove_org_webhook(access: Owner, hook_id: UUID) -> None:
    """Removes a connection and its deliveries."""
    hooks.remove(access.session, access.caller, hooks.find(access.session, None, hook_id))


@router.post(ORG + "/{hook_id}/secret")
def renew_org_webhook_secret(access: Owner, hook_id: UUID) -> WebhookMade:
    """A new secret, shown once; the old one ends."""
    return hooks.renew_secret(access.session, access.caller, hooks.find(access.session, None, hook_id))


@router.post(ORG + "/{hook_id}/test", status_code=201)
def test_org_webhook(access: Owner, hook_id: UUID, request: Request) -> DeliveryOut:
    """Sends a test; its outcome is in the list of deliveries."""
    row = hooks.find(access.session, None, hook_id)
    return _shown(deliveries.test(access.session, request.app.state.settings, access.caller, row))


@router.get(ORG + "/{hook_id}/deliveries")
def list_org_deliveries(
    access: Owner, hook_id: UUID, before: UUID | None = None, limit: Limit = 50, state: State | None = None
) -> DeliveryPage:
    """What was sent, newest first."""
    return _page(access.session, hooks.find(access.session, None, hook_id).id, before, limit, state)


@router.post(ORG + "/{hook_id}/deliveries/{delivery_id}/again")
def send_org_delivery_again(access: Owner, hook_id: UUID, delivery_id: UUID) -> DeliveryOut:
    """Sends the same event again, under the same id."""
    row = hooks.find(access.session, None, hook_id)
    return _shown(deliveries.again(access.session, access.caller, row, delivery_id))
