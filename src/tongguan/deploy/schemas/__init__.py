"""What the deployment routes take and give."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

Verdict = Literal["ok", "defect", "check"]
WrongReason = Literal["missed", "false_call", "wrong_label", "wrong_place", "bad_picture", "other"]
ConsoleButton = Literal["wrong", "right", "picture"]
AlarmKind = Literal["brightness", "scores", "missing", "latency", "disagreement", "shadow", "runner", "stale"]
Score = Annotated[float, Field(ge=0, le=1)]
Name = Annotated[str, Field(min_length=1, max_length=80)]
Reason = Annotated[str, Field(max_length=500)]
Color = Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}$")]
Clock = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]


class Row(BaseModel):
    """Base of what is read from rows."""

    model_config = ConfigDict(from_attributes=True)


class VerdictLook(BaseModel):
    """How the console shows a verdict: its colour and what the operator does."""

    model_config = ConfigDict(extra="forbid")

    color: Color | None = None
    text: Annotated[str, Field(max_length=24)] = Field(default="", description="Instead of the usual word.")
    what_to_do: Annotated[str, Field(max_length=200)] = ""
    sound: bool = False


class Console(BaseModel):
    """The operator console, as its designer set it up."""

    model_config = ConfigDict(extra="forbid")

    title: Annotated[str, Field(max_length=80)] = ""
    ok: VerdictLook = VerdictLook()
    defect: VerdictLook = VerdictLook(sound=True)
    check: VerdictLook = VerdictLook(sound=True)
    reasons: Annotated[list[WrongReason], Field(min_length=1, max_length=6)] = [
        "missed",
        "false_call",
        "wrong_label",
        "bad_picture",
    ]
    buttons: Annotated[list[ConsoleButton], Field(min_length=1, max_length=3)] = ["wrong", "right"]
    quiet_seconds: int = Field(
        default=120, ge=0, le=86_400, description="Without a picture for so long it says: check by hand; 0 = never."
    )
    confirm_from: Score | None = Field(default=None, description="Ask once more before a defect above this is denied.")
    show_boxes: bool = True


class Monitors(BaseModel):
    """When a monitor calls: limits and windows."""

    model_config = ConfigDict(extra="forbid")

    shift_start: Clock = Field(default="00:00", description="Pictures are expected from here on, local time.")
    shift_end: Clock = Field(default="00:00", description="Until here; the same as the start means around the clock.")
    missing_minutes: int = Field(default=0, ge=0, le=1440, description="Minutes without a picture; 0 = off.")
    latency_p95_ms: float = Field(default=1000, gt=0, le=60_000)
    disagreement: Score = Field(default=0.2, description="Share of answers called wrong that is too much.")
    shadow_disagreement: Score = Field(default=0.2, description="Share of other verdicts of the shadow model.")
    drift_window: int = Field(default=200, ge=50, le=5000, description="Pictures that are compared at a time.")
    drift_psi: float = Field(default=0.25, gt=0, le=5, description="Least population stability index of a drift.")


class Facts(BaseModel):
    """What can be set on a deployment beside its models and its threshold."""

    doubt: Score | None = Field(default=None, description="From this score on up to the threshold: check by hand.")
    good_labels: Annotated[list[Annotated[str, Field(max_length=200)]], Field(max_length=50)] = Field(
        default=[], description="Label classes that are no defect."
    )
    console: Console = Console()
    monitors: Monitors = Monitors()
    retention_days: int = Field(default=30, ge=0, le=3650, description="Days that pictures are kept; 0 = never kept.")
    quota_mb: int = Field(default=2048, ge=0, le=10_000_000, description="Most megabytes of pictures; 0 = no limit.")
    sample_share: Score = Field(default=0.02, description="Share of unmarked answers that become tasks.")
    stale_days: int = Field(default=180, ge=0, le=3650, description="Age of a model that is too old; 0 = never.")


class DeploymentIn(Facts):
    """A new deployment. Without a live model its shadow looks, and every verdict is: check by hand."""

    name: Name
    model_id: UUID | None = None
    shadow_model_id: UUID | None = None
    threshold: Score | None = Field(default=None, description="Empty: the model's own.")
    threshold_reason: Reason = ""
    by_cost: bool = Field(default=False, description="Without a threshold: the cheapest one on the benchmark.")
    cost_miss_fen: int = Field(default=10_000, ge=0, le=10**12, description="Cost of a missed defect.")
    cost_false_fen: int = Field(default=500, ge=0, le=10**12, description="Cost of a false call.")
    reason: Reason = Field(default="", description="Needed for a model that is not the champion.")


class DeploymentPatch(BaseModel):
    """Changes of settings; what is absent stays."""

    name: Name | None = None
    doubt: Score | None = None
    good_labels: Annotated[list[Annotated[str, Field(max_length=200)]], Field(max_length=50)] | None = None
    console: Console | None = None
    monitors: Monitors | None = None
    retention_days: Annotated[int, Field(ge=0, le=3650)] | None = None
    quota_mb: Annotated[int, Field(ge=0, le=10_000_000)] | None = None
    sample_share: Score | None = None
    stale_days: Annotated[int, Field(ge=0, le=3650)] | None = None


class ModelIn(BaseModel):
    """Puts a model version in place; null takes a shadow away."""

    model_id: UUID | None
    reason: Reason = ""
    by_cost: bool = Field(
        default=False, description="A live model: the threshold that is cheapest at this place's prices."
    )


class ReasonIn(BaseModel):
    """Why."""

    reason: Reason = ""


class ThresholdIn(BaseModel):
    """A threshold, chosen by cost or by hand, with its reason."""

    threshold: Score
    doubt: Score | None = None
    cost_miss_fen: Annotated[int, Field(ge=0, le=10**12)] | None = None
    cost_false_fen: Annotated[int, Field(ge=0, le=10**12)] | None = None
    reason: Annotated[str, Field(min_length=2, max_length=500)]


class DeploymentOut(Row):
    """A deployment as it is now."""

    id: UUID
    number: int
    name: str
    state: Literal["running", "paused", "retired"]
    live_model_id: UUID | None
    live_model: int | None = None
    shadow_model_id: UUID | None
    shadow_model: int | None = None
    live_since: datetime | None
    champion: bool | None = Field(default=None, description="Whether the live model is the champion; null = none yet.")
    threshold: float
    threshold_reason: str
    doubt: float | None
    good_labels: list[str]
    cost_miss_fen: int
    cost_false_fen: int
    console: Console
    monitors: Monitors
    retention_days: int
    quota_mb: int
    sample_share: float
    stale_days: int
    created_at: datetime
    open_alarms: int = 0
    predictions_today: int = 0
    last_prediction_at: datetime | None = None


class ChangeOut(Row):
    """One change of a deployment."""

    id: UUID
    created_at: datetime
    kind: str
    before: dict[str, Any]
    after: dict[str, Any]
    person_id: UUID | None
    reason: str


class DeviceIn(BaseModel):
    """A program on the line."""

    name: Name
    per_minute: int = Field(default=1200, ge=1, le=60_000, description="Most questions a minute.")


class DeviceOut(Row):
    """A device; `token` is filled once, when it is made."""

    id: UUID
    name: str
    hint: str
    per_minute: int
    created_at: datetime
    last_seen_at: datetime | None
    revoked_at: datetime | None
    token: str | None = None


class PredictOut(BaseModel):
    """The answer for one picture."""

    prediction_id: UUID
    verdict: Verdict
    reason: str = Field(description="Why it is `check`: a code; empty otherwise.")
    message: str = ""
    labels: list[dict[str, Any]] = Field(
        description="Marks of score 0.01 and more; the verdict counts from `threshold`."
    )
    threshold: float
    model_version_id: UUID | None
    model: int | None
    width: int | None
    height: int | None
    latency_ms: float
    latency: dict[str, float]
    repeated: bool = Field(default=False, description="This idempotency key has been answered before.")


class FeedbackIn(BaseModel):
    """What somebody on the line says of an answer."""

    prediction_id: UUID
    kind: Literal["wrong", "right"] = "wrong"
    reason: WrongReason | Literal[""] = ""
    note: Annotated[str, Field(max_length=500)] = ""


class FeedbackOut(Row):
    """A stored feedback."""

    id: UUID
    prediction_id: UUID
    kind: str
    reason: str
    note: str
    created_at: datetime
    person_id: UUID | None
    device_id: UUID | None


class PredictionOut(Row):
    """A line of the log."""

    id: UUID
    created_at: datetime
    deployment_id: UUID
    model_version_id: UUID | None
    model: int | None = None
    device_id: UUID | None
    person_id: UUID | None
    item_id: UUID | None
    name: str
    input_sha256: str
    width: int | None
    height: int | None
    brightness: float | None
    labels: list[dict[str, Any]]
    top_score: float | None
    threshold: float
    verdict: Verdict
    reason: str
    latency_ms: float
    sampled_at: datetime | None
    feedback: FeedbackOut | None = None
    image_url: str = Field(default="", description="Link to the picture; empty where it is not kept (any more).")


class ShadowOut(Row):
    """What a shadow model said of the same picture."""

    id: UUID
    model_version_id: UUID | None
    model: int | None = None
    labels: list[dict[str, Any]]
    top_score: float | None
    verdict: Verdict


class PredictionDetail(PredictionOut):
    """One line of the log with everything known of it."""

    latency: dict[str, float]
    feedback_all: list[FeedbackOut]
    shadows: list[ShadowOut]


class LogQuery(BaseModel):
    """What of the log is wanted, and which window."""

    verdict: Verdict | None = None
    marked: Literal["wrong", "right", "none"] | None = None
    model_id: UUID | None = None
    device_id: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None
    name: Annotated[str | None, Field(max_length=300, description="Beginning of the picture's name.")] = None
    before: Annotated[UUID | None, Field(description="Older than this prediction.")] = None
    after: Annotated[UUID | None, Field(description="Newer than this one: for a console that asks again.")] = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class PredictionPage(BaseModel):
    """A window of the log, newest first."""

    items: list[PredictionOut]
    next: UUID | None = Field(description="Give as `before` for the next window.")


class AlarmOut(Row):
    """A monitor that left its bound."""

    id: UUID
    created_at: datetime
    deployment_id: UUID
    kind: AlarmKind
    figure: float | None
    bound: float | None
    detail: dict[str, Any]
    blocking: bool = Field(description="Closes gate 5 while it is open.")
    owner_id: UUID | None
    acknowledged_at: datetime | None
    acknowledged_by: UUID | None
    note: str
    seen_at: datetime = Field(description="When the figure was last seen beyond its bound.")
    closed_at: datetime | None
    closed_by: UUID | None = Field(description="Null of a closed one: the figure came back by itself.")


class AlarmPatch(BaseModel):
    """What a person does with an alarm; closing it needs a note."""

    owner_id: UUID | None = None
    note: Annotated[str, Field(max_length=1000)] | None = None
    acknowledged: bool = False
    closed: bool = False


class HourOut(BaseModel):
    """One hour of a shift."""

    at: datetime
    ok: int = 0
    defect: int = 0
    check: int = 0
    wrong: int = 0


class SummaryOut(BaseModel):
    """A shift in figures."""

    since: datetime
    until: datetime
    pictures: int
    verdicts: dict[Verdict, int]
    check_reasons: dict[str, int]
    labels: dict[str, int] = Field(description="Marks at or above the threshold, by label class.")
    wrong: int
    wrong_reasons: dict[str, int]
    right: int
    wrong_share: dict[str, float] | None = Field(description="value, low, high (Wilson, 95 %) of all answers given.")
    latency_ms: dict[str, float | None] = Field(description="p50, p95, max")
    shadow: dict[str, float] | None = Field(description="answers, other: answers of the shadow with another verdict.")
    hours: list[HourOut]
    alarms: list[AlarmOut] = Field(description="Opened or open in this time.")
