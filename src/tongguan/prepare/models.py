"""Tables of the stage prepare."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from tongguan.core.database import Base, OrgRow


class Problem(OrgRow, Base):
    """What a check found on an item. Waived by a named person with a reason, or gone with the refused item."""

    __tablename__ = "problem"

    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"))
    batch_id: Mapped[UUID] = mapped_column(ForeignKey("batch.id"))
    item_id: Mapped[UUID] = mapped_column(ForeignKey("item.id"))
    check_id: Mapped[str] = mapped_column(Text)
    severity: Mapped[str] = mapped_column(Text)
    other_item_id: Mapped[UUID | None]
    detail: Mapped[str] = mapped_column(Text, server_default=text("''"))
    state: Mapped[str] = mapped_column(Text, server_default=text("'open'"))
    waived_by: Mapped[UUID | None]
    waived_reason: Mapped[str] = mapped_column(Text, server_default=text("''"))
    waived_at: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("item_id", "check_id", name="uq_problem_item_check"),
        Index("ix_problem_check", "project_id", "check_id", "state", "item_id"),
        Index("ix_problem_batch", "batch_id"),
    )


class DataGateOpening(OrgRow, Base):
    """A named person opened the data gate although something was missing. Append-only."""

    __tablename__ = "data_gate_opening"

    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"))
    person_id: Mapped[UUID]
    reason: Mapped[str] = mapped_column(Text)
    missing: Mapped[list[dict[str, Any]]]

    __table_args__ = (Index("ix_data_gate_opening_project", "project_id", "id"),)
