"""Tables of the stage quality: lots, reviews, findings, gold, judgements, answers against what was right."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Numeric, SmallInteger, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from tongguan.core.database import Base, OrgRow

NO_JSON = text("'{}'::jsonb")
NO_LIST = text("'[]'::jsonb")
EMPTY = text("''")
ZERO = text("0")
FALSE = text("false")


class Lot(OrgRow, Base):
    """One person's submissions in one project since their last lot; accepted or screened as a whole."""

    __tablename__ = "lot"
    __table_args__ = (
        UniqueConstraint("project_id", "person_id", "number", name="uq_lot_project_person_number"),
        Index(
            "uq_lot_collecting", "project_id", "person_id", unique=True, postgresql_where=text("state = 'collecting'")
        ),
        Index("ix_lot_state", "project_id", "state", "id"),
    )

    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"))
    person_id: Mapped[UUID]
    number: Mapped[int]
    state: Mapped[str] = mapped_column(Text, server_default=text("'collecting'"))
    size: Mapped[int] = mapped_column(server_default=ZERO)
    drawn: Mapped[int] = mapped_column(server_default=ZERO)
    judged: Mapped[int] = mapped_column(server_default=ZERO)
    accepted: Mapped[int] = mapped_column(server_default=ZERO)
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[UUID | None]
    ended_at: Mapped[datetime | None]


class LotMember(OrgRow, Base):
    """One annotation of a lot; `outcome` is null until it is judged."""

    __tablename__ = "lot_member"
    __table_args__ = (
        UniqueConstraint("annotation_id", name="uq_lot_member_annotation"),
        Index("ix_lot_member_lot", "lot_id", "id"),
    )

    lot_id: Mapped[UUID] = mapped_column(ForeignKey("lot.id"))
    annotation_id: Mapped[UUID] = mapped_column(ForeignKey("annotation.id"))
    revision_id: Mapped[UUID]
    drawn: Mapped[bool] = mapped_column(server_default=FALSE)
    outcome: Mapped[str | None] = mapped_column(Text)


class Review(OrgRow, Base):
    """One look by another person at one revision: waits, is leased to an inspector, ends with a verdict."""

    __tablename__ = "review"
    __table_args__ = (
        UniqueConstraint("annotation_id", "revision_id", name="uq_review_annotation_revision"),
        Index(
            "ix_review_queue", "project_id", "queued_at", "id", postgresql_where=text("state IN ('waiting','leased')")
        ),
        Index("ix_review_person", "project_id", "person_id", "done_at"),
        Index("ix_review_lot", "lot_id"),
    )

    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"))
    annotation_id: Mapped[UUID] = mapped_column(ForeignKey("annotation.id"))
    revision_id: Mapped[UUID]
    item_id: Mapped[UUID] = mapped_column(ForeignKey("item.id"))
    task_id: Mapped[UUID]
    person_id: Mapped[UUID]
    lot_id: Mapped[UUID | None] = mapped_column(ForeignKey("lot.id"))
    reviewer_id: Mapped[UUID | None]
    state: Mapped[str] = mapped_column(Text, server_default=text("'waiting'"))
    verdict: Mapped[str | None] = mapped_column(Text)
    queued_at: Mapped[datetime]
    leased_until: Mapped[datetime | None]
    done_at: Mapped[datetime | None]


class Finding(OrgRow, Base):
    """What is wrong with an answer: type, severity, note, region; the author may contest it once."""

    __tablename__ = "finding"
    __table_args__ = (
        Index("ix_finding_person", "project_id", "person_id", "id"),
        Index("ix_finding_annotation", "annotation_id", "revision_id"),
        Index("ix_finding_contested", "project_id", "id", postgresql_where=text("state = 'contested'")),
    )

    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"))
    review_id: Mapped[UUID | None] = mapped_column(ForeignKey("review.id"))
    annotation_id: Mapped[UUID] = mapped_column(ForeignKey("annotation.id"))
    revision_id: Mapped[UUID]
    item_id: Mapped[UUID] = mapped_column(ForeignKey("item.id"))
    person_id: Mapped[UUID]
    made_by: Mapped[UUID | None]
    label_id: Mapped[str] = mapped_column(Text, server_default=EMPTY)
    label: Mapped[str] = mapped_column(Text, server_default=EMPTY)
    attribute: Mapped[str] = mapped_column(Text, server_default=EMPTY)
    type: Mapped[str] = mapped_column(Text)
    severity: Mapped[str] = mapped_column(Text)
    note: Mapped[str] = mapped_column(Text, server_default=EMPTY)
    region: Mapped[dict[str, Any] | None]
    state: Mapped[str] = mapped_column(Text, server_default=text("'open'"))
    contest: Mapped[str] = mapped_column(Text, server_default=EMPTY)
    contested_at: Mapped[datetime | None]
    answer: Mapped[str] = mapped_column(Text, server_default=EMPTY)
    answered_by: Mapped[UUID | None]
    answered_at: Mapped[datetime | None]


class Gold(OrgRow, Base):
    """An item with a known answer. One use at a time: hidden among the work, in practice, or in the exam."""

    __tablename__ = "gold"
    __table_args__ = (
        Index("uq_gold_live_item", "project_id", "item_id", unique=True, postgresql_where=text("state = 'live'")),
        Index("ix_gold_use", "project_id", "use", "state", "id"),
    )

    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"))
    item_id: Mapped[UUID] = mapped_column(ForeignKey("item.id"))
    use: Mapped[str] = mapped_column(Text)
    labels: Mapped[list[dict[str, Any]]] = mapped_column(server_default=NO_LIST)
    nothing: Mapped[bool] = mapped_column(server_default=FALSE)
    state: Mapped[str] = mapped_column(Text, server_default=text("'live'"))
    created_by: Mapped[UUID | None]


class GoldResult(OrgRow, Base):
    """One answer to hidden gold, compared on submit; its judgement follows together with that of ordinary work."""

    __tablename__ = "gold_result"
    __table_args__ = (
        UniqueConstraint("revision_id", name="uq_gold_result_revision"),
        Index("ix_gold_result_person", "project_id", "person_id", "id"),
        Index("ix_gold_result_waiting", "project_id", "person_id", postgresql_where=text("judged_at IS NULL")),
    )

    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"))
    gold_id: Mapped[UUID] = mapped_column(ForeignKey("gold.id"))
    annotation_id: Mapped[UUID] = mapped_column(ForeignKey("annotation.id"))
    revision_id: Mapped[UUID]
    item_id: Mapped[UUID] = mapped_column(ForeignKey("item.id"))
    person_id: Mapped[UUID]
    correct: Mapped[bool]
    matched: Mapped[int]
    missed: Mapped[int]
    extra: Mapped[int]
    wrong_class: Mapped[int] = mapped_column(server_default=ZERO)
    wrong_attribute: Mapped[int] = mapped_column(server_default=ZERO)
    answered_at: Mapped[datetime]
    judged_at: Mapped[datetime | None]


class Judgement(OrgRow, Base):
    """Units of one revision with one outcome, from which pay makes its work rows. The application can only add."""

    __tablename__ = "judgement"
    __table_args__ = (
        UniqueConstraint(
            "revision_id",
            "person_id",
            "unit",
            "difficulty",
            "outcome",
            name="uq_judgement_revision_person_unit_outcome",
        ),
        Index("ix_judgement_person", "project_id", "person_id", "judged_at"),
        Index("ix_judgement_annotation", "annotation_id", "id"),
    )

    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"))
    annotation_id: Mapped[UUID] = mapped_column(ForeignKey("annotation.id"))
    revision_id: Mapped[UUID]
    item_id: Mapped[UUID] = mapped_column(ForeignKey("item.id"))
    person_id: Mapped[UUID]
    unit: Mapped[str] = mapped_column(Text)
    difficulty: Mapped[str] = mapped_column(Text)
    quantity: Mapped[Decimal] = mapped_column(Numeric)
    outcome: Mapped[str] = mapped_column(Text)
    judged_at: Mapped[datetime]
    via: Mapped[str] = mapped_column(Text)
    judged_by: Mapped[UUID | None]
    labels: Mapped[dict[str, Any]] = mapped_column(server_default=NO_JSON)
    corrects: Mapped[UUID | None] = mapped_column(ForeignKey("judgement.id"))


class Confusion(OrgRow, Base):
    """How often a person answered one class where another was right, from gold, fixes and settled disagreements.

    An empty `expected` is a label where nothing was; an empty `answered` one that was missed.
    """

    __tablename__ = "confusion"
    __table_args__ = (
        UniqueConstraint("revision_id", "expected", "answered", name="uq_confusion_revision_expected_answered"),
        Index("ix_confusion_project", "project_id", "person_id"),
    )

    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"))
    person_id: Mapped[UUID]
    revision_id: Mapped[UUID]
    source: Mapped[str] = mapped_column(Text)
    expected: Mapped[str] = mapped_column(Text)
    answered: Mapped[str] = mapped_column(Text)
    count: Mapped[int]


class AttributeConfusion(OrgRow, Base):
    """How often a person gave an attribute one value where another was right, from gold, fixes and settled
    disagreements; `expected` and `answered` are alike where it was right. The application can only add."""

    __tablename__ = "attribute_confusion"
    __table_args__ = (
        UniqueConstraint(
            "revision_id", "label", "attribute", "expected", "answered", name="uq_attribute_confusion_revision_value"
        ),
        Index("ix_attribute_confusion_project", "project_id", "person_id"),
    )

    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"))
    person_id: Mapped[UUID]
    revision_id: Mapped[UUID]
    source: Mapped[str] = mapped_column(Text)
    label: Mapped[str] = mapped_column(Text)
    attribute: Mapped[str] = mapped_column(Text)
    expected: Mapped[str] = mapped_column(Text)
    answered: Mapped[str] = mapped_column(Text)
    count: Mapped[int]


class Consensus(OrgRow, Base):
    """An item that several people answered: they agreed, or an inspector has to settle it."""

    __tablename__ = "consensus"
    __table_args__ = (
        UniqueConstraint("task_id", name="uq_consensus_task"),
        Index("ix_consensus_state", "project_id", "state", "id"),
        Index("ix_consensus_item", "item_id"),
    )

    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"))
    item_id: Mapped[UUID] = mapped_column(ForeignKey("item.id"))
    task_id: Mapped[UUID]
    state: Mapped[str] = mapped_column(Text)
    annotation_id: Mapped[UUID | None]
    detail: Mapped[dict[str, Any]] = mapped_column(server_default=NO_JSON)
    settled_by: Mapped[UUID | None]
    settled_at: Mapped[datetime | None]


class QualityFlag(OrgRow, Base):
    """A person whose checked answers lie below the project's line with 95 % confidence; open until cleared."""

    __tablename__ = "quality_flag"
    __table_args__ = (
        Index("uq_quality_flag_open", "project_id", "person_id", unique=True, postgresql_where=text("state = 'open'")),
    )

    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"))
    person_id: Mapped[UUID]
    state: Mapped[str] = mapped_column(Text, server_default=text("'open'"))
    right_answers: Mapped[int]
    answers: Mapped[int]
    low: Mapped[float]
    high: Mapped[float]
    stopped: Mapped[bool] = mapped_column(server_default=FALSE)
    raised_at: Mapped[datetime]
    cleared_by: Mapped[UUID | None]
    cleared_at: Mapped[datetime | None]
    note: Mapped[str] = mapped_column(Text, server_default=EMPTY)


class Rework(OrgRow, Base):
    """Work sent back to its author, and why: `own` mistake or a changed `rule`. The application can only add."""

    __tablename__ = "rework"
    __table_args__ = (Index("ix_rework_annotation", "annotation_id", "id"),)

    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"))
    annotation_id: Mapped[UUID] = mapped_column(ForeignKey("annotation.id"))
    revision_id: Mapped[UUID]
    task_id: Mapped[UUID]
    cause: Mapped[str] = mapped_column(Text)
    requested_by: Mapped[UUID | None]
    priority: Mapped[int] = mapped_column(SmallInteger, server_default=ZERO)
