"""What the training routes take and give."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field


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
    metrics: dict[str, Any] = Field(description="On the kept side: value, low, high.")
    result: dict[str, Any] = Field(description="Steps, per class figures, export check, split.")
    error: dict[str, Any] | None
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    model: int | None = Field(default=None, description="Number of the model version that came out.")


class RunDetail(RunOut):
    """A training with its curve."""

    curve: list[dict[str, Any]] = Field(description="step, of, loss and learning rate over time.")


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
