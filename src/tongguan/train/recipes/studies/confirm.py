"""Is the best of a study really better? The recipe's own and the best parameters once more, on folds not used so far.

The best of many trials looks better than it is, because it was chosen by the figure that is shown. New folds of the
same training items were not part of the choice; the difference has a paired bootstrap interval over groups.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np

from tongguan.catalog.metrics.base import group_weights, interval, resampled
from tongguan.catalog.metrics.classes import ClassItem
from tongguan.catalog.metrics.registry import METRICS
from tongguan.train.recipes.items import Gathered
from tongguan.train.recipes.registry import recipe
from tongguan.train.recipes.start import Wish, open_or_continue
from tongguan.train.recipes.studies.records import StudyWish, TrialRecord
from tongguan.train.recipes.supervise import train_run

OTHER_FOLDS = 1_000
"""Added to the seed of the study: other folds than any trial had."""


def confirmed(wish: StudyWish, gathered: Gathered, best: TrialRecord, base: Path) -> dict[str, Any] | None:
    """own and best value and the difference with its 95 % interval; None where the recipe keeps no answers of its
    folds, or the best parameters are the recipe's own."""
    if not recipe(wish.recipe).folds or recipe(wish.recipe).task != "classification" or best.number == 0:
        return None
    training = gathered.training_only()
    metric = METRICS[wish.metric()]
    prepared = [
        metric.prepare(_answers(wish, params, training, base / "confirm" / name))
        for name, params in (("own", {}), ("best", best.params))
    ]
    shutil.rmtree(base / "confirm", ignore_errors=True)
    groups = [item.group for item in training.side("train")]
    weights, exact = group_weights(groups), np.ones((1, len(groups)))
    values = [float(one.overall(one.per_class(exact))[0]) for one in prepared]
    draws = [one.overall(resampled(one, weights)) for one in prepared]
    return {
        "metric": metric.id,
        "measured_on": "other folds of the training items",
        "own": interval(values[0], draws[0]).as_json(),
        "best": interval(values[1], draws[1]).as_json(),
        "difference": interval(values[1] - values[0], draws[1] - draws[0]).as_json(),
    }


def _answers(wish: StudyWish, params: dict[str, Any], training: Gathered, path: Path) -> list[ClassItem]:
    asked = Wish(
        wish.recipe, {**wish.params, **params}, kept=0.0, seed=wish.seed + OTHER_FOLDS, threads=wish.threads, trial=True
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    folder, _ = open_or_continue(path, asked, training)
    result = train_run(folder.path).result or {}
    labels = result["labels"]
    pairs = zip(result["truth"], result["answers"], strict=True)
    return [ClassItem(labels[truth], labels[found], 1.0) for truth, found in pairs]
