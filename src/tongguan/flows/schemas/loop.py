"""What the routes of the loop take and give."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field


class RouteSettings(BaseModel):
    """Where a deployment's pictures go when somebody calls an answer wrong, or when one is drawn."""

    model_config = ConfigDict(extra="forbid")

    level: int = Field(default=1, ge=1, le=5, description="People below this level do not get these tasks.")
    priority_wrong: int = Field(default=100, ge=0, le=1000, description="Priority of what was called wrong.")
    priority_sampled: int = Field(default=10, ge=0, le=1000, description="Priority of what was drawn.")
    group_rule: Annotated[str, Field(max_length=300)] = Field(
        default="none",
        description="How the caller's name of a picture tells the group (plate): none, folder, pattern:REGEX. Without "
        "a group, what one device sees on one day stays on one side.",
    )
    licence: str = Field(default="", max_length=500, description="Licence of these pictures.")
    consent: str = Field(default="", max_length=500, description="Consent of these pictures.")


class RouteOut(RouteSettings):
    """The route with what it meets in the project."""

    rule_version: str | None = Field(description="The rules under which these tasks are labelled: the current ones.")
    people: int = Field(description="Qualified people of the level or above, who can get these tasks.")


LoopState = Literal["waiting", "task", "answered", "accepted", "frozen", "trained", "evaluated", "deployed", "closed"]


class LoopCaseOut(BaseModel):
    """One prediction on its way to a better model."""

    id: UUID
    created_at: datetime
    deployment_id: UUID
    deployment: str
    prediction_id: UUID
    kind: Literal["wrong", "sampled"]
    reason: str
    state: LoopState
    note: str = Field(description="Why it waits or ended: no_rules, data_gate, no_picture, gold, left_out …")
    item_id: UUID | None
    item: str | None
    thumb_url: str
    known: bool = Field(description="The project knew this picture before.")
    task_id: UUID | None
    annotation_id: UUID | None
    dataset_version: int | None
    side: str = Field(description="Side of the item's group, for ever: only `train` teaches a model.")
    model: int | None
    evaluation_id: UUID | None
    reached: dict[str, datetime] = Field(description="When each state was reached.")


class LoopPage(BaseModel):
    """Cases, newest first."""

    items: list[LoopCaseOut]
    next: str | None


class LoopCounts(BaseModel):
    """How many cases have come at least so far, and how many are there now."""

    total: int
    wrong: int
    sampled: int
    closed: int
    now: dict[LoopState, int] = Field(description="Cases by present state.")
    reached: dict[LoopState, int] = Field(description="Cases that have reached a state or a later one.")
    measures: int = Field(description="Frozen on the sides kept and line: they measure and never teach.")
