"""What goes over the wire in the stage prepare."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator


class Strict(BaseModel):
    """Input: unknown fields are errors."""

    model_config = ConfigDict(extra="forbid")


class Count(BaseModel):
    """A number of rows, exact or "10,000 and more"."""

    count: int
    more: bool = Field(description="true = there are more than this.")


class ItemOut(BaseModel):
    """An item in a list."""

    id: UUID
    batch_id: UUID
    name: str
    media: str
    width: int = Field(description="Pixels after EXIF rotation; 0 while unread.")
    height: int
    bytes: int
    group_key: str | None
    cluster_key: str | None = Field(description="Near-duplicates share it; an item alone has its own hash.")
    licence: str
    consent: str
    state: Literal["ok", "refused", "erased", "unread"]
    label_state: str
    created_at: datetime
    problems: list[str] = Field(description="Checks with an open problem.")
    image_url: str = Field(
        description="What to draw on, scaled to width and height. Empty when there is nothing to show."
    )
    thumb_url: str
    medium_url: str
    tiles_url: str = Field(default="", description="Tiles of a large picture, read in ranges; else empty.")


class ItemPage(BaseModel):
    """A window of items."""

    items: list[ItemOut]
    next: str | None = Field(description="Pass as `after` for the next window.")
    total: Count | None = Field(description="Given with the first window.")


class ProblemOut(BaseModel):
    """What a check found on an item."""

    id: UUID
    item_id: UUID
    item_name: str
    batch_id: UUID
    check_id: str
    severity: Literal["block", "warn"]
    detail: str
    state: Literal["open", "waived", "refused"]
    other_item_id: UUID | None
    other_name: str | None
    thumb_url: str
    other_thumb_url: str
    waived_by: UUID | None
    waived_reason: str
    waived_at: datetime | None


class ProblemPage(BaseModel):
    """A window of problems."""

    items: list[ProblemOut]
    next: str | None
    counts: dict[str, int] = Field(description="Open problems by check, of the whole project.")


class ImportedMarksOut(BaseModel):
    """Labels as a file brought them."""

    format: str
    labels: list[dict[str, Any]]
    nothing: bool
    side: str | None
    state: str


class ItemDetail(ItemOut):
    """All that is known of one item."""

    sha256: str
    media_type: str
    provenance: dict[str, Any]
    measurement: dict[str, Any]
    imported: list[ImportedMarksOut]
    found: list[ProblemOut] = Field(description="Problems in every state.")


class ProblemChoice(Strict):
    """Which open problems: by id, or all of one check (of one batch)."""

    ids: list[UUID] = Field(default_factory=list, max_length=10_000)
    check: str | None = Field(default=None, max_length=60)
    batch_id: UUID | None = None

    @model_validator(mode="after")
    def _one_way(self) -> ProblemChoice:
        if bool(self.ids) == (self.check is not None):
            raise ValueError("give either ids or check")
        return self


class WaiveIn(ProblemChoice):
    """Decides that problems do not matter."""

    reason: str = Field(min_length=3, max_length=500)


class RefuseIn(ProblemChoice):
    """Takes the items of problems out of use."""

    reason: str = Field(default="", max_length=500)


class ReopenIn(Strict):
    """Takes a waiver back."""

    ids: list[UUID] = Field(min_length=1, max_length=10_000)


class OpenGateIn(Strict):
    """Opens the data gate although something is missing."""

    reason: str = Field(min_length=3, max_length=500)


class GateNow(BaseModel):
    """The data gate after a decision."""

    state: Literal["closed", "working", "open", "reclosed"]
    missing: list[dict[str, Any]]
    changed: int = Field(description="Problems or items that the decision touched.")
