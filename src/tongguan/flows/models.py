"""Tables of the stage flows: the loop from a prediction on the line back to a better model."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, SmallInteger, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from tongguan.core.database import Base, OrgRow

EMPTY = text("''")


class LoopRoute(OrgRow, Base):
    """Where a deployment's pictures go: who may label them, how early, under which terms."""

    __tablename__ = "loop_route"
    __table_args__ = (UniqueConstraint("deployment_id"),)

    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"))
    deployment_id: Mapped[UUID]
    level: Mapped[int] = mapped_column(SmallInteger)
    priority_wrong: Mapped[int] = mapped_column(SmallInteger)
    priority_sampled: Mapped[int] = mapped_column(SmallInteger)
    group_rule: Mapped[str] = mapped_column(Text, server_default=text("'none'"))
    licence: Mapped[str] = mapped_column(Text, server_default=EMPTY)
    consent: Mapped[str] = mapped_column(Text, server_default=EMPTY)
    person_id: Mapped[UUID | None]


class LoopCase(OrgRow, Base):
    """One prediction on its way: task, answer, dataset version, model version, evaluation, deployment."""

    __tablename__ = "loop_case"
    __table_args__ = (
        UniqueConstraint("prediction_id"),
        Index("ix_loop_case_project", "project_id", "state", "id"),
        Index("ix_loop_case_item", "item_id", postgresql_where=text("item_id IS NOT NULL")),
        Index("ix_loop_case_task", "task_id", postgresql_where=text("task_id IS NOT NULL")),
    )

    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"))
    deployment_id: Mapped[UUID]
    prediction_id: Mapped[UUID]
    kind: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text, server_default=EMPTY)
    state: Mapped[str] = mapped_column(Text, server_default=text("'waiting'"))
    note: Mapped[str] = mapped_column(Text, server_default=EMPTY)
    made_by: Mapped[UUID | None]
    item_id: Mapped[UUID | None] = mapped_column(ForeignKey("item.id"))
    known: Mapped[bool] = mapped_column(server_default=text("false"))
    task_id: Mapped[UUID | None] = mapped_column(ForeignKey("task.id"))
    annotation_id: Mapped[UUID | None] = mapped_column(ForeignKey("annotation.id"))
    revision_id: Mapped[UUID | None] = mapped_column(ForeignKey("annotation_revision.id"))
    dataset_version_id: Mapped[UUID | None] = mapped_column(ForeignKey("dataset_version.id"))
    side: Mapped[str] = mapped_column(Text, server_default=EMPTY)
    model_version_id: Mapped[UUID | None] = mapped_column(ForeignKey("model_version.id"))
    evaluation_id: Mapped[UUID | None]
    change_id: Mapped[UUID | None]
    reached: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
