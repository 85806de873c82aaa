"""What the routes of connect take and give."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from tongguan.connect.events import OFFERED

Kind = Literal["generic", "dingtalk", "feishu", "wecom"]
State = Literal["waiting", "queued", "delivered", "failed", "cancelled"]


def _known(name: str) -> str:
    if name not in OFFERED:
        raise ValueError(f"unknown event; known: {', '.join(OFFERED)}")
    return name


EventName = Annotated[str, AfterValidator(_known)]
Events = Annotated[list[EventName], Field(min_length=1, max_length=len(OFFERED))]
Name = Annotated[str, Field(min_length=1, max_length=80)]
Address = Annotated[str, Field(min_length=1, max_length=2000)]
Secret = Annotated[str, Field(max_length=200)]


class Part(BaseModel):
    """Unknown fields are refused."""

    model_config = ConfigDict(extra="forbid")


class WebhookIn(Part):
    """A new hook."""

    name: Name
    kind: Kind = "generic"
    url: Address
    events: Events
    language: Literal["zh", "en"] = Field(default="zh", description="Language of messages.")
    secret: Secret | None = Field(
        default=None, description="The robot's own secret (DingTalk, Feishu). A generic hook gets a new one."
    )


class WebhookPatch(Part):
    """Changes of a hook; what is left out stays."""

    name: Name | None = None
    url: Address | None = None
    events: Events | None = None
    language: Literal["zh", "en"] | None = None
    active: bool | None = None
    secret: Secret | None = Field(default=None, description="A robot's new secret; empty takes it away.")


class Last(BaseModel):
    """How the latest delivery went."""

    state: State
    event: str
    at: datetime
    code: int | None


class WebhookOut(BaseModel):
    """A hook as it is shown: without its secret, and with the secret parts of the address covered."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    project_id: UUID | None = Field(description="Null: events of all projects.")
    name: str
    kind: Kind
    address: str = Field(default="", description="The address; values behind ? and a robot's token are covered.")
    events: list[str]
    language: Literal["zh", "en"]
    active: bool
    signed: bool = Field(default=False, description="Calls carry a signature.")
    created_at: datetime
    failed: int = Field(default=0, description="Deliveries that were given up.")
    waiting: int = Field(default=0, description="Deliveries that are tried again.")
    last: Last | None = None


class WebhookMade(WebhookOut):
    """A new hook, or one with a new secret: the only answer that holds it."""

    secret: str | None = Field(description="Shown once; null for robots, whose secret comes from their own page.")


class DeliveryOut(BaseModel):
    """One event for one hook."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    webhook_id: UUID
    event_id: UUID
    event: str
    content: dict[str, Any]
    state: State
    attempts: int
    code: int | None = Field(description="Status of the last answer.")
    error: dict[str, Any] | None = Field(description="code, message, params of what went wrong last.")
    answer: str = Field(description="Beginning of the last answer's text.")
    seconds: float | None
    created_at: datetime
    tried_at: datetime | None
    next_at: datetime | None = Field(description="When it is tried again.")
    delivered_at: datetime | None


class DeliveryPage(BaseModel):
    """Deliveries, newest first."""

    items: list[DeliveryOut]
    next: UUID | None
