"""Tables of projects."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, SmallInteger, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from tongguan.core.database import Base, OrgRow


class Project(OrgRow, Base):
    """One kind of work with its people, rules and gates."""

    __tablename__ = "project"
    __table_args__ = (Index("ix_project_org_id_id", "org_id", "id"),)

    name: Mapped[str] = mapped_column(Text)
    description: Mapped[str] = mapped_column(Text, server_default="")
    media: Mapped[str] = mapped_column(Text, server_default="image")
    state: Mapped[str] = mapped_column(Text, server_default="active")
    settings: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    created_by: Mapped[UUID | None]


class ProjectMember(OrgRow, Base):
    """A role that a project grants to a person; several per person."""

    __tablename__ = "project_member"
    __table_args__ = (
        UniqueConstraint("project_id", "person_id", "role"),
        Index("ix_project_member_person_id", "person_id"),
    )

    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id", name="project_member_project_id_fkey"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", name="project_member_person_id_fkey"))
    role: Mapped[str] = mapped_column(Text)


class ProjectGate(OrgRow, Base):
    """The present state of one gate, as its stage wrote it down."""

    __tablename__ = "project_gate"
    __table_args__ = (UniqueConstraint("project_id", "gate"),)

    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id", name="project_gate_project_id_fkey"))
    gate: Mapped[int] = mapped_column(SmallInteger)
    state: Mapped[str] = mapped_column(Text)
    figure: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    missing: Mapped[list[dict[str, Any]]] = mapped_column(server_default=text("'[]'"))
    updated_at: Mapped[datetime] = mapped_column(server_default=text("now()"))


class GateRecord(OrgRow, Base):
    """Append-only: every change of a gate's state, with who, why and which figures."""

    __tablename__ = "gate_record"
    __table_args__ = (Index("ix_gate_record_project_id_gate_id", "project_id", "gate", "id"),)

    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id", name="gate_record_project_id_fkey"))
    gate: Mapped[int] = mapped_column(SmallInteger)
    state: Mapped[str] = mapped_column(Text)
    figure: Mapped[dict[str, Any]]
    missing: Mapped[list[dict[str, Any]]]
    person_id: Mapped[UUID | None]
    reason: Mapped[str | None] = mapped_column(Text)
    rule_version_id: Mapped[UUID | None]


class ProjectVisit(OrgRow, Base):
    """When a person last looked at a project's map, for "since you were last here"."""

    __tablename__ = "project_visit"
    __table_args__ = (UniqueConstraint("project_id", "person_id"),)

    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id", name="project_visit_project_id_fkey"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", name="project_visit_person_id_fkey"))
    seen_at: Mapped[datetime]
    before_at: Mapped[datetime | None]


class SavedView(OrgRow, Base):
    """A list narrowed and laid out as somebody wants it: the page's address and its columns, under a name."""

    __tablename__ = "saved_view"
    __table_args__ = (UniqueConstraint("project_id", "list", "person_id", "name", name="uq_saved_view"),)

    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    list_name: Mapped[str] = mapped_column("list", Text)
    name: Mapped[str] = mapped_column(Text)
    query: Mapped[str] = mapped_column(Text)
    columns: Mapped[list[str]] = mapped_column(server_default=text("'[]'"))
    shared: Mapped[bool] = mapped_column(server_default=text("false"))
