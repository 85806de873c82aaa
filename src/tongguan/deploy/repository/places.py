"""Deployments, their changes and devices."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text

from tongguan.core.database import Session, direct
from tongguan.deploy.models import Deployment, DeploymentChange, Device

# What a question needs to know, in one statement: it is asked for every picture.
_LINE = """
    SELECT d.id, d.org_id, d.project_id, d.state, d.threshold, d.doubt, d.good_labels, d.retention_days, d.stale_days,
           d.shadow_model_id, m.id AS model_id, m.number AS model_number, m.key, m.sha256, m.created_at AS model_made,
           d.xmin::text AS stamp
    FROM deployment d LEFT JOIN model_version m ON m.id = d.live_model_id
    WHERE d.id = %(id)s"""
_DEVICE = (
    "SELECT f.*, set_config('tongguan.org_id', f.org_id::text, true) AS bound_org, "
    "set_config('tongguan.person_id', '', true) AS bound_person FROM auth_device(%(hash)s, %(moment)s) f"
)


def line(session: Session, deployment_id: UUID) -> Any:
    """The facts that a question needs, or None."""
    rows = direct(session, _LINE, {"id": deployment_id})
    return rows[0] if rows else None


def device_row(session: Session, hashed: bytes, moment: datetime) -> Any:
    """The device behind a token; binds the transaction to its organization."""
    rows = direct(session, _DEVICE, {"hash": hashed, "moment": moment})
    return rows[0] if rows else None


def next_number(session: Session, project_id: UUID) -> int:
    """The number of the next deployment; makers follow each other by a lock on the project."""
    session.execute(text("SELECT 1 FROM project WHERE id = :id FOR UPDATE"), {"id": project_id})
    return (session.scalar(select(func.max(Deployment.number)).where(Deployment.project_id == project_id)) or 0) + 1


def deployments(session: Session, project_id: UUID) -> Sequence[Deployment]:
    """Deployments of a project, newest first."""
    query = select(Deployment).where(Deployment.project_id == project_id)
    return session.scalars(query.order_by(Deployment.number.desc())).all()


def all_running(session: Session) -> Sequence[Deployment]:
    """Running deployments of the organization."""
    return session.scalars(select(Deployment).where(Deployment.state == "running").order_by(Deployment.id)).all()


def every(session: Session) -> Sequence[Deployment]:
    """All deployments of the organization."""
    return session.scalars(select(Deployment).order_by(Deployment.id)).all()


def deployment(session: Session, project_id: UUID, deployment_id: UUID, lock: bool = False) -> Deployment | None:
    """One deployment of a project; locked for a change where wanted."""
    query = select(Deployment).where(Deployment.project_id == project_id, Deployment.id == deployment_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return session.scalar(query)


def changes(session: Session, deployment_id: UUID) -> Sequence[DeploymentChange]:
    """Changes of a deployment, newest first."""
    query = select(DeploymentChange).where(DeploymentChange.deployment_id == deployment_id)
    return session.scalars(query.order_by(DeploymentChange.id.desc()).limit(500)).all()


def live_changes(session: Session, deployment_id: UUID) -> Sequence[DeploymentChange]:
    """The changes of the live model, newest first."""
    kinds = ("created", "live", "rolled_back")
    query = select(DeploymentChange).where(
        DeploymentChange.deployment_id == deployment_id, DeploymentChange.kind.in_(kinds)
    )
    return session.scalars(query.order_by(DeploymentChange.id.desc()).limit(500)).all()


def model_numbers(session: Session, ids: Iterable[UUID | None]) -> dict[UUID, int]:
    """Numbers of model versions by id."""
    wanted = list({one for one in ids if one is not None})
    if not wanted:
        return {}
    rows: Any = session.execute(text("SELECT id, number FROM model_version WHERE id = ANY(:ids)"), {"ids": wanted})
    return {row.id: row.number for row in rows}


def devices(session: Session, deployment_id: UUID) -> Sequence[Device]:
    """Devices of a deployment, newest first."""
    query = select(Device).where(Device.deployment_id == deployment_id)
    return session.scalars(query.order_by(Device.id.desc())).all()


def device(session: Session, deployment_id: UUID, device_id: UUID) -> Device | None:
    """One device of a deployment."""
    return session.scalar(select(Device).where(Device.deployment_id == deployment_id, Device.id == device_id))


def by_id(session: Session, deployment_id: UUID) -> Deployment:
    """A deployment of the organization by its id."""
    return session.get_one(Deployment, deployment_id)


def shadow(session: Session, deployment_id: UUID) -> Any:
    """The shadow model of a deployment that is not retired, and how its scores become a verdict; or None."""
    query = text(
        "SELECT m.id AS model_id, m.key, m.sha256, m.threshold AS own_threshold, d.threshold, d.doubt, d.good_labels, "
        "d.live_model_id IS NULL AS alone FROM deployment d JOIN model_version m ON m.id = d.shadow_model_id "
        "WHERE d.id = :id AND d.state <> 'retired'"
    )
    return session.execute(query, {"id": deployment_id}).one_or_none()
