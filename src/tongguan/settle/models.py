"""Tables of the stage settle. All of them are append-only: the application has no right to change or remove a row."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, Numeric, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from tongguan.core.database import Base, OrgRow

EMPTY = text("''")


class RateCard(OrgRow, Base):
    """The pay rules of a project as one TOML text; the latest holds for the open period."""

    __tablename__ = "rate_card"
    __table_args__ = (Index("ix_rate_card_project", "project_id", "id"),)

    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"))
    toml: Mapped[str] = mapped_column(Text)
    created_by: Mapped[UUID | None]


class WorkRow(OrgRow, Base):
    """Judged units of one revision, a review of it, or a confirmed finding on it, without money: what pay is computed
    from."""

    __tablename__ = "work_row"
    __table_args__ = (
        Index(
            "uq_work_row_revision_person_unit_outcome",
            "revision_id",
            "person_id",
            "unit",
            "difficulty",
            "outcome",
            unique=True,
            postgresql_where=text("finding_id IS NULL"),
        ),
        Index("uq_work_row_finding", "finding_id", unique=True, postgresql_where=text("finding_id IS NOT NULL")),
        Index("ix_work_row_person", "project_id", "person_id", "accepted_at"),
        Index("ix_work_row_project", "project_id", "accepted_at"),
    )

    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"))
    person_id: Mapped[UUID]
    annotation_id: Mapped[UUID]
    revision_id: Mapped[UUID]
    item_id: Mapped[UUID] = mapped_column(ForeignKey("item.id"))
    judgement_id: Mapped[UUID | None] = mapped_column(ForeignKey("judgement.id"))
    review_id: Mapped[UUID | None] = mapped_column(ForeignKey("review.id"))
    finding_id: Mapped[UUID | None] = mapped_column(ForeignKey("finding.id"))
    unit: Mapped[str] = mapped_column(Text)
    difficulty: Mapped[str] = mapped_column(Text)
    quantity: Mapped[Decimal] = mapped_column(Numeric)
    outcome: Mapped[str] = mapped_column(Text)
    accepted_at: Mapped[datetime]


class WorkVoid(OrgRow, Base):
    """A work row whose judgement or finding was taken back before its period was closed: it does not count."""

    __tablename__ = "work_void"
    __table_args__ = (UniqueConstraint("work_row_id", name="uq_work_void_work_row"),)

    work_row_id: Mapped[UUID] = mapped_column(ForeignKey("work_row.id"))
    judgement_id: Mapped[UUID | None] = mapped_column(ForeignKey("judgement.id"))
    finding_id: Mapped[UUID | None] = mapped_column(ForeignKey("finding.id"))


class PayPeriod(OrgRow, Base):
    """A closed period: the work of one month, cut at its end or earlier by the owner, and the rules it was paid by."""

    __tablename__ = "pay_period"
    __table_args__ = (
        UniqueConstraint("project_id", "month", name="uq_pay_period_project_month"),
        UniqueConstraint("project_id", "number", name="uq_pay_period_project_number"),
    )

    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"))
    number: Mapped[int]
    month: Mapped[date]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    state: Mapped[str] = mapped_column(Text, server_default=text("'closed'"))
    closed_at: Mapped[datetime]
    closed_by: Mapped[UUID | None]
    early: Mapped[bool] = mapped_column(server_default=text("false"))
    rate_toml: Mapped[str] = mapped_column(Text)


class PeriodWork(OrgRow, Base):
    """Which work rows a closed period paid; a row belongs to one period."""

    __tablename__ = "period_work"
    __table_args__ = (
        UniqueConstraint("work_row_id", name="uq_period_work_work_row"),
        Index("ix_period_work_period", "period_id"),
    )

    period_id: Mapped[UUID] = mapped_column(ForeignKey("pay_period.id"))
    work_row_id: Mapped[UUID] = mapped_column(ForeignKey("work_row.id"))


class LedgerLine(OrgRow, Base):
    """Money for a person and period: the base wage, units beyond the quota, or the answer to an appeal; with what it
    was computed from."""

    __tablename__ = "ledger_line"
    __table_args__ = (
        UniqueConstraint("key", name="uq_ledger_line_key"),
        Index("ix_ledger_line_period", "period_id", "person_id"),
        Index("ix_ledger_line_person", "person_id", "id"),
    )

    period_id: Mapped[UUID] = mapped_column(ForeignKey("pay_period.id"))
    person_id: Mapped[UUID]
    kind: Mapped[str] = mapped_column(Text)
    unit: Mapped[str] = mapped_column(Text, server_default=EMPTY)
    difficulty: Mapped[str] = mapped_column(Text, server_default=EMPTY)
    outcome: Mapped[str] = mapped_column(Text, server_default=EMPTY)
    quantity: Mapped[Decimal] = mapped_column(Numeric)
    rate: Mapped[Decimal | None] = mapped_column(Numeric)
    coefficient: Mapped[Decimal | None] = mapped_column(Numeric)
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    key: Mapped[str] = mapped_column(Text)
    explanation: Mapped[dict[str, Any]]


class PayAppeal(OrgRow, Base):
    """A person says that a payslip, or one line of it, is wrong: once each, within the days that the project gives."""

    __tablename__ = "pay_appeal"
    __table_args__ = (
        Index(
            "uq_pay_appeal_line",
            "person_id",
            "line_id",
            unique=True,
            postgresql_where=text("line_id IS NOT NULL"),
        ),
        Index("uq_pay_appeal_slip", "person_id", "period_id", unique=True, postgresql_where=text("line_id IS NULL")),
        Index("ix_pay_appeal_project", "project_id", "id"),
    )

    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"))
    period_id: Mapped[UUID] = mapped_column(ForeignKey("pay_period.id"))
    person_id: Mapped[UUID]
    line_id: Mapped[UUID | None] = mapped_column(ForeignKey("ledger_line.id"))
    text: Mapped[str] = mapped_column(Text)
    filed_at: Mapped[datetime]
    answer_by: Mapped[datetime]


class PayAppealAnswer(OrgRow, Base):
    """What a manager answered, once; `line_id` is the new ledger line, of 0 fen where the appeal was refused."""

    __tablename__ = "pay_appeal_answer"
    __table_args__ = (UniqueConstraint("appeal_id", name="uq_pay_appeal_answer_appeal"),)

    appeal_id: Mapped[UUID] = mapped_column(ForeignKey("pay_appeal.id"))
    granted: Mapped[bool]
    text: Mapped[str] = mapped_column(Text)
    line_id: Mapped[UUID] = mapped_column(ForeignKey("ledger_line.id"))
    answered_by: Mapped[UUID]
    answered_at: Mapped[datetime]
