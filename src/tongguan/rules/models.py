"""Tables of the stage rules."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from tongguan.core.database import Base, OrgRow


class RuleVersionRow(OrgRow, Base):
    """A version of the rulebook. A draft (0.0) becomes the version; a trigger keeps published rows as they are."""

    __tablename__ = "rule_version"
    __table_args__ = (
        Index(
            "uq_rule_version_published",
            "project_id",
            "major",
            "minor",
            unique=True,
            postgresql_where=text("state = 'published'"),
        ),
        Index("uq_rule_version_draft", "project_id", unique=True, postgresql_where=text("state = 'draft'")),
    )

    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"))
    major: Mapped[int] = mapped_column(server_default="0")
    minor: Mapped[int] = mapped_column(server_default="0")
    state: Mapped[str] = mapped_column(server_default="draft")
    label_set: Mapped[list[dict[str, Any]]]
    guideline: Mapped[str] = mapped_column(server_default="")
    examples: Mapped[list[dict[str, Any]]]
    checks: Mapped[dict[str, Any]]
    note: Mapped[str] = mapped_column(server_default="")
    revision: Mapped[int] = mapped_column(
        server_default="1"
    )  # of the draft: each save adds one, a stale save is refused
    based_on: Mapped[UUID | None] = mapped_column(ForeignKey("rule_version.id"))
    updated_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    published_at: Mapped[datetime | None]
    published_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))


class ClarificationRow(OrgRow, Base):
    """A question on a rule, usually asked on an item, its answer, and the version that took it in."""

    __tablename__ = "clarification"
    __table_args__ = (
        Index("ix_clarification_project_state", "project_id", "state", "id"),
        Index("ix_clarification_item_id", "item_id"),
    )

    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"))
    item_id: Mapped[UUID | None] = mapped_column(ForeignKey("item.id"))
    task_id: Mapped[UUID | None]
    rule_version_id: Mapped[UUID | None] = mapped_column(ForeignKey("rule_version.id"))
    label: Mapped[str | None]
    question: Mapped[str]
    asked_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    answer: Mapped[str | None]
    answered_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    answered_at: Mapped[datetime | None]
    state: Mapped[str] = mapped_column(server_default="open")
    taken_into: Mapped[UUID | None] = mapped_column(ForeignKey("rule_version.id", ondelete="SET NULL"))
    published_in: Mapped[UUID | None] = mapped_column(ForeignKey("rule_version.id"))


class LabelMappingRow(OrgRow, Base):
    """What a name that came with an import means: a label class of the rules, or nothing (label is null)."""

    __tablename__ = "label_mapping"
    __table_args__ = (UniqueConstraint("batch_id", "name", name="uq_label_mapping_batch_id_name"),)

    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"))
    batch_id: Mapped[UUID] = mapped_column(ForeignKey("batch.id"))
    name: Mapped[str]
    label: Mapped[str | None]
    rule_version_id: Mapped[UUID] = mapped_column(ForeignKey("rule_version.id"))
    updated_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    updated_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
