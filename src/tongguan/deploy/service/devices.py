"""Devices: programs on the line with a token of their own."""

from __future__ import annotations

from uuid import UUID

from tongguan.core import audit, auth
from tongguan.core.auth import Caller
from tongguan.core.clock import now
from tongguan.core.database import Session
from tongguan.core.errors import NotFound
from tongguan.core.ids import new_id
from tongguan.deploy.models import Deployment, Device
from tongguan.deploy.repository import places
from tongguan.deploy.schemas import DeviceIn, DeviceOut


def add(session: Session, caller: Caller, deployment: Deployment, wish: DeviceIn) -> DeviceOut:
    """Makes a device; its token is in the answer once and stored as a hash."""
    secret = auth.DEVICE_PREFIX + auth.new_token()
    device = Device(
        id=new_id(),
        project_id=deployment.project_id,
        deployment_id=deployment.id,
        name=wish.name,
        hash=auth.token_hash(secret),
        hint=secret[-4:],
        per_minute=wish.per_minute,
        created_by=caller.person_id,
    )
    session.add(device)
    session.flush()
    session.refresh(device)
    audit.record(session, caller.person_id, "added", "device", device.id, wish.model_dump(), deployment.project_id)
    return DeviceOut.model_validate(device).model_copy(update={"token": secret})


def revoke(session: Session, caller: Caller, deployment: Deployment, device_id: UUID) -> None:
    """Ends a device's token at once."""
    device = places.device(session, deployment.id, device_id)
    if device is None or device.revoked_at is not None:
        raise NotFound("device.unknown", "There is no such device.")
    device.revoked_at = now()
    audit.record(
        session, caller.person_id, "revoked", "device", device.id, {"name": device.name}, deployment.project_id
    )
