"""Tables of the stage annotate. The hot path (claim, submit) reads and writes them by functions of the database."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Double, ForeignKey, Index, LargeBinary, SmallInteger, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from tongguan.core.database import Base, OrgRow

ZERO = text("0")
NO = text("false")
EMPTY = text("''")


class Task(OrgRow, Base):
    """One item to be labelled under one rule version. `person_id` reserves it: rework, gold, practice, exam."""

    __tablename__ = "task"

    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"))
    item_id: Mapped[UUID] = mapped_column(ForeignKey("item.id"))
    rule_version_id: Mapped[UUID] = mapped_column(ForeignKey("rule_version.id"))
    purpose: Mapped[str] = mapped_column(Text, server_default=text("'ordinary'"))
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    rank: Mapped[int] = mapped_column(BigInteger)
    priority: Mapped[int] = mapped_column(SmallInteger, server_default=ZERO)
    needed: Mapped[int] = mapped_column(SmallInteger, server_default=text("1"))
    open_slots: Mapped[int] = mapped_column(SmallInteger)
    answered: Mapped[int] = mapped_column(SmallInteger, server_default=ZERO)
    skips: Mapped[int] = mapped_column(SmallInteger, server_default=ZERO)
    min_level: Mapped[int] = mapped_column(SmallInteger, server_default=ZERO)
    state: Mapped[str] = mapped_column(Text, server_default=text("'open'"))
    gold_id: Mapped[UUID | None]
    attempt_id: Mapped[UUID | None]
    rework_of: Mapped[UUID | None]
    rework: Mapped[dict[str, Any] | None]

    __table_args__ = (
        Index(
            "ix_task_queue",
            "project_id",
            text("priority DESC"),
            "rank",
            postgresql_where=text("open_slots > 0 AND state = 'open' AND person_id IS NULL"),
        ),
        Index(
            "ix_task_reserved",
            "person_id",
            "project_id",
            "purpose",
            postgresql_where=text("open_slots > 0 AND state = 'open' AND person_id IS NOT NULL"),
        ),
        Index("ix_task_item", "item_id"),
        Index("ix_task_list", "project_id", "state", "id"),
        Index("ix_task_attempt", "attempt_id", postgresql_where=text("attempt_id IS NOT NULL")),
    )


class Work(OrgRow, Base):
    """A person has touched a task: it (and its item) is not handed to them again."""

    __tablename__ = "work"

    task_id: Mapped[UUID] = mapped_column(ForeignKey("task.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    item_id: Mapped[UUID] = mapped_column(ForeignKey("item.id"))

    __table_args__ = (
        UniqueConstraint("task_id", "person_id", name="uq_work_task_id_person_id"),
        Index("ix_work_person_item", "person_id", "item_id"),
    )


class ClaimMark(OrgRow, Base):
    """Up to which rank of a priority the queue had nothing for a person, and since when; only a hint for the claim."""

    __tablename__ = "claim_mark"
    __table_args__ = (UniqueConstraint("person_id", "project_id", "priority", name="uq_claim_mark"),)

    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    priority: Mapped[int] = mapped_column(SmallInteger)
    rank: Mapped[int] = mapped_column(BigInteger)
    looked_at: Mapped[datetime]


class Lease(OrgRow, Base):
    """A person's timed hold on a task. At most one `next` and one `open` a person (study leases aside)."""

    __tablename__ = "lease"

    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"))
    task_id: Mapped[UUID] = mapped_column(ForeignKey("task.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    rule_version_id: Mapped[UUID] = mapped_column(ForeignKey("rule_version.id"))
    prelabel_id: Mapped[UUID | None]
    study: Mapped[bool] = mapped_column(server_default=NO)  # practice and exam: beside the two leases of paid work
    state: Mapped[str] = mapped_column(Text)
    claimed_at: Mapped[datetime]
    opened_at: Mapped[datetime | None]
    heartbeat_at: Mapped[datetime]
    counted_seconds: Mapped[float] = mapped_column(Double, server_default=ZERO)
    offline_seconds: Mapped[float] = mapped_column(Double, server_default=ZERO)
    last_command_at: Mapped[datetime | None]
    last_seq: Mapped[int] = mapped_column(server_default=ZERO)
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        Index(
            "uq_lease_slot",
            "person_id",
            "state",
            unique=True,
            postgresql_where=text("state IN ('next', 'open') AND NOT study"),
        ),
        Index("ix_lease_live", "project_id", "heartbeat_at", postgresql_where=text("state IN ('next', 'open')")),
        Index("ix_lease_task", "task_id", "person_id"),
        Index("ix_lease_person", "person_id", "id"),
    )


class Skip(OrgRow, Base):
    """A task that a person could not do, and why."""

    __tablename__ = "skip"

    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"))
    task_id: Mapped[UUID] = mapped_column(ForeignKey("task.id"))
    item_id: Mapped[UUID] = mapped_column(ForeignKey("item.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    lease_id: Mapped[UUID] = mapped_column(ForeignKey("lease.id"))
    reason: Mapped[str] = mapped_column(Text)
    note: Mapped[str] = mapped_column(Text, server_default=EMPTY)

    __table_args__ = (
        Index("ix_skip_project", "project_id", "id"),
        Index("ix_skip_person", "person_id", "project_id", "id"),
    )


class Draft(OrgRow, Base):
    """The last state of an answer that is not submitted. Kept, with a reason, when its lease was lost."""

    __tablename__ = "draft"

    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"))
    lease_id: Mapped[UUID] = mapped_column(ForeignKey("lease.id"))
    task_id: Mapped[UUID] = mapped_column(ForeignKey("task.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    seq: Mapped[int] = mapped_column(server_default=ZERO)
    labels: Mapped[list[dict[str, Any]] | None]
    nothing: Mapped[bool] = mapped_column(server_default=NO)
    state: Mapped[str] = mapped_column(Text, server_default=text("'live'"))
    reason: Mapped[str | None] = mapped_column(Text)
    updated_at: Mapped[datetime]

    __table_args__ = (
        UniqueConstraint("lease_id", name="uq_draft_lease_id"),
        Index("ix_draft_kept", "person_id", "project_id", "id", postgresql_where=text("state = 'kept'")),
    )


class DraftCommand(OrgRow, Base):
    """A run of editor commands as saved; moved, compressed, into the revision at submit."""

    __tablename__ = "draft_command"

    lease_id: Mapped[UUID] = mapped_column(ForeignKey("lease.id"))
    seq_from: Mapped[int]
    seq_to: Mapped[int]
    commands: Mapped[list[Any]]

    __table_args__ = (UniqueConstraint("lease_id", "seq_from", name="uq_draft_command_lease_id_seq_from"),)


class PersonCount(OrgRow, Base):
    """What a person submitted in a project so far; one row a person, so that submits never wait for each other."""

    __tablename__ = "person_count"

    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    submitted: Mapped[int] = mapped_column(BigInteger, server_default=ZERO)
    labels: Mapped[int] = mapped_column(BigInteger, server_default=ZERO)
    seconds: Mapped[float] = mapped_column(Double, server_default=ZERO)
    done: Mapped[int] = mapped_column(BigInteger, server_default=ZERO)  # ordinary tasks that this person completed

    __table_args__ = (UniqueConstraint("project_id", "person_id", name="uq_person_count_project_id_person_id"),)


class ReservedItem(OrgRow, Base):
    """An item that gets no ordinary task: its answer is known (gold)."""

    __tablename__ = "reserved_item"

    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"))
    item_id: Mapped[UUID] = mapped_column(ForeignKey("item.id"))
    reason: Mapped[str] = mapped_column(Text)

    __table_args__ = (UniqueConstraint("item_id", name="uq_reserved_item_item_id"),)


class TaskTotal(OrgRow, Base):
    """Tasks made and closed in a project, by purpose (rework apart)."""

    __tablename__ = "task_total"

    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"))
    purpose: Mapped[str] = mapped_column(Text)
    created: Mapped[int] = mapped_column(BigInteger, server_default=ZERO)
    closed: Mapped[int] = mapped_column(BigInteger, server_default=ZERO)
    done: Mapped[int] = mapped_column(BigInteger, server_default=ZERO)  # without a person: accepted imports

    __table_args__ = (UniqueConstraint("project_id", "purpose", name="uq_task_total_project_id_purpose"),)


class Annotation(OrgRow, Base):
    """One person's answer to a task: the head of its revisions. Imports have their batch as author."""

    __tablename__ = "annotation"

    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"))
    task_id: Mapped[UUID] = mapped_column(ForeignKey("task.id"))
    item_id: Mapped[UUID] = mapped_column(ForeignKey("item.id"))
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    batch_id: Mapped[UUID | None] = mapped_column(ForeignKey("batch.id"))
    purpose: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    state_before: Mapped[str | None] = mapped_column(Text)  # while deleted: what it was
    revision: Mapped[int] = mapped_column(server_default=text("1"))
    current_revision_id: Mapped[UUID]
    rule_version_id: Mapped[UUID] = mapped_column(ForeignKey("rule_version.id"))
    label_count: Mapped[int] = mapped_column(server_default=ZERO)
    label_keys: Mapped[list[str]] = mapped_column(server_default=text("'[]'::jsonb"))
    source: Mapped[str] = mapped_column(Text, server_default=text("'person'"))
    submitted_at: Mapped[datetime]
    deleted_at: Mapped[datetime | None]
    reopened: Mapped[bool] = mapped_column(server_default=NO)  # deleted, and its task is open again

    __table_args__ = (
        Index("uq_annotation_task_id_person_id", "task_id", "person_id", unique=True),
        Index("ix_annotation_list", "project_id", "id"),
        Index("ix_annotation_state", "project_id", "state", "id"),
        Index("ix_annotation_item", "item_id"),
        Index("ix_annotation_person", "person_id", "project_id", "id"),
    )


class AnnotationRevision(OrgRow, Base):
    """One version of an answer. Insert only: the application has no right to change or remove it."""

    __tablename__ = "annotation_revision"

    annotation_id: Mapped[UUID] = mapped_column(ForeignKey("annotation.id"))
    number: Mapped[int]
    base: Mapped[int]
    author_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    lease_id: Mapped[UUID | None] = mapped_column(ForeignKey("lease.id"))
    rule_version_id: Mapped[UUID] = mapped_column(ForeignKey("rule_version.id"))
    labels: Mapped[list[dict[str, Any]]]
    nothing: Mapped[bool] = mapped_column(server_default=NO)
    seconds: Mapped[float] = mapped_column(Double, server_default=ZERO)
    offline_seconds: Mapped[float] = mapped_column(Double, server_default=ZERO)
    commands: Mapped[bytes | None] = mapped_column(LargeBinary)
    submit_key: Mapped[str | None] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)

    __table_args__ = (
        UniqueConstraint("annotation_id", "number", name="uq_annotation_revision_annotation_id_number"),
        Index(
            "uq_annotation_revision_submit_key",
            "author_id",
            "submit_key",
            unique=True,
            postgresql_where=text("submit_key IS NOT NULL"),
        ),
    )


class Prelabel(OrgRow, Base):
    """A model's labels for an item, handed out with its work. One live set an item."""

    __tablename__ = "prelabel"

    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"))
    item_id: Mapped[UUID] = mapped_column(ForeignKey("item.id"))
    model_version_id: Mapped[UUID | None]
    labels: Mapped[list[dict[str, Any]]]
    state: Mapped[str] = mapped_column(Text, server_default=text("'live'"))

    __table_args__ = (
        Index("uq_prelabel_live", "item_id", unique=True, postgresql_where=text("state = 'live'")),
        Index("ix_prelabel_project", "project_id", "id"),
    )


class PrelabelOutcome(OrgRow, Base):
    """What became of a pre-label in one answer: labels kept, corrected, thrown away, and drawn besides."""

    __tablename__ = "prelabel_outcome"

    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"))
    annotation_id: Mapped[UUID] = mapped_column(ForeignKey("annotation.id"))
    prelabel_id: Mapped[UUID] = mapped_column(ForeignKey("prelabel.id"))
    model_version_id: Mapped[UUID | None]
    kept: Mapped[int]
    corrected: Mapped[int]
    thrown: Mapped[int]
    drawn: Mapped[int]

    __table_args__ = (
        UniqueConstraint("annotation_id", "prelabel_id", name="uq_prelabel_outcome_annotation_id_prelabel_id"),
        Index("ix_prelabel_outcome_project", "project_id", "model_version_id"),
    )
