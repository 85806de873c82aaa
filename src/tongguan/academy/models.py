"""Tables of the stage academy."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from tongguan.core.database import Base, OrgRow


class Attempt(OrgRow, Base):
    """A series of gold items that one person answers: practice (judged at once) or an exam."""

    __tablename__ = "attempt"
    __table_args__ = (
        UniqueConstraint("project_id", "person_id", "rule_major", "kind", "number", name="uq_attempt_number"),
        Index(
            "uq_attempt_running",
            "project_id",
            "person_id",
            "kind",
            unique=True,
            postgresql_where=text("state = 'running'"),
        ),
        Index("ix_attempt_project", "project_id", "id"),
        Index("ix_attempt_person", "person_id", "project_id", "id"),
    )

    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    rule_major: Mapped[int]
    rule_version_id: Mapped[UUID] = mapped_column(ForeignKey("rule_version.id"))
    kind: Mapped[str] = mapped_column(Text)
    number: Mapped[int]
    state: Mapped[str] = mapped_column(Text, server_default=text("'running'"))
    end_reason: Mapped[str | None] = mapped_column(Text)
    answered: Mapped[int] = mapped_column(server_default=text("0"))
    correct: Mapped[int] = mapped_column(server_default=text("0"))
    total: Mapped[int]
    pass_mark: Mapped[float]
    iou: Mapped[float]
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    next_allowed_at: Mapped[datetime | None]


class AttemptAnswer(OrgRow, Base):
    """One item of an attempt; `correct` is null until it is answered. `expected` is the gold as it was then."""

    __tablename__ = "attempt_answer"
    __table_args__ = (
        UniqueConstraint("attempt_id", "position", name="uq_attempt_answer_position"),
        Index("ix_attempt_answer_task", "task_id"),
        Index("ix_attempt_answer_gold", "gold_id"),
    )

    attempt_id: Mapped[UUID] = mapped_column(ForeignKey("attempt.id"))
    task_id: Mapped[UUID] = mapped_column(ForeignKey("task.id"))
    gold_id: Mapped[UUID] = mapped_column(ForeignKey("gold.id"))
    item_id: Mapped[UUID] = mapped_column(ForeignKey("item.id"))
    position: Mapped[int]
    expected: Mapped[list[dict[str, Any]]]
    correct: Mapped[bool | None] = mapped_column(Boolean)
    detail: Mapped[dict[str, Any] | None]
    opened_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]


class LessonRead(OrgRow, Base):
    """A person has read the lesson of a rule version."""

    __tablename__ = "lesson_read"
    __table_args__ = (UniqueConstraint("person_id", "rule_version_id", name="uq_lesson_read_person_version"),)

    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    rule_version_id: Mapped[UUID] = mapped_column(ForeignKey("rule_version.id"))
    read_at: Mapped[datetime]
