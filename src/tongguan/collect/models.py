"""Tables of the stage collect."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from tongguan.core.database import Base, OrgRow

NO_JSON = text("'{}'::jsonb")
NO_LIST = text("'[]'::jsonb")
EMPTY = text("''")
ZERO = text("0")


class Upload(OrgRow, Base):
    """A file on its way from a browser: `received` bytes are safe on disk."""

    __tablename__ = "upload"

    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"))
    name: Mapped[str] = mapped_column(Text)
    size: Mapped[int] = mapped_column(BigInteger)
    received: Mapped[int] = mapped_column(BigInteger, server_default=ZERO)
    state: Mapped[str] = mapped_column(Text, server_default=text("'receiving'"))
    key: Mapped[str] = mapped_column(Text, server_default=EMPTY)
    sha256: Mapped[str] = mapped_column(Text, server_default=EMPTY)
    created_by: Mapped[UUID | None]

    __table_args__ = (Index("ix_upload_project", "project_id", "created_at"),)


class Batch(OrgRow, Base):
    """One import: where it came from, under which terms, how far it is."""

    __tablename__ = "batch"

    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"))
    name: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(Text)
    mode: Mapped[str] = mapped_column(Text)
    location: Mapped[str] = mapped_column(Text, server_default=EMPTY)
    format: Mapped[str] = mapped_column(Text, server_default=text("'none'"))
    options: Mapped[dict[str, Any]] = mapped_column(server_default=NO_JSON)
    licence: Mapped[str] = mapped_column(Text, server_default=EMPTY)
    consent: Mapped[str] = mapped_column(Text, server_default=EMPTY)
    provenance: Mapped[str] = mapped_column(Text, server_default=EMPTY)
    group_rule: Mapped[str] = mapped_column(Text, server_default=text("'none'"))
    state: Mapped[str] = mapped_column(Text, server_default=text("'queued'"))
    counts: Mapped[dict[str, Any]] = mapped_column(server_default=NO_JSON)
    position: Mapped[dict[str, Any]] = mapped_column(server_default=NO_JSON)
    error: Mapped[dict[str, Any] | None]
    job_id: Mapped[UUID | None]
    created_by: Mapped[UUID | None]

    __table_args__ = (
        Index("ix_batch_project", "project_id", "id"),
        Index("uq_batch_line", "project_id", "location", unique=True, postgresql_where=text("source = 'line'")),
    )


class Asset(OrgRow, Base):
    """Stored bytes, once per organization and content. `location` is a storage key, or the address of a reference."""

    __tablename__ = "asset"

    sha256: Mapped[str] = mapped_column(Text)
    size: Mapped[int] = mapped_column(BigInteger)
    media_type: Mapped[str] = mapped_column(Text)
    location: Mapped[str] = mapped_column(Text)
    preview: Mapped[str] = mapped_column(Text, server_default=EMPTY)
    thumb: Mapped[str] = mapped_column(Text, server_default=EMPTY)
    tiles: Mapped[str] = mapped_column(Text, server_default=EMPTY)
    state: Mapped[str] = mapped_column(Text, server_default=text("'stored'"))

    __table_args__ = (UniqueConstraint("org_id", "sha256", name="uq_asset_org_sha256"),)


class Item(OrgRow, Base):
    """One thing to label, with what is known about it. Never deleted: erased items stay as tombstones."""

    __tablename__ = "item"

    project_id: Mapped[UUID]  # its batch's; the batch has the foreign key
    batch_id: Mapped[UUID] = mapped_column(ForeignKey("batch.id"))
    asset_id: Mapped[UUID] = mapped_column(ForeignKey("asset.id"))
    name: Mapped[str] = mapped_column(Text(collation="C"))
    media: Mapped[str] = mapped_column(Text, server_default=text("'image'"))
    width: Mapped[int] = mapped_column(server_default=ZERO)
    height: Mapped[int] = mapped_column(server_default=ZERO)
    bytes: Mapped[int] = mapped_column(BigInteger, server_default=ZERO)
    group_key: Mapped[str | None] = mapped_column(Text)
    cluster_key: Mapped[str | None] = mapped_column(Text)
    cluster_links: Mapped[list[str]] = mapped_column(server_default=NO_LIST)
    licence: Mapped[str] = mapped_column(Text, server_default=EMPTY)
    consent: Mapped[str] = mapped_column(Text, server_default=EMPTY)
    provenance: Mapped[dict[str, Any]] = mapped_column(server_default=NO_JSON)
    state: Mapped[str] = mapped_column(Text, server_default=text("'ok'"))
    label_state: Mapped[str] = mapped_column(Text, server_default=text("'none'"))
    measurement: Mapped[dict[str, Any]] = mapped_column(server_default=NO_JSON)

    __table_args__ = (
        UniqueConstraint("project_id", "name", "asset_id", name="uq_item_project_name_asset"),
        Index("ix_item_project", "project_id", "id"),
        Index("ix_item_state", "project_id", "state", "id"),
        Index("ix_item_label_state", "project_id", "label_state", "id", postgresql_where=text("label_state <> 'none'")),
        Index("ix_item_batch", "batch_id", "id"),
        Index("ix_item_group", "project_id", "group_key", "id", postgresql_where=text("group_key IS NOT NULL")),
        Index("ix_item_asset", "asset_id", "project_id"),
    )


class Refusal(OrgRow, Base):
    """Something of a batch that did not come in, and why. One row per name and reason, however often the job runs."""

    __tablename__ = "refusal"

    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"))
    batch_id: Mapped[UUID] = mapped_column(ForeignKey("batch.id"))
    name: Mapped[str] = mapped_column(Text)
    check_id: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text, server_default=text("'item'"))
    count: Mapped[int] = mapped_column(server_default=text("1"))
    detail: Mapped[str] = mapped_column(Text, server_default=EMPTY)

    __table_args__ = (
        UniqueConstraint("batch_id", "name", "check_id", "kind", name="uq_refusal_batch_name_check_kind"),
        Index("ix_refusal_project", "project_id", "id"),
    )


class ImportedLabel(OrgRow, Base):
    """Labels as a file brought them, before a person maps their names to label classes."""

    __tablename__ = "imported_label"

    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"))
    batch_id: Mapped[UUID] = mapped_column(ForeignKey("batch.id"))
    item_id: Mapped[UUID] = mapped_column(ForeignKey("item.id"))
    format: Mapped[str] = mapped_column(Text)
    labels: Mapped[list[dict[str, Any]]] = mapped_column(server_default=NO_LIST)
    nothing: Mapped[bool] = mapped_column(server_default=text("false"))
    side: Mapped[str | None] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text, server_default=text("'raw'"))

    __table_args__ = (
        UniqueConstraint("batch_id", "item_id", name="uq_imported_label_batch_item"),
        Index("ix_imported_label_project", "project_id", "id"),
        Index("ix_imported_label_item", "item_id"),
    )


class ItemCount(OrgRow, Base):
    """How many items a project holds in each state, kept in the transaction that changes them."""

    __tablename__ = "item_count"

    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"))
    state: Mapped[str] = mapped_column(Text)
    n: Mapped[int] = mapped_column(BigInteger, server_default=ZERO)

    __table_args__ = (UniqueConstraint("project_id", "state", name="uq_item_count_project_state"),)
