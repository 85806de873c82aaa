"""The one mark of a classifier: the most probable class, with the probability of every class."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tongguan.catalog.labels.class_ import ClassLabel
from tongguan.train.recipes.base import LEAST_SCORE, MOST_MARKS


def class_mark(labels: Sequence[str], scores: NDArray[np.float32]) -> ClassLabel:
    """(classes,) probabilities -> the mark; at most 100 classes are listed with it."""
    order = np.argsort(-scores, kind="stable")[:MOST_MARKS]
    known = {labels[at]: _share(scores[at]) for at in order}
    best = int(order[0])
    return ClassLabel(label=labels[best], score=max(LEAST_SCORE, _share(scores[best])), scores=known)


def shares_problem(scores: NDArray[np.float32], classes: int) -> str:
    """Why an output is not the probabilities of so many classes; empty where it is."""
    good = scores.shape == (classes,) and bool(np.isfinite(scores).all())
    if good and abs(float(scores.sum()) - 1) <= 1e-3 and scores.min() >= 0:
        return ""
    return f"the model does not give probabilities of {classes} classes"


def _share(value: float) -> float:
    return min(1.0, max(0.0, round(float(value), 6)))
