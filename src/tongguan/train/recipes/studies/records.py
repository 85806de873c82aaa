"""What is written down of a study: the wish, and a record for each trial."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field

from tongguan.catalog.metrics.registry import METRICS
from tongguan.train.recipes.judging import judge_of
from tongguan.train.recipes.registry import recipe
from tongguan.train.recipes.search import Space

TrialState = Literal["running", "done", "pruned", "failed"]


class Look(BaseModel):
    """One look at the hold-out: the step after which, its number from 1, and the value of the metric."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    step: int
    look: int
    value: float


class TrialRecord(BaseModel):
    """One trial. `params`: the varied parameters alone. `value`: what the last look saw; None until it has ended."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    number: int
    state: TrialState = "running"
    params: dict[str, Any]
    value: float | None = None
    looks: tuple[Look, ...] = ()
    steps: int | None = None
    seconds: float | None = None
    error: dict[str, Any] | None = None


class StudyWish(BaseModel):
    """What a study is asked. `params` are fixed, `space` is varied; `minutes` are those of one trial."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    recipe: str
    params: dict[str, Any] = Field(default_factory=dict)
    space: Space
    seed: int = 0
    minutes: float | None = None
    threads: int | None = None

    def metric(self) -> str:
        """The id of the metric that decides."""
        return judge_of(recipe(self.recipe).task).main

    def higher_is_better(self) -> bool:
        """Whether more of it is better."""
        return METRICS[self.metric()].higher_is_better


class Ledger(Protocol):
    """Where trials are written down: a file, or rows. What `write` was given survives a kill."""

    def read(self) -> Sequence[TrialRecord]:
        """All trials by number; at most the last one is running."""

    def write(self, record: TrialRecord) -> None:
        """Adds a trial, or replaces the one of that number."""


def ended(records: Sequence[TrialRecord]) -> list[TrialRecord]:
    """Trials that are over."""
    return [one for one in records if one.state != "running"]


def best_of(records: Sequence[TrialRecord], higher_is_better: bool) -> TrialRecord | None:
    """The finished trial with the best value; of equal ones the first. A pruned trial never wins."""
    good = [one for one in records if one.state == "done" and one.value is not None]
    sign = -1.0 if higher_is_better else 1.0
    return min(good, key=lambda one: (sign * (one.value or 0.0), one.number), default=None)


def trial_folder(base: Path, number: int) -> Path:
    """Where a trial works; gone once it is written down."""
    return base / "trials" / f"{number:04}"
