"""Making scores fit the share that is right: one divisor of the logits, chosen on items that were not fitted."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tongguan.catalog.labels.class_ import ClassLabel
from tongguan.train.recipes.base import RecipeError
from tongguan.train.recipes.items import Item

Floats = NDArray[np.float64]
TEMPERATURES = np.geomspace(0.25, 8.0, 400)


def class_of(item: Item) -> str:
    """The label class of an item; reading has left out items with none or several."""
    return next(label.label for label in item.records() if isinstance(label, ClassLabel))


def classes_of(items: Sequence[Item]) -> tuple[str, ...]:
    """All label classes of the items. Raises RecipeError where there is nothing to tell apart."""
    names = sorted({class_of(item) for item in items})
    if len(names) < 2:
        raise RecipeError("no_classes", "the training items have fewer than two label classes: nothing to tell apart")
    return tuple(names)


def softmax(logits: Floats) -> Floats:
    """(n, classes) -> probabilities."""
    shifted = np.exp(logits - logits.max(axis=1, keepdims=True))
    scores: Floats = shifted / shifted.sum(axis=1, keepdims=True)
    return scores


def temperature_of(logits: Floats, truth: NDArray[np.int64]) -> float:
    """The divisor with the least negative log-likelihood (Guo et al. 2017); 1 without items: on training items every
    model looks surer than it is."""
    if not len(truth):
        return 1.0
    losses = [log_loss(logits / one, truth) for one in TEMPERATURES]
    return float(TEMPERATURES[int(np.argmin(losses))])


def log_loss(logits: Floats, truth: NDArray[np.int64]) -> float:
    """Mean negative log-likelihood of classes (n,) under logits (n, classes), in nats."""
    return float(-np.log(np.maximum(softmax(logits)[np.arange(len(truth)), truth], 1e-12)).mean())
