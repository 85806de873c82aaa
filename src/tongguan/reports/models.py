"""Tables of reports."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from tongguan.core.database import Base, OrgRow


class Report(OrgRow, Base):
    """A report as it was made: the facts of one moment, written as files."""

    __tablename__ = "report"
    __table_args__ = (UniqueConstraint("project_id", "number"),)

    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"))
    number: Mapped[int]
    subject: Mapped[str] = mapped_column(Text)
    evaluation: Mapped[int | None]
    language: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text, server_default=text("'queued'"))
    costs: Mapped[bool] = mapped_column(server_default=text("false"))
    sources: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'::jsonb"))
    files: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'::jsonb"))
    error: Mapped[dict[str, Any] | None]
    job_id: Mapped[UUID | None]
    created_by: Mapped[UUID | None]
    made_at: Mapped[datetime | None]
