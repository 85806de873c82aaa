"""What the training routes take and give."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from tongguan.train.recipes.search import Range


class Row(BaseModel):
    """Base of what is read from rows."""

    model_config = ConfigDict(from_attributes=True)


class RecipeOut(BaseModel):
    """A recipe with its parameters as JSON schema, from which the form is made."""

    id: str
    task: str
    media: str
    label_kind: str
    minutes: float
    memory_mb: int
    params: dict[str, Any]


class RunIn(BaseModel):
    """Asks for a training."""

    dataset_version: int = Field(ge=1, description="Number of a frozen version.")
    recipe: str = Field(default="detection", max_length=60)
    params: dict[str, Any] = Field(default_factory=dict, description="Parameters of the recipe; others keep defaults.")
    minutes: Annotated[float, Field(gt=0, le=100_000)] | None = Field(
        default=None, description="Minutes to train; null = the recipe's own."
    )
    seed: Annotated[int, Field(ge=0, le=2**31 - 1)] = 0


class StudyIn(BaseModel):
    """Asks for a parameter study: the same as a training, and what varies."""

    dataset_version: int = Field(ge=1, description="Number of a frozen version.")
    recipe: str = Field(default="detection", max_length=60)
    params: dict[str, Any] = Field(default_factory=dict, description="Fixed parameters; others keep defaults or vary.")
    search: dict[str, Range | None] | None = Field(
        default=None,
        max_length=50,
        description="What varies; null for a parameter = the range that the recipe declares.",
    )
    trials: Annotated[int, Field(ge=1, le=1_000)] = 20
    minutes: Annotated[float, Field(gt=0, le=100_000)] | None = Field(default=None, description="Minutes of one trial.")
    seed: Annotated[int, Field(ge=0, le=2**31 - 1)] = 0


class TrialOut(BaseModel):
    """One trial of a study."""

    number: int
    state: Literal["running", "done", "pruned", "failed"]
    params: dict[str, Any] = Field(description="The varied parameters.")
    value: float | None = Field(description="What the last look at the hold-out saw.")
    looks: list[dict[str, Any]] = Field(description="step, look and value over time.")
    steps: int | None
    seconds: float | None
    error: dict[str, Any] | None


class StudyOut(Row):
    """A parameter study."""

    id: UUID
    number: int
    dataset_version: int = 0
    recipe: str
    params: dict[str, Any]
    search: dict[str, Any]
    trials: int = Field(description="Trials that were asked for.")
    ended: int = 0
    minutes: float | None
    seed: int
    state: Literal["queued", "running", "done", "failed", "cancelled"]
    job_id: UUID | None
    metric: str = ""
    higher_is_better: bool = True
    held: dict[str, Any] = Field(description="What decides: items and groups of the training side that are held out.")
    best: TrialOut | None = None
    error: dict[str, Any] | None
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None


class StudyDetail(StudyOut):
    """A study with its trials."""

    records: list[TrialOut]


class StudyRunIn(BaseModel):
    """Asks for a training with the parameters of a trial."""

    trial: int | None = Field(default=None, ge=0, description="null: the best one.")
    minutes: Annotated[float, Field(gt=0, le=100_000)] | None = Field(
        default=None, description="null: the study's steps where they were fixed, else the recipe's own minutes."
    )


class RunOut(Row):
    """A training."""

    id: UUID
    number: int
    dataset_version: int = 0
    recipe: str
    params: dict[str, Any]
    minutes: float | None
    seed: int
    state: Literal["queued", "running", "done", "failed", "cancelled"]
    job_id: UUID | None
    study_id: UUID | None = Field(description="The study that found the parameters.")
    metrics: dict[str, Any] = Field(description="On the kept side: value, low, high.")
    result: dict[str, Any] = Field(description="Steps, per class figures, export check, split.")
    error: dict[str, Any] | None
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    model: int | None = Field(default=None, description="Number of the model version that came out.")


class RunDetail(RunOut):
    """A training with its curve."""

    curve: list[dict[str, Any]] = Field(
        description="step, of, loss and learning rate over time; step, metric and holdout for each look."
    )


class ModelOrigin(BaseModel):
    """Where a model comes from that was trained elsewhere."""

    engine: str = Field(min_length=1, max_length=200, description="What trained it, such as a framework with version.")
    note: str = Field(default="", max_length=2_000)
    dataset_version: int | None = Field(
        default=None, ge=1, description="Number of the frozen version that it learnt from; null: not said."
    )


class RunComparison(BaseModel):
    """Trainings side by side, oldest first."""

    runs: list[RunDetail]
    differs: dict[str, list[Any]] = Field(description="Parameters that differ, with their values in the order of runs.")
    metrics: list[str] = Field(description="Ids of metrics that at least one run has.")
    main: str = Field(description="The metric that trainings of this task go by.")
    comparable: bool = Field(description="Same task and same data version: figures are about the same kept items.")


class ModelOut(Row):
    """A model version."""

    id: UUID
    number: int
    recipe: str
    run_id: UUID | None = Field(description="null: trained elsewhere and registered; see origin.")
    run: int | None = None
    dataset_version: int | None = Field(default=None, description="Number of the frozen version it learnt from.")
    origin: dict[str, Any] = Field(description="Of a registered model: engine, note, file, person_id.")
    metrics: dict[str, Any]
    classes: list[str]
    threshold: float
    threshold_from: str
    size: int
    sha256: str
    created_at: datetime
    url: str | None = Field(default=None, description="Link to the archive: ONNX, labels, preprocessing.")


class ModelFile(BaseModel):
    """A member of a model's archive."""

    name: str
    size: int


class ModelLearning(BaseModel):
    """How a model was trained here."""

    seed: int
    params: dict[str, Any]
    code: str = Field(description="Version of the program that trained it.")
    steps: int | None
    seconds: float | None
    environment: dict[str, Any]
    split: dict[str, Any]
    onnx: dict[str, Any] = Field(
        description="Largest difference of the exported model from PyTorch: score, pixels, items looked at."
    )
    classes: dict[str, Any] = Field(description="Metric -> label class -> value, low, high.")
    baseline: dict[str, Any] = Field(description="What a model that never looks reaches: name, metrics.")
    at_threshold: dict[str, Any]


class ModelData(Row):
    """The frozen version that a model learnt from."""

    number: int
    manifest_hash: str | None
    counts: dict[str, Any]
    frozen_at: datetime | None


class ModelDetail(ModelOut):
    """A model with its card."""

    task: str
    preprocessing: dict[str, Any] = Field(description="As in model.json; empty where the archive cannot be opened.")
    nms_overlap: float | None
    learning: ModelLearning | None = Field(description="null: trained elsewhere.")
    data: ModelData | None
    files: list[ModelFile]
    text: str = Field(description="model.md, the card in words.")
    example: str = Field(description="example.py: uses the model without Tongguan.")
