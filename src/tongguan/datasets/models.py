"""Tables of the stage datasets."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Double, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from tongguan.core.database import Base, OrgRow

NO_JSON = text("'{}'::jsonb")
NO_LIST = text("'[]'::jsonb")


class GroupSide(OrgRow, Base):
    """The side of a group, for ever."""

    __tablename__ = "group_side"
    __table_args__ = (UniqueConstraint("project_id", "group_key"),)

    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"))
    group_key: Mapped[str] = mapped_column(Text)
    side: Mapped[str] = mapped_column(Text)


class DatasetVersion(OrgRow, Base):
    """A frozen set of items with their settled answers and sides."""

    __tablename__ = "dataset_version"
    __table_args__ = (UniqueConstraint("project_id", "number"),)

    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"))
    number: Mapped[int]
    state: Mapped[str] = mapped_column(Text, server_default=text("'building'"))
    manifest_hash: Mapped[str | None] = mapped_column(Text)
    rule_version_id: Mapped[UUID | None] = mapped_column(ForeignKey("rule_version.id"))
    counts: Mapped[dict[str, Any]] = mapped_column(server_default=NO_JSON)
    kept: Mapped[float] = mapped_column(Double)
    line: Mapped[float] = mapped_column(Double)
    note: Mapped[str] = mapped_column(Text, server_default=text("''"))
    created_by: Mapped[UUID | None]
    frozen_at: Mapped[datetime | None]
    job_id: Mapped[UUID | None]


class DatasetEntry(OrgRow, Base):
    """One item of a version: its bytes by hash, its answer by revision, its side."""

    __tablename__ = "dataset_entry"
    __table_args__ = (
        UniqueConstraint("version_id", "item_id"),
        Index("ix_dataset_entry_version_id_name", "version_id", "name", "item_id"),
        Index("ix_dataset_entry_item_id", "item_id"),
    )

    version_id: Mapped[UUID] = mapped_column(ForeignKey("dataset_version.id"))
    item_id: Mapped[UUID] = mapped_column(ForeignKey("item.id"))
    name: Mapped[str] = mapped_column(Text(collation="C"))
    asset_sha256: Mapped[str] = mapped_column(Text)
    annotation_id: Mapped[UUID] = mapped_column(ForeignKey("annotation.id"))
    revision_id: Mapped[UUID] = mapped_column(ForeignKey("annotation_revision.id"))
    side: Mapped[str] = mapped_column(Text)
    group_key: Mapped[str] = mapped_column(Text)
    width: Mapped[int]
    height: Mapped[int]
    label_count: Mapped[int]
    erased: Mapped[bool] = mapped_column(server_default=text("false"))


class DatasetLeftOut(OrgRow, Base):
    """An item with a settled answer that is on no side, and why."""

    __tablename__ = "dataset_left_out"
    __table_args__ = (Index("ix_dataset_left_out_version_id", "version_id", "id"),)

    version_id: Mapped[UUID] = mapped_column(ForeignKey("dataset_version.id"))
    item_id: Mapped[UUID] = mapped_column(ForeignKey("item.id"))
    name: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)


class Export(OrgRow, Base):
    """A version written in a format, as one archive."""

    __tablename__ = "export"
    __table_args__ = (Index("ix_export_version_id", "version_id", "id"),)

    version_id: Mapped[UUID] = mapped_column(ForeignKey("dataset_version.id"))
    format: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text, server_default=text("'queued'"))
    key: Mapped[str | None] = mapped_column(Text)
    size: Mapped[int | None] = mapped_column(BigInteger)
    sha256: Mapped[str | None] = mapped_column(Text)
    counts: Mapped[dict[str, Any]] = mapped_column(server_default=NO_JSON)
    refused: Mapped[list[dict[str, Any]]] = mapped_column(server_default=NO_LIST)
    job_id: Mapped[UUID | None]
    created_by: Mapped[UUID | None]
