"""Tables of connect."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Double, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from tongguan.core.database import Base, OrgRow


class Webhook(OrgRow, Base):
    """Where to call, and for which events. Without a project: for those of all projects."""

    __tablename__ = "webhook"
    __table_args__ = (Index("ix_webhook_org_id_project_id", "org_id", "project_id"),)

    project_id: Mapped[UUID | None] = mapped_column(ForeignKey("project.id"))
    name: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    url: Mapped[str] = mapped_column(Text)
    events: Mapped[list[str]]
    language: Mapped[str] = mapped_column(Text, server_default=text("'zh'"))
    active: Mapped[bool] = mapped_column(server_default=text("true"))
    # Loaded only where a call is signed, so that no answer can hold it by accident.
    secret: Mapped[str] = mapped_column(Text, server_default=text("''"), deferred=True)
    created_by: Mapped[UUID | None]


class WebhookDelivery(OrgRow, Base):
    """One event for one hook."""

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        UniqueConstraint("webhook_id", "event_id"),
        Index("ix_webhook_delivery_webhook_id_id", "webhook_id", "id"),
        Index("ix_webhook_delivery_next_at", "next_at", postgresql_where=text("state = 'waiting'")),
    )

    webhook_id: Mapped[UUID] = mapped_column(ForeignKey("webhook.id", ondelete="CASCADE"))
    event_id: Mapped[UUID]
    event: Mapped[str] = mapped_column(Text)
    content: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(Text, server_default=text("'queued'"))
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    tries: Mapped[int] = mapped_column(server_default=text("0"))
    code: Mapped[int | None]
    error: Mapped[dict[str, Any] | None]
    answer: Mapped[str] = mapped_column(Text, server_default=text("''"))
    seconds: Mapped[float | None] = mapped_column(Double)
    next_at: Mapped[datetime | None]
    queued_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    tried_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
