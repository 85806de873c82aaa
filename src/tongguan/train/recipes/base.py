"""The contract of one folder `train/recipes/<name>/`, checked for every member of the registry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from pydantic import BaseModel, ConfigDict, Field

from tongguan.catalog.labels.base import LabelRecord
from tongguan.core.errors import TongguanError

MOST_MARKS = 100
LEAST_SCORE = 0.01


class RecipeError(TongguanError):
    """Something a person can act on; its code is `train.CODE`."""

    def __init__(self, code: str, message: str, **params: Any) -> None:
        super().__init__(code if code.startswith("train.") else f"train.{code}", message, params)


class UsageProblem(RecipeError):
    """The caller asked for something that cannot be started as asked (commands: exit code 2)."""


class ModelRefused(RecipeError):
    """A model folder that is broken or not what it claims to be; nothing of it was run."""


class ItemUnreadable(RecipeError):
    """Bytes that are no item that the model can read."""


class PictureUnreadable(ItemUnreadable):
    """Bytes that are no picture that can be read."""


def searched(low: float, high: float, log: bool = False, step: float | None = None) -> dict[str, Any]:
    """For a field's `json_schema_extra`: a study varies it from low to high, by powers where `log`."""
    return {"search": {"low": low, "high": high, "log": log, "step": step}}


def chosen(*choices: bool | int | float | str) -> dict[str, Any]:
    """For a field's `json_schema_extra`: a study tries these values."""
    return {"search": {"choices": list(choices)}}


class RecipeParams(BaseModel):
    """What every recipe's parameters share. One model gives the form, the command line and the search space."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    steps: int | None = Field(
        default=None,
        ge=1,
        le=1_000_000,
        description="Number of training steps. Empty: planned from the minutes and the measured speed.",
    )

    def held_share(self) -> float:
        """Share of the training groups that is held out before training; 0 where the recipe parts them itself."""
        return 0.0

    def last_look(self) -> int:
        """How often the run says on the way how well it does on items that it did not fit."""
        return 0


class LoopParams(RecipeParams):
    """What recipes share that train in steps and write checkpoints."""

    checkpoint_steps: int = Field(default=50, ge=1, le=100_000, description="Steps between two checkpoints.")
    holdout: float = Field(
        default=0.1,
        ge=0,
        le=0.5,
        description="Share of the training groups that is not fitted: it fixes the operating threshold, shows how the "
        "run goes and decides studies. 0: training items fix the threshold.",
    )
    looks: int = Field(
        default=5, ge=0, le=50, description="How often the held-out items are measured on the way. 0: never."
    )

    def held_share(self) -> float:
        """As asked."""
        return self.holdout

    def last_look(self) -> int:
        """As asked."""
        return self.looks


@dataclass(frozen=True, slots=True)
class Manifest:
    """Light description of a recipe; importing it never imports PyTorch.

    task: the task of its metrics. media and label_kind: what it learns from. params: one Pydantic model with ranges.
    run: dotted path of the module with `train(job)`. predict: dotted path of the module with `load(folder, card)`.
    minutes: how long a run takes when nobody says. memory_mb: what a run needs at its default parameters. model_file:
    the file that holds the trained model. folds: the training groups are parted by the recipe itself (cross-validation
    or by time), so that nothing is held out before. also: further kinds of label that it learns from. marks: the kinds
    that its model gives, where they are others. projects: it answers with the label classes that it learnt, as a
    project needs.
    """

    id: str
    task: str
    media: str
    label_kind: str
    params: type[RecipeParams]
    run: str
    predict: str
    minutes: float
    memory_mb: int
    model_file: str = "model.onnx"
    folds: bool = False
    also: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    projects: bool = True

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of label that it learns from, the main one first."""
        return (self.label_kind, *self.also)

    @property
    def gives(self) -> tuple[str, ...]:
        """The kinds of label that its model gives."""
        return self.marks or (self.label_kind,)


@dataclass(frozen=True, slots=True)
class Onnx:
    """How far the exported model is from the trained one, on real items: largest differences."""

    score: float
    pixels: float
    items: int

    def as_json(self) -> dict[str, float | int]:
        """The object written into the run."""
        return {"score": self.score, "pixels": self.pixels, "items": self.items}


class Predictor(Protocol):
    """A trained model, loaded without its training code. The only thing evaluate, flows, runner and commands see."""

    recipe: str
    labels: tuple[str, ...]
    threshold: float
    threshold_from: str

    def predict(self, contents: Sequence[bytes]) -> list[list[LabelRecord]]:
        """Bytes of items -> marks with score >= 0.01, at most 100 an item, by falling score. A recording is no single
        item to look at: of its tracks and events all are given.

        Raises ItemUnreadable for bytes that are not an item of its media type.
        """
