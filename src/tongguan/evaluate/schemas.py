"""What the routes of evaluate take and give."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from tongguan.projects.schemas import Guard

SliceKind = Literal["class", "size", "brightness", "source"]
State = Literal["right", "wrong", "missed", "invented"]


class Row(BaseModel):
    """Base of what is read from rows."""

    model_config = ConfigDict(from_attributes=True)


class Strict(BaseModel):
    """Input: unknown fields are errors, so that a misspelt one is noticed."""

    model_config = ConfigDict(extra="forbid")


class BenchmarkIn(Strict):
    """Freezes the kept side of a version."""

    dataset_version: int = Field(ge=1, description="Number of a frozen version.")
    name: str = Field(min_length=1, max_length=120)
    guards: Annotated[list[Guard], Field(max_length=50)] | None = Field(
        default=None, description="Guarded slices with margins; null = those of the project's settings."
    )


class BenchmarkOut(Row):
    """A benchmark. `erased`: items that are left out because consent was withdrawn."""

    id: UUID
    number: int
    name: str
    dataset_version: int = 0
    manifest_hash: str
    guards: list[Guard]
    counts: dict[str, Any] = Field(description="items, labels, groups, empty, by_class, by_source.")
    erased: int = 0
    created_by: UUID | None
    created_at: datetime


class BenchmarkItemOut(Row):
    """An item of a benchmark."""

    item_id: UUID
    position: int
    name: str
    asset_sha256: str
    group_key: str
    width: int
    height: int
    labels: list[dict[str, Any]]
    brightness: float | None
    source: str
    erased: bool
    thumb_url: str = ""


class BenchmarkItemPage(BaseModel):
    """A window of items by position."""

    items: list[BenchmarkItemOut]
    next: int | None = Field(description="Position to go on after.")


class EvaluationIn(Strict):
    """Measures a model on a benchmark, beside the champion."""

    model: int = Field(ge=1, description="Number of a model version.")
    benchmark: Annotated[int, Field(ge=1)] | None = Field(default=None, description="Number; null = the newest.")


class EvaluationOut(Row):
    """An evaluation. `passed`: the verdict; null until it is done."""

    id: UUID
    number: int
    benchmark: int = 0
    benchmark_name: str = ""
    model: int = 0
    model_version_id: UUID
    champion: int | None = Field(default=None, description="Number of the model that it was compared with.")
    state: Literal["queued", "running", "done", "failed", "cancelled"]
    job_id: UUID | None
    items: int | None
    left_out: int | None
    overlap: int | None = Field(description="Items of the benchmark that the model was trained on; null = not known.")
    metrics: dict[str, Any]
    difference: dict[str, Any] = Field(default_factory=dict, description="Metric -> paired difference to the champion.")
    passed: bool | None
    error: dict[str, Any] | None
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    is_champion: bool = Field(default=False, description="Its model is the champion now.")
    may_follow: bool = Field(
        default=False, description="Passed against the champion of now: one click makes it champion."
    )


class ReasonOut(BaseModel):
    """A reason of the verdict. ok: true speaks for the model, false against it, null is only said."""

    code: str
    ok: bool | None
    params: dict[str, Any]


class PictureOut(BaseModel):
    """A picture with its drawn and found labels, each with `state`."""

    item: UUID
    name: str
    width: int
    height: int
    brightness: float | None
    source: str
    right: int
    wrong: int
    missed: int
    invented: int
    cost_fen: int
    truth: list[dict[str, Any]]
    found: list[dict[str, Any]]
    image_url: str = ""
    thumb_url: str = ""


class EvaluationDetail(EvaluationOut):
    """An evaluation with everything that was measured."""

    rules: dict[str, Any] = Field(description="metric, least, guards, least_labels, miss_fen, false_fen.")
    threshold: float | None
    detail: dict[str, Any] = Field(
        description="operating, precision_recall, thresholds, calibration, confusion, left_out."
    )
    slices: list[dict[str, Any]]
    comparison: dict[str, Any]
    reasons: list[ReasonOut]
    worst: list[PictureOut]
    reference: dict[str, Any]


class PricedOut(Row):
    """A threshold with what is missed and falsely called there, and what that costs."""

    threshold: float
    missed: int
    invented: int
    cost_fen: int


class ThresholdChoice(BaseModel):
    """Thresholds by cost on a benchmark. Only the ratio of the two prices decides what is proposed."""

    evaluation: int
    benchmark: int
    items: int
    labels: int
    miss_fen: int
    false_fen: int
    now: PricedOut = Field(description="At the threshold that the model was measured with.")
    proposed: PricedOut = Field(description="The cheapest; of equal ones the highest threshold.")
    rows: list[PricedOut] = Field(description="Every hundredth from 0.01 to 0.99.")


class PicturePage(BaseModel):
    """Pictures that a figure counts, those with the dearest mistakes first."""

    total: int
    items: list[PictureOut]


class ComparedOut(BaseModel):
    """Two evaluations on one benchmark: paired differences, first minus second."""

    benchmark: int
    first: EvaluationOut
    second: EvaluationOut
    items: int
    difference: dict[str, Any]
    slices: list[dict[str, Any]]


class RelabelIn(Strict):
    """Sends items back to labelling."""

    items: list[UUID] = Field(min_length=1, max_length=500)
    priority: int = Field(default=10, ge=0, le=1000)


class RelabelOut(BaseModel):
    """How many tasks were made."""

    created: int


class ChampionIn(Strict):
    """Makes the model of a finished evaluation champion."""

    evaluation_id: UUID
    reason: str = Field(default="", max_length=2000, description="Needed where the evaluation did not pass.")


class ChampionOut(BaseModel):
    """A champion, and who made it one."""

    model: int
    model_version_id: UUID
    evaluation: int | None
    evaluation_id: UUID | None
    passed: bool
    person_id: UUID
    person: str
    reason: str
    since: datetime


class ChampionPage(BaseModel):
    """The champion of now and those before, newest first."""

    champion: ChampionOut | None
    history: list[ChampionOut]
