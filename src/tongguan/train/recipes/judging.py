"""A predictor on labelled items: predictions beside the truth, figures from them, and the operating threshold.

Each task has one judge, which knows what its metrics take. To add one: a file beside this one and a line in `_JUDGES`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from tongguan.catalog.formats.base import Tree
from tongguan.catalog.metrics.base import measure
from tongguan.catalog.metrics.registry import metrics_of
from tongguan.train.recipes.base import Predictor
from tongguan.train.recipes.items import Item
from tongguan.train.recipes.judges.anomalies import AnomalyJudge
from tongguan.train.recipes.judges.answers import AnswerJudge
from tongguan.train.recipes.judges.base import Judge
from tongguan.train.recipes.judges.boxes import BoxJudge
from tongguan.train.recipes.judges.classes import ClassJudge
from tongguan.train.recipes.judges.forecasts import ForecastJudge
from tongguan.train.recipes.judges.grades import GradeJudge
from tongguan.train.recipes.judges.marks import CuboidJudge, EventJudge, TrackJudge
from tongguan.train.recipes.judges.oddities import OddityJudge
from tongguan.train.recipes.judges.preferences import PreferenceJudge
from tongguan.train.recipes.judges.screening import ScreenJudge
from tongguan.train.recipes.judges.shapes import MaskJudge, RotatedBoxJudge
from tongguan.train.recipes.judges.spans import SpanJudge
from tongguan.train.recipes.judges.transcripts import TranscriptJudge

_JUDGES: tuple[Judge, ...] = (
    BoxJudge(),
    ClassJudge(),
    SpanJudge(),
    TranscriptJudge(),
    ScreenJudge(),
    ForecastJudge(),
    AnomalyJudge(),
    TrackJudge(),
    EventJudge(),
    OddityJudge(),
    MaskJudge(),
    GradeJudge(),
    RotatedBoxJudge(),
    CuboidJudge(),
    AnswerJudge(),
    PreferenceJudge(),
)
JUDGES: dict[str, Judge] = {judge.task: judge for judge in _JUDGES}

if len(JUDGES) != len(_JUDGES):
    raise RuntimeError("two judges share a task")


def judge_of(task: str) -> Judge:
    """The judge of a task."""
    return JUDGES[task]


def judged(
    task: str,
    predictor: Predictor,
    tree: Tree,
    items: Sequence[Item],
    step: Callable[[int], None] | None = None,
    at_once: int = 1,
) -> Iterator[Any]:
    """Predicts items, `at_once` together, from the same bytes that a person sees: what the metrics of the task take.
    `step` gets the number of items done."""
    judge = judge_of(task)
    for start in range(0, len(items), at_once):
        some = items[start : start + at_once]
        marks = predictor.predict([_bytes(tree, item) for item in some])
        yield from (judge.item(item.records(), found) for item, found in zip(some, marks, strict=True))
        if step:
            step(start + len(some))


def _bytes(tree: Tree, item: Item) -> bytes:
    with tree.open(item.path) as stream:
        return stream.read()


def figures(task: str, items: Sequence[Any], groups: Sequence[str]) -> dict[str, Any]:
    """`metrics` and `classes` as commands print them; no items, no figures: both are empty."""
    if not items:
        return {"metrics": {}, "classes": {}}
    measured = {metric.id: measure(metric, items, groups) for metric in metrics_of(task)}
    return {
        "metrics": {name: one.overall.as_json() for name, one in measured.items()},
        "classes": {
            name: {label: value.as_json() for label, value in one.classes.items()} for name, one in measured.items()
        },
    }


def baseline(task: str, train: Sequence[Item], kept: Sequence[Item]) -> dict[str, Any]:
    """What a model that never looks would reach on the kept items: name and metrics. Empty without kept items."""
    judge = judge_of(task)
    guess = judge.blind(train)
    if not kept or guess is None:
        return {}
    items = [judge.item(item.records(), guess(item)) for item in kept]
    return {"name": judge.blind_name, "metrics": figures(task, items, [item.group for item in kept])["metrics"]}
