"""The chain between a rule version and a prediction, both ways."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field

from tongguan.flows.schemas.loop import LoopCaseOut


class PersonShare(BaseModel):
    """Somebody who worked on it. The name is left out where the caller may not see names."""

    name: str | None
    level: int | None
    answers: int


class PeopleOut(BaseModel):
    """Who stands behind the answers: how many by level, and by name for those who lead the project."""

    count: int
    by_level: dict[str, int] = Field(description="People by their level now.")
    people: list[PersonShare] = Field(description="Empty for those who may not see names.")


class ChangeStep(BaseModel):
    """The change of the deployment that had put the model in place."""

    id: UUID
    kind: str
    at: datetime
    person: str | None
    reason: str


class PredictionStep(BaseModel):
    """The prediction, where the walk begins."""

    id: UUID
    at: datetime
    name: str
    verdict: str
    threshold: float
    top_score: float | None
    marks: int = Field(description="Marks at or above the threshold.")
    input_sha256: str
    wrong: str | None = Field(description="The reason when somebody called it wrong.")


class DeploymentStep(BaseModel):
    """The deployment that answered."""

    id: UUID
    number: int
    name: str
    change: ChangeStep | None


class RunStep(BaseModel):
    """The training that made the model, with what is needed to repeat it."""

    id: UUID
    number: int
    recipe: str
    seed: int
    minutes: float | None
    params: dict[str, Any]
    code: str | None = Field(description="Version of the training code.")
    environment: dict[str, Any]
    seconds: float | None
    ended_at: datetime | None
    person: str | None


class ModelStep(BaseModel):
    """The model version."""

    id: UUID
    number: int
    recipe: str
    sha256: str
    threshold: float
    threshold_from: str
    classes: list[str]
    made_at: datetime
    origin: dict[str, Any] = Field(description="Where it was trained, when not here.")
    person: str | None


class EvaluationStep(BaseModel):
    """A finished evaluation of a model."""

    id: UUID
    number: int
    model: int
    passed: bool | None
    map50: float | None
    at: datetime | None


class DatasetStep(BaseModel):
    """The frozen version that a model learnt from."""

    id: UUID
    number: int
    manifest_hash: str | None
    frozen_at: datetime | None
    items: int
    labels: int
    by_side: dict[str, int]
    person: str | None


class AnswersStep(BaseModel):
    """The answers of a version."""

    answers: int
    labels: int
    imported: int = Field(description="Answers that came with a batch, with the batch as author.")
    fixed: int = Field(description="Answers last changed by an inspector.")
    authors: PeopleOut
    reviewers: PeopleOut


class RuleStep(BaseModel):
    """A rule version, and how many answers of the data version were given under it."""

    id: UUID
    number: str
    answers: int
    published_at: datetime | None
    person: str | None
    note: str


class BatchStep(BaseModel):
    """Where pictures came from."""

    id: UUID
    name: str
    source: str
    licence: str
    consent: str
    items: int


class BackOut(BaseModel):
    """From a prediction back to the rules and people behind it."""

    prediction: PredictionStep
    deployment: DeploymentStep
    model: ModelStep | None
    evaluations: list[EvaluationStep]
    run: RunStep | None
    dataset: DatasetStep | None
    answers: AnswersStep | None
    rules: list[RuleStep]
    batches: list[BatchStep]
    case: LoopCaseOut | None = Field(description="Its way forward again, when it became a task.")


class RuleFacts(BaseModel):
    """The rule version, where the walk begins."""

    id: UUID
    number: str
    published_at: datetime | None
    person: str | None
    note: str
    classes: list[str]


class UnderRule(BaseModel):
    """Answers that were given under a rule version, and tasks that are open under it."""

    answers: int
    accepted: int
    items: int
    labels: int
    open_tasks: int
    people: PeopleOut


class TouchedDataset(DatasetStep):
    """A frozen version that holds such answers."""

    under_rule: int = Field(description="Items of it whose answer was given under the rule version.")


class TouchedRun(BaseModel):
    """A training on such a version."""

    id: UUID
    number: int
    recipe: str
    state: str
    seed: int
    dataset_version: int


class TouchedModel(BaseModel):
    """A model that learnt from such a version."""

    id: UUID
    number: int
    recipe: str
    dataset_version: int
    run: int | None
    map50: float | None


class TouchedDeployment(BaseModel):
    """A place where such a model answers, or has answered."""

    id: UUID
    number: int
    name: str
    model: int
    live: bool
    predictions: int
    last: datetime | None


class ForwardOut(BaseModel):
    """From a rule version forward to all that it touched."""

    rule: RuleFacts
    under_rule: UnderRule
    datasets: list[TouchedDataset]
    runs: list[TouchedRun]
    models: list[TouchedModel]
    evaluations: list[EvaluationStep]
    deployments: list[TouchedDeployment]
