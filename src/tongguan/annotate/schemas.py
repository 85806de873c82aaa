"""What goes over the wire in the stage annotate, and what other stages get."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Any, Literal, TypedDict, TypeVar
from uuid import UUID

import orjson
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

T = TypeVar("T")
MAX_LABELS = 50_000
MAX_COMMANDS = 20_000

LeaseState = Literal["next", "open", "submitted", "returned", "expired", "skipped"]
TaskState = Literal["open", "full", "done", "settled", "left_out", "closed"]
Purpose = Literal["ordinary", "gold", "practice", "exam"]
AnnotationState = Literal["submitted", "accepted", "rejected", "superseded", "deleted"]
RevisionReason = Literal["submit", "rework", "fix", "settle", "import", "restore"]


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield str(key)
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)


def _storable(value: T) -> T:
    """JSON that PostgreSQL can hold: no NUL, no half of a surrogate pair, numbers of 64 bits."""
    try:
        dumped = orjson.dumps(value)
    except (TypeError, RecursionError, orjson.JSONEncodeError) as error:
        raise ValueError(f"this cannot be stored: {str(error)[:100]}") from None
    if b"\\u0000" in dumped and any("\x00" in text for text in _texts(value)):
        raise ValueError("a text holds the character NUL, which cannot be stored")
    return value


Labels = Annotated[list[dict[str, Any]], Field(max_length=MAX_LABELS), AfterValidator(_storable)]
Commands = Annotated[list[dict[str, Any]], Field(max_length=MAX_COMMANDS), AfterValidator(_storable)]
Note = Annotated[str, Field(max_length=2000), AfterValidator(_storable)]


class Strict(BaseModel):
    """Input: unknown fields are errors, so that a misspelt one is noticed."""

    model_config = ConfigDict(extra="forbid")


class WorkItem(BaseModel):
    """The item of some work."""

    id: UUID
    name: str
    media: str
    width: int
    height: int
    image_url: str = Field(description="Signed address of the picture, for this person alone.")
    thumb_url: str
    tiles_url: str = Field(default="", description="Tiles of a large picture, read in ranges; else empty.")


class Work(BaseModel):
    """A lease with all that is needed to work on it. Hidden gold has the same fields as everything else."""

    lease_id: UUID
    task_id: UUID
    project_id: UUID
    state: LeaseState = Field(description="open: its clock runs; next: preloaded.")
    item: WorkItem
    rule_version_id: UUID
    rule_version: str = Field(description="As people say it: 7.2.")
    current_rule_version_id: UUID | None = Field(description="The latest published rules; differs after a publishing.")
    labels: list[dict[str, Any]] = Field(description="The draft; else what to rework; else empty.")
    nothing: bool
    draft: bool = Field(description="Whether labels come from a saved draft.")
    seq: int = Field(description="Number of the last command that the server has stored.")
    base: int = Field(description="Revision that this work starts from; 0 = a new answer. Sent back with the submit.")
    prelabels: list[dict[str, Any]] = Field(
        description="A model's labels; a label taken over names its id in `origin`."
    )
    rework: dict[str, Any] | None = Field(description="Why it came back: findings of the review.")
    kept_draft_id: UUID | None = Field(description="A kept draft of this task that may be adopted.")
    claimed_at: datetime
    opened_at: datetime | None
    seconds: float = Field(description="Time counted so far, offline time included.")


class NoWork(BaseModel):
    """Nothing to hand out."""

    work: None = None
    reason: str = Field(description="queue.empty: everything is done, or in other hands.")


class ClaimIn(Strict):
    """Which of the two leases is wanted."""

    slot: Literal["open", "next"] = Field(default="open", description="open: to work on now; next: to preload.")


class LeaseEnded(BaseModel):
    """A lease that this person no longer holds."""

    lease_id: UUID
    reason: str


class HeartbeatOut(BaseModel):
    """The lease lives on."""

    lease_id: UUID
    state: LeaseState
    seq: int
    seconds: float
    current_rule_version_id: UUID | None = Field(description="The latest published rules.")
    ended: list[LeaseEnded] = Field(description="Other leases of this person that have just ended.")


class CommandsIn(Strict):
    """A save: commands since the last one stored, and the state they lead to."""

    seq_from: int | None = Field(
        default=None, ge=1, description="Number of the first command, from 1. None only without commands."
    )
    commands: Commands = Field(
        default_factory=list,
        description="Editor commands; `at` (milliseconds, the client's clock) counts offline time.",
    )
    labels: Labels | None = Field(
        default=None, description="All labels after these commands; null = only the commands."
    )
    nothing: bool = False
    offline: bool = Field(default=False, description="These were made without a network and are replayed now.")


class CommandsOut(BaseModel):
    """How far the server has stored."""

    seq: int = Field(description="Number of the last command stored: resend what comes behind it.")


class SubmitIn(Strict):
    """An answer."""

    submit_key: str = Field(min_length=1, max_length=64, description="Made once per submit: sent again, same answer.")
    base: int = Field(default=0, ge=0, description="Revision it starts from (`base` of the work).")
    labels: Labels = Field(default_factory=list)
    nothing: bool = Field(default=False, description='"Nothing here": the item was looked at and has no label.')
    seq: int | None = Field(default=None, ge=0, description="Number of the last command; null = not checked.")
    commands: Commands = Field(default_factory=list, description="Commands that were not saved yet, up to `seq`.")
    offline: bool = False


class SubmitOut(BaseModel):
    """The answer is stored for good."""

    annotation_id: UUID
    revision: int
    revision_id: UUID
    next: UUID | None = Field(description="The preloaded lease of this person.")


class SkipIn(Strict):
    """Why a task cannot be done."""

    reason: Literal["unclear", "bad_picture", "not_mine", "too_hard", "other"] = "other"
    note: Note = ""


class TasksCreateIn(Strict):
    """Makes tasks for items in use that have none."""

    batch_id: UUID | None = None
    item_ids: list[UUID] | None = Field(default=None, max_length=10_000)
    q: str | None = Field(default=None, max_length=200, description="Part of the item's name.")
    overlap: int | None = Field(
        default=None, ge=1, le=100, description="People per item; null = the project's setting."
    )
    priority: int = Field(default=0, ge=-1000, le=1000, description="Higher comes first.")


class TasksCreateOut(BaseModel):
    """Tasks made, or the job that makes them."""

    created: int
    job_id: UUID | None = Field(description="Set when there are many: see the project's jobs.")


class TasksPatchIn(Strict):
    """Changes unfinished tasks."""

    task_ids: list[UUID] = Field(min_length=1, max_length=1000)
    priority: int | None = Field(default=None, ge=-1000, le=1000)
    state: Literal["open", "left_out", "closed"] | None = Field(
        default=None, description="left_out: no answer wanted; closed: withdrawn; open: wanted again."
    )


class Changed(BaseModel):
    """How many were changed."""

    changed: int


class TaskOut(BaseModel):
    """A task, for those who lead the project."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    item_id: UUID
    item_name: str
    rule_version_id: UUID
    purpose: Purpose
    person_id: UUID | None
    priority: int
    needed: int
    open_slots: int
    answered: int
    skips: int
    state: TaskState
    rework_of: UUID | None
    holders: list[UUID]
    created_at: datetime


class TaskPage(BaseModel):
    """A window of tasks."""

    items: list[TaskOut]
    next: str | None
    totals: dict[str, int] = Field(description="From counters: created, closed, done, held.")


class AnnotationOut(BaseModel):
    """The head of an answer."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    task_id: UUID
    item_id: UUID
    person_id: UUID | None
    batch_id: UUID | None
    state: AnnotationState
    revision: int
    current_revision_id: UUID
    rule_version_id: UUID
    label_count: int
    source: Literal["person", "import"]
    submitted_at: datetime
    deleted_at: datetime | None


class AnnotationPage(BaseModel):
    """A window of answers, newest first."""

    items: list[AnnotationOut]
    next: str | None


class RevisionOut(BaseModel):
    """One version of an answer."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    number: int
    base: int
    author_id: UUID | None
    rule_version_id: UUID
    labels: list[dict[str, Any]]
    nothing: bool
    seconds: float
    offline_seconds: float
    reason: RevisionReason
    created_at: datetime


class AnnotationDetail(AnnotationOut):
    """An answer with its whole history."""

    revisions: list[RevisionOut]
    item: WorkItem
    people: dict[UUID, str] = Field(description="Names of author and editors; who only annotates gets the own one.")


class RestoreIn(Strict):
    """Undeletes an answer, or makes an earlier version the current one (by a new revision)."""

    revision: int | None = Field(
        default=None, ge=1, description="Number of the version to bring back; null = undelete."
    )
    base: int | None = Field(default=None, ge=1, description="The current revision as you saw it.")


class DraftOut(BaseModel):
    """A draft that could not be submitted."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    task_id: UUID
    item_id: UUID
    item_name: str
    labels: list[dict[str, Any]] | None
    nothing: bool
    reason: str | None = Field(description="unheard, unopened, rule_changed, returned, …")
    updated_at: datetime
    task_open: bool = Field(description="Whether the task can still be taken to go on with it.")


class TaskOptions(TypedDict, total=False):
    """Options of `interface.create_tasks`."""

    purpose: Purpose
    needed: int
    priority: int
    person_id: UUID | None
    gold_id: UUID | None
    attempt_id: UUID | None
    rework_of: UUID | None
    rework: dict[str, Any] | None
    min_level: int
