"""How far people agree beyond chance: Krippendorff's alpha and Fleiss' kappa.

K. Krippendorff, "Computing Krippendorff's alpha-reliability" (2011), University of Pennsylvania;
J. L. Fleiss, "Measuring nominal scale agreement among many raters", Psychological Bulletin 76 (1971), 378-382.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np

from tongguan.quality.aggregation.base import Answers, Floats

Scale = Literal["nominal", "ordinal", "interval"]


def krippendorff_alpha(counts: Floats, scale: Scale = "nominal", values: Sequence[float] | None = None) -> float:
    """Alpha of `counts` (tasks, labels): how often each label was given to each task, gaps allowed.

    1 = all agree, 0 = as by chance. Tasks with fewer than two answers do not count. Labels stand in their order for
    `ordinal`; `values` (labels,) are their numbers for `interval`. NaN without two answers to one task; 1 where only
    one label was ever given.
    """
    pairable = counts[counts.sum(axis=1) >= 2]
    if not len(pairable):
        return float("nan")
    answers = pairable.sum(axis=1, keepdims=True)
    pairs = pairable.T @ (pairable / (answers - 1)) - np.diag((pairable / (answers - 1)).sum(axis=0))
    total = pairs.sum(axis=0)
    apart = _distances(total, scale, values)
    expected = float((np.outer(total, total) * apart).sum()) / (total.sum() - 1)
    return 1.0 if expected == 0 else 1.0 - float((pairs * apart).sum()) / expected


def _distances(total: Floats, scale: Scale, values: Sequence[float] | None) -> Floats:
    """Squared distance of every two labels, shape (labels, labels)."""
    if scale == "nominal":
        return 1.0 - np.eye(len(total))
    if scale == "ordinal":
        place = np.cumsum(total) - total / 2
    else:
        place = np.arange(len(total), dtype=np.float64) if values is None else np.asarray(values, dtype=np.float64)
    return np.asarray((place[:, None] - place[None]) ** 2)


def alpha_per_label(answers: Answers) -> dict[str, float]:
    """Alpha of each label against all others: which of them people see alike."""
    counts = answers.counts()
    total = counts.sum(axis=1)
    return {
        label: krippendorff_alpha(np.stack([counts[:, number], total - counts[:, number]], axis=1))
        for number, label in enumerate(answers.labels)
    }


def fleiss_kappa(counts: Floats) -> float:
    """Kappa of `counts` (tasks, labels), where every task has the same number of answers, at least two.

    ValueError otherwise; NaN without tasks; 1 where only one label was ever given.
    """
    if not len(counts):
        return float("nan")
    people = counts.sum(axis=1)
    if people.min() != people.max() or people[0] < 2:
        raise ValueError("Fleiss' kappa needs equally many answers to every task, two or more")
    n = float(people[0])
    observed = float(((counts * (counts - 1)).sum(axis=1) / (n * (n - 1))).mean())
    chance = float(((counts.sum(axis=0) / counts.sum()) ** 2).sum())
    return 1.0 if chance == 1 else (observed - chance) / (1 - chance)
