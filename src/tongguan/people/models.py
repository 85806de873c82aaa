"""Tables of people under row-level security; the identity tables are reached by functions only (repository.py)."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, SmallInteger, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from tongguan.core.database import Base, OrgRow

LEVELS = ("trainee", "annotator", "senior", "inspector", "manager")


class Person(OrgRow, Base):
    """A member of an organization. The id is the membership's."""

    __tablename__ = "person"
    __table_args__ = (Index("ix_person_org_id_id", "org_id", "id"),)

    name: Mapped[str] = mapped_column(Text)
    email: Mapped[str] = mapped_column(Text, server_default="")
    org_role: Mapped[str] = mapped_column(Text, server_default="member")
    level: Mapped[int] = mapped_column(SmallInteger, server_default="1")
    active: Mapped[bool] = mapped_column(server_default=text("true"))
    language: Mapped[str] = mapped_column(Text, server_default="zh")
    hotkeys: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'::jsonb"))


class Qualification(OrgRow, Base):
    """Permission to work in a project under the rules of one major version."""

    __tablename__ = "qualification"
    __table_args__ = (
        UniqueConstraint("person_id", "project_id", "rule_major"),
        Index("ix_qualification_project_id", "project_id"),
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", name="qualification_person_id_fkey"))
    project_id: Mapped[UUID]
    rule_major: Mapped[int]
    state: Mapped[str] = mapped_column(Text, server_default="open")
    source: Mapped[str] = mapped_column(Text)
    attempt_id: Mapped[UUID | None]
    granted_by: Mapped[UUID | None]
    reason: Mapped[str | None] = mapped_column(Text)
    closed_at: Mapped[datetime | None]
