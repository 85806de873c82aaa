"""What the dataset routes take and give."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field


class Row(BaseModel):
    """Base of what is read from rows."""

    model_config = ConfigDict(from_attributes=True)


class VersionIn(BaseModel):
    """Freezes what is settled now."""

    note: Annotated[str, Field(max_length=2000)] = ""


class VersionOut(Row):
    """A dataset version."""

    id: UUID
    number: int
    state: Literal["building", "frozen", "failed"]
    manifest_hash: str | None = Field(description="SHA-256 over the manifest's lines.")
    rule_version_id: UUID | None
    counts: dict[str, Any] = Field(description="items, labels, empty, left_out, by_side, by_class.")
    kept: float
    line: float
    note: str
    created_by: UUID | None
    created_at: datetime
    frozen_at: datetime | None
    job_id: UUID | None


class EntryOut(Row):
    """One item of a version."""

    item_id: UUID
    name: str
    asset_sha256: str
    annotation_id: UUID
    revision_id: UUID
    side: str
    group_key: str
    width: int
    height: int
    label_count: int
    erased: bool
    thumb_url: str = ""


class EntryPage(BaseModel):
    """A window of entries by name."""

    items: list[EntryOut]
    next: str | None


class LeftOutRow(Row):
    """An item that was left out, and why."""

    item_id: UUID
    name: str
    reason: str


class Changed(BaseModel):
    """An item whose answer differs between two versions."""

    item_id: UUID
    name: str
    change: Literal["added", "removed", "relabelled", "erased"]
    labels_before: int | None
    labels_after: int | None


class DiffOut(BaseModel):
    """What changed from one version to another."""

    before: int
    after: int
    counts: dict[str, int]
    items: list[Changed] = Field(description="At most 500, by name.")


class ExportIn(BaseModel):
    """Writes a version in a format."""

    format: Literal["coco", "voc", "yolo"]


class ExportOut(Row):
    """An export; `url` is a link to the archive once it is done."""

    id: UUID
    version_id: UUID
    format: str
    state: Literal["queued", "done", "failed"]
    size: int | None
    sha256: str | None
    counts: dict[str, Any]
    refused: list[dict[str, Any]]
    job_id: UUID | None
    created_at: datetime
    url: str | None = None
