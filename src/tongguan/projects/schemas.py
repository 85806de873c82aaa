"""Settings of a project, and what the project routes take and give."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from tongguan.people.schemas import Role

Share = Annotated[float, Field(ge=0, le=1)]
ByLevel = dict[Literal["1", "2", "3", "4", "5"], Share]
# CONTRACTS section 8: the default data gate.
DEFAULT_BLOCK = (
    "unreadable",
    "truncated",
    "wrong_type",
    "duplicate",
    "label_outside",
    "zero_area",
    "leaking_column",
    "split_group",
)


class Part(BaseModel):
    """A section of the settings."""

    model_config = ConfigDict(extra="forbid")


class DataGate(Part):
    """When the data gate is open."""

    block: list[str] = Field(default=list(DEFAULT_BLOCK), description="Checks that close the gate; others warn.")
    require_licence: bool = Field(default=False, description="Every item needs a licence.")
    require_consent: bool = Field(default=False, description="Every item needs a consent.")


class AcademySettings(Part):
    """Practice and exam."""

    practice_count: int = Field(default=5, ge=0, le=200, description="Items to practise before the exam.")
    exam_count: int = Field(default=10, ge=1, le=200, description="Items of an exam.")
    pass_mark: float = Field(default=0.8, ge=0, le=1, description="Share of items that must be right.")
    max_attempts: int = Field(default=3, ge=1, le=50, description="Exams per rule version until a trainer decides.")
    wait_minutes: int = Field(default=30, ge=0, le=100_000, description="Waiting time after a failed exam.")
    iou: float = Field(default=0.5, gt=0, le=1, description="Overlap (IoU) from which two boxes are the same.")


class LabellingSettings(Part):
    """Tasks and the queue."""

    overlap: int = Field(default=1, ge=1, le=9, description="People who answer the same item.")
    skip_limit: int = Field(default=50, ge=0, description="Skips a person may make a day.")


class QualitySettings(Part):
    """Review, hidden gold, lots and the quality gate."""

    accept_threshold: Share = Field(default=0.95, description="Accepted share at which the rest of a lot goes with it.")
    review_share: ByLevel = Field(
        default={"1": 1.0, "2": 0.5, "3": 0.2, "4": 0.1, "5": 0.1}, description="Share reviewed, by level."
    )
    gold_share: ByLevel = Field(
        default={"1": 0.1, "2": 0.08, "3": 0.05, "4": 0.05, "5": 0.05}, description="Share of hidden gold, by level."
    )
    gold_iou: float = Field(default=0.5, gt=0, le=1, description="Overlap (IoU) at which an answer to gold is right.")
    gate_share: Share = Field(default=0.95, description="Accepted share of the project at which gate 3 opens.")
    stop_below: Share = Field(
        default=0.0,
        description="Upper end of a person's quality interval below which the qualification closes; 0 = never.",
    )


class PaySettings(Part):
    """Appeals against payslips."""

    appeal_days: int = Field(default=7, ge=1, le=365, description="Days in which a payslip may be appealed against.")
    answer_days: int = Field(default=9, ge=1, le=365, description="Days in which an appeal is to be answered.")


class SplitSettings(Part):
    """Sides of a dataset version; fixed for ever with the first frozen version."""

    kept: Share = Field(default=0.15, description="Share kept for evaluation.")
    line: Share = Field(default=0.15, description="Share that feeds line traffic.")

    @model_validator(mode="after")
    def _room_for_training(self) -> SplitSettings:
        if self.kept + self.line >= 1:
            raise ValueError("kept and line leave nothing to train on")
        return self


class Guard(Part):
    """A slice of the benchmark on which a new model may not be worse than the champion by more than a margin."""

    kind: Literal["class", "size", "brightness", "source"]
    value: str | None = Field(default=None, max_length=200, description="One slice of this kind; null = each of them.")
    margin: Share = Field(default=0.05, description="How much lower the main metric may be.")


class EvaluationSettings(Part):
    """When a model may become champion (gate 4), and what its mistakes cost."""

    metric: Literal["map50", "map50_95"] = Field(default="map50", description="The main metric.")
    least: Share = Field(default=0.5, description="Least figure of the first champion.")
    guards: list[Guard] = Field(
        default=[Guard(kind="class"), Guard(kind="size"), Guard(kind="brightness")],
        max_length=50,
        description="Guarded slices of new benchmarks.",
    )
    least_labels: int = Field(default=10, ge=1, description="A guarded slice with fewer labels is shown, not judged.")
    miss_fen: int = Field(default=500, ge=0, le=10**12, description="Cost of a missed defect in fen.")
    false_fen: int = Field(default=100, ge=0, le=10**12, description="Cost of a false call in fen.")


class LevelRule(Part):
    """What must be cleared to reach a level."""

    level: int = Field(ge=2, le=5)
    accepted_units: int = Field(ge=0, description="Accepted units over all projects.")
    quality: Share = Field(description="Accepted share over the last units.")
    last_units: int = Field(ge=1, description="How many of the last units count for quality.")


class ProjectSettings(Part):
    """All settings of a project."""

    data_gate: DataGate = DataGate()
    academy: AcademySettings = AcademySettings()
    labelling: LabellingSettings = LabellingSettings()
    quality: QualitySettings = QualitySettings()
    pay: PaySettings = PaySettings()
    split: SplitSettings = SplitSettings()
    evaluation: EvaluationSettings = EvaluationSettings()
    levels: list[LevelRule] = [
        LevelRule(level=2, accepted_units=200, quality=0.9, last_units=200),
        LevelRule(level=3, accepted_units=2000, quality=0.95, last_units=500),
        LevelRule(level=4, accepted_units=8000, quality=0.98, last_units=1000),
        LevelRule(level=5, accepted_units=20000, quality=0.98, last_units=1000),
    ]


class ProjectIn(BaseModel):
    """A new project."""

    name: Annotated[str, Field(min_length=1, max_length=120)]
    description: Annotated[str, Field(max_length=2000)] = ""
    media: Literal["image"] = "image"
    settings: ProjectSettings | None = None


class ProjectPatch(BaseModel):
    """Changes of name and description."""

    name: Annotated[str, Field(min_length=1, max_length=120)] | None = None
    description: Annotated[str, Field(max_length=2000)] | None = None


class ProjectOut(BaseModel):
    """A project with the caller's roles in it."""

    id: UUID
    name: str
    description: str
    media: str
    state: str
    settings: ProjectSettings
    roles: list[str]
    created_at: datetime


class MemberOut(BaseModel):
    """A person of a project."""

    person_id: UUID
    name: str
    email: str
    level: int
    active: bool
    roles: list[str]


class MemberIn(BaseModel):
    """Sets the roles of a person in a project; none removes the person."""

    person_id: UUID
    roles: list[Role]


class MissingFact(BaseModel):
    """Something that is missing to open a gate: a code with facts."""

    code: str
    params: dict[str, Any] = {}


class GateOut(BaseModel):
    """One gate on the map."""

    gate: int
    state: Literal["closed", "working", "open", "reclosed"]
    figure: dict[str, Any] = Field(description="value, total, unit, low, high, and facts of the stage.")
    missing: list[MissingFact]
    updated_at: datetime | None


class Waiting(BaseModel):
    """Something that waits for the caller."""

    code: str
    count: int
    params: dict[str, Any] = {}
    path: str = Field(description="Page that opens it, below the project.")


class MapChange(BaseModel):
    """Something that happened since the caller was last here."""

    at: datetime
    action: str
    object_kind: str
    object_id: str
    person: str | None
    detail: dict[str, Any]


class BurnPoint(BaseModel):
    """A day of the burn-up."""

    day: str
    items: int
    accepted: int
    cost_fen: int = 0


class MapOut(BaseModel):
    """The gate map: five gates, changes since the last visit, what waits for the caller."""

    project: ProjectOut
    gates: list[GateOut]
    since: datetime | None
    changes: list[MapChange]


class GateRecordOut(BaseModel):
    """A line of a gate's history."""

    id: UUID
    created_at: datetime
    state: str
    figure: dict[str, Any]
    missing: list[dict[str, Any]]
    person_id: UUID | None
    reason: str | None


class JobOut(BaseModel):
    """Visible long work."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    kind: str
    title: str
    state: Literal["queued", "running", "done", "failed", "cancelled"]
    done: int
    total: int | None
    rate: float | None = Field(description="Units a second.")
    message: str
    error: dict[str, Any] | None
    result: dict[str, Any] | None
    created_at: datetime
    updated_at: datetime


ListName = Literal["items", "tasks", "answers"]


class ViewIn(BaseModel):
    """A list as it is shown now, under a name; the same name again replaces it."""

    model_config = ConfigDict(extra="forbid")

    list: ListName
    name: str = Field(min_length=1, max_length=80)
    query: str = Field(max_length=2000, description="Filters and order as in the page's address, without `?`.")
    columns: Sequence[Annotated[str, Field(max_length=40)]] = Field(default=[], max_length=40)
    shared: bool = Field(default=False, description="Everybody of the project who sees the list may use it.")

    @field_validator("name")
    @classmethod
    def _stripped(cls, value: str) -> str:
        if not value.strip():
            raise ValueError("a view needs a name")
        return value.strip()


class ViewOut(BaseModel):
    """A saved view."""

    id: UUID
    list: ListName
    name: str
    query: str
    columns: Sequence[str]
    shared: bool
    person_id: UUID
    person_name: str
    mine: bool
