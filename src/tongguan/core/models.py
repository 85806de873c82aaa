"""Tables of the core: events, visible jobs, the audit trail."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from tongguan.core.database import Base, OrgRow


class Event(OrgRow, Base):
    """Something that happened, written in the transaction in which it happened."""

    __tablename__ = "event"
    __table_args__ = (Index("ix_event_waiting", "org_id", "kind", "id", postgresql_where=text("delivered_at IS NULL")),)

    kind: Mapped[str] = mapped_column(Text)
    payload: Mapped[dict[str, Any]]
    delivered_at: Mapped[datetime | None]


class Job(OrgRow, Base):
    """Long work that people see: progress, cancel, result, error in words."""

    __tablename__ = "job"
    __table_args__ = (Index("ix_job_project_id_id", "project_id", "id"),)

    project_id: Mapped[UUID | None]
    person_id: Mapped[UUID | None]
    kind: Mapped[str] = mapped_column(Text)
    title: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text, server_default="queued")
    done: Mapped[int] = mapped_column(BigInteger, server_default="0")
    total: Mapped[int | None] = mapped_column(BigInteger)
    rate: Mapped[float | None]
    message: Mapped[str] = mapped_column(Text, server_default="")
    error: Mapped[dict[str, Any] | None]
    result: Mapped[dict[str, Any] | None]
    cancel_requested: Mapped[bool] = mapped_column(server_default=text("false"))
    started_at: Mapped[datetime | None]
    updated_at: Mapped[datetime] = mapped_column(server_default=text("now()"))


class Audit(OrgRow, Base):
    """A change that matters: who did what to which object. The application can only add."""

    __tablename__ = "audit"
    __table_args__ = (Index("ix_audit_org_id_id", "org_id", "id"),)

    person_id: Mapped[UUID | None]
    action: Mapped[str] = mapped_column(Text)
    object_kind: Mapped[str] = mapped_column(Text)
    object_id: Mapped[str] = mapped_column(Text)
    project_id: Mapped[UUID | None]
    detail: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
