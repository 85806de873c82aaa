"""What other stages may call of the stage evaluate: the champion, verdicts, and what monitors compare with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from tongguan.core.database import Session
from tongguan.core.errors import NotFound
from tongguan.evaluate import repository
from tongguan.evaluate.measure.reference import Distribution
from tongguan.evaluate.models import Benchmark, Evaluation
from tongguan.evaluate.schemas import ThresholdChoice
from tongguan.evaluate.service import pricing

__all__ = [
    "Benchmark",
    "ChampionFacts",
    "Distribution",
    "Evaluation",
    "EvaluationFacts",
    "Reference",
    "ThresholdChoice",
    "benchmark_of",
    "champion",
    "evaluation_of",
    "evaluations_of",
    "reference",
    "threshold_by_cost",
]


@dataclass(frozen=True, slots=True)
class ChampionFacts:
    """The champion of a project. `passed`: by a passed evaluation, else by the person's decision for a reason."""

    model_version_id: UUID
    evaluation_id: UUID | None
    passed: bool
    person_id: UUID
    reason: str
    since: datetime


@dataclass(frozen=True, slots=True)
class EvaluationFacts:
    """A finished evaluation. metrics: id -> {value, low, high}; reasons: [{code, ok, params}] of the verdict."""

    id: UUID
    project_id: UUID
    number: int
    benchmark_id: UUID
    model_version_id: UUID
    champion_id: UUID | None
    passed: bool
    metrics: dict[str, Any]
    reasons: list[dict[str, Any]]
    items: int
    overlap: int | None
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Reference:
    """What a model met and answered on a benchmark.

    brightness: mean gray level of a picture, 0 to 255. top_score: highest score of a picture, 0 without any mark.
    boxes: marks of a picture at or above the model's threshold.
    """

    evaluation_id: UUID
    benchmark_id: UUID
    items: int
    threshold: float
    brightness: Distribution
    top_score: Distribution
    boxes: Distribution


def champion(session: Session, project_id: UUID) -> ChampionFacts | None:
    """The champion of a project, or None while there has been none. Only this stage decides it."""
    row = repository.champion(session, project_id)
    if row is None:
        return None
    return ChampionFacts(row.model_version_id, row.evaluation_id, row.passed, row.person_id, row.reason, row.created_at)


def evaluations_of(session: Session, model_version_ids: Sequence[UUID]) -> list[EvaluationFacts]:
    """Finished evaluations of model versions, newest first."""
    return [
        EvaluationFacts(
            id=row.id,
            project_id=row.project_id,
            number=row.number,
            benchmark_id=row.benchmark_id,
            model_version_id=row.model_version_id,
            champion_id=row.champion_id,
            passed=bool(row.passed),
            metrics=row.metrics,
            reasons=row.reasons,
            items=row.items or 0,
            overlap=row.overlap,
            ended_at=row.ended_at,
        )
        for row in repository.done_of_models(session, model_version_ids)
    ]


def evaluation_of(session: Session, project_id: UUID, number: int) -> Evaluation:
    """An evaluation of a project with all its figures, for reports. NotFound otherwise."""
    found = repository.numbered(session, project_id, number)
    if found is None:
        raise NotFound("evaluation.unknown", "There is no such evaluation.")
    return found


def benchmark_of(session: Session, benchmark_id: UUID) -> Benchmark:
    """A benchmark by its id."""
    return session.get_one(Benchmark, benchmark_id)


def reference(session: Session, model_version_id: UUID) -> Reference | None:
    """Distributions on the benchmark of the newest finished evaluation of a model, or None without one."""
    for row in repository.done_of_models(session, [model_version_id]):
        if row.reference:
            parts = {key: Distribution.from_json(row.reference[key]) for key in ("brightness", "top_score", "boxes")}
            return Reference(row.id, row.benchmark_id, row.items or 0, float(row.reference["threshold"]), **parts)
    return None


def threshold_by_cost(
    session: Session, model_version_id: UUID, miss_fen: int, false_fen: int
) -> ThresholdChoice | None:
    """The cheapest threshold of a model on the benchmark of its newest finished evaluation, or None without one."""
    for row in repository.done_of_models(session, [model_version_id]):
        return pricing.choice(session, row, miss_fen, false_fen)
    return None
