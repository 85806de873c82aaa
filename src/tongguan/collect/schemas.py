"""What goes over the wire in the stage collect, and the facts that other stages get."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

BatchSource = Literal["folder", "archive", "upload", "s3", "list"]
BatchState = Literal["queued", "reading", "checking", "done", "failed", "cancelled"]
ItemState = Literal["ok", "refused", "erased", "unread"]


@dataclass(frozen=True, slots=True)
class ItemFacts:
    """An item as other stages see it. `sha256` is empty while a reference has not been read."""

    id: UUID
    project_id: UUID
    batch_id: UUID
    asset_id: UUID
    name: str
    media: str
    width: int
    height: int
    bytes: int
    sha256: str
    media_type: str
    group_key: str | None
    cluster_key: str | None
    cluster_links: tuple[str, ...]
    licence: str
    consent: str
    state: str
    label_state: str
    location: str
    preview: str
    thumb: str
    tiles: str
    asset_state: str
    created_at: datetime

    @property
    def erased(self) -> bool:
        """Whether only the tombstone is left."""
        return self.state == "erased"


class Strict(BaseModel):
    """Input: unknown fields are errors, so that a misspelt one is noticed."""

    model_config = ConfigDict(extra="forbid")


class UploadIn(Strict):
    """Announces a file."""

    name: str = Field(min_length=1, max_length=500, description="File name, with `/` folders where it has them.")
    size: int = Field(ge=0, description="Bytes of the whole file.")
    sha256: str | None = Field(
        default=None, pattern="^[0-9a-f]{64}$", description="Checked when all bytes are there, if given."
    )


class UploadOut(BaseModel):
    """A file on its way."""

    id: UUID
    name: str
    size: int
    received: int = Field(description="Bytes that are safe on the server: send the rest from here.")
    state: Literal["receiving", "stored", "used", "failed"]


class BatchIn(Strict):
    """One import."""

    source: BatchSource = Field(description="Where the files are. `list`: a CSV or text file of addresses.")
    upload_ids: list[UUID] = Field(
        default_factory=list, max_length=100_000, description="Finished uploads (source upload or list)."
    )
    location: str = Field(
        default="",
        max_length=2000,
        description="Folder or archive on the server, or s3://bucket/prefix. For `list`: what relative entries follow.",
    )
    mode: Literal["copy", "reference"] = Field(
        default="copy", description="Copy the bytes, or leave them where they are."
    )
    format: str = Field(
        default="auto", max_length=40, description="auto, none, or the id of a label format: coco, voc, yolo."
    )
    name: str = Field(
        default="", max_length=200, description="What people call this batch; empty = made from the source."
    )
    licence: str = Field(default="", max_length=500, description="Licence of all items that name none themselves.")
    consent: str = Field(default="", max_length=500, description="Consent of all items that name none themselves.")
    provenance: str = Field(default="", max_length=2000, description="Where the data comes from, in words.")
    group_rule: str = Field(
        default="none",
        max_length=300,
        description="none, folder, column:NAME (of manifest.csv), or pattern:REGEX with one group, such as "
        "pattern:^(plate-\\d+).",
    )
    read: bool = Field(default=True, description="false = only list the names; bytes are read by a later call.")


class BatchOut(BaseModel):
    """An import and how far it is."""

    id: UUID
    name: str
    source: BatchSource | Literal["line"] = Field(description="`line`: pictures that a deployment sent back.")
    mode: Literal["copy", "reference"]
    location: str
    format: str = Field(description="The format that was read; none = no labels.")
    licence: str
    consent: str
    provenance: str
    group_rule: str
    state: BatchState
    counts: dict[str, Any] = Field(
        description="read, items (new), known (there already), refused, labelled, nothing, ungrouped, labels by kind."
    )
    error: dict[str, Any] | None = Field(description="code, message and params of what stopped it.")
    job_id: UUID | None
    created_by: UUID | None
    created_at: datetime


class BatchPage(BaseModel):
    """Batches, newest first."""

    items: list[BatchOut]
    next: str | None


class RefusalOut(BaseModel):
    """Something that did not come in."""

    id: UUID
    batch_id: UUID
    name: str
    check_id: str
    kind: str = Field(description="item, file, or the label kind that the import cannot hold.")
    count: int
    detail: str


class RefusalPage(BaseModel):
    """Refusals in order of reading."""

    items: list[RefusalOut]
    next: str | None


class ItemChange(Strict):
    """A change of many items at once."""

    ids: list[UUID] = Field(min_length=1, max_length=10_000)
    licence: str | None = Field(default=None, max_length=500)
    consent: str | None = Field(default=None, max_length=500)
    group_key: str | None = Field(default=None, max_length=500, description="Empty text takes the group away.")
    state: Literal["ok", "refused"] | None = Field(default=None, description="Refuse items, or take them back.")
    reason: str = Field(default="", max_length=500)


class ItemsChanged(BaseModel):
    """How many items a change touched."""

    changed: int


class EraseIn(Strict):
    """Why an item is erased."""

    reason: str = Field(min_length=3, max_length=500)


class EraseOut(BaseModel):
    """What an erasure did."""

    id: UUID
    state: Literal["erased"]
    bytes_erased: bool = Field(description="false where another item of the organization is the same picture.")
    reference: str | None = Field(description="Address of bytes that are not ours to erase (mode reference).")
