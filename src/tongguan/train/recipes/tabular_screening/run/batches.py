"""Do positives and negatives look like different batches? Told by values that say more of the batch than of the row.

An assay writes values that it could not measure as the limit of its plate, so that a limit tells the plate. Where
positives and negatives were measured on different plates, a model reads the answer from the limits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tongguan.catalog.metrics.screening import RankArea
from tongguan.train.recipes.table_parts.inputs import Input
from tongguan.train.recipes.table_parts.params import TreeParams
from tongguan.train.recipes.tree_parts.growing import boosted
from tongguan.train.recipes.tree_parts.learning import Learnt, fold_of

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
FEWEST_TIES = 5
FEWEST_DISTINCT = 0.2
"""A column with fewer different values a row is coarse: equal values are no sign of a batch there."""
SUSPICIOUS = 0.75
BLANK_DIFFERENCE = 0.5
BLANK_OF_CLASS = 0.3
"""Difference in shares from which blanks are said to tell a class of positives from the others."""
FEWEST_OF_CLASS = 10
FOLDS = 4
LIGHT: dict[str, Any] = {
    "steps": 100,
    "learning_rate": 0.08,
    "leaves": 12,
    "least_rows": 8,
    "any_cut": False,
    "forest": 0,
}


@dataclass(frozen=True, slots=True)
class Batches:
    """limits_alone and others: (AUROC, sensitivity at the wanted specificity) inside training, by cross-validation."""

    limits_alone: tuple[float, float]
    measured: tuple[float, float]
    common: tuple[float, float]
    evidence: tuple[str, ...]

    @property
    def suspicious(self) -> bool:
        """Whether limits alone tell positives from negatives."""
        return self.limits_alone[0] >= SUSPICIOUS

    def words(self, specificity: float) -> str:
        """For people."""
        return (
            "positives and negatives look like different batches: the values that only say 'beyond the limit of this "
            f"batch' tell them apart without any measured value (AUROC {self.limits_alone[0]:.3f}, sensitivity "
            f"{self.limits_alone[1]:.2f} at specificity {specificity:g}). With one common limit for all rows "
            f"sensitivity is {self.common[1]:.2f} instead of {self.measured[1]:.2f} (limits=common). For example "
            + "; ".join(self.evidence[:3])
            + ". Measure cases and controls in the same batches before you believe the figures."
        )

    def as_json(self) -> dict[str, Any]:
        """The object of the run."""

        def pair(one: tuple[float, float]) -> dict[str, float]:
            return {"auroc": round(one[0], 4), "sensitivity": round(one[1], 4)}

        return {
            "suspicious": self.suspicious,
            "limits_alone": pair(self.limits_alone),
            "as_measured": pair(self.measured),
            "common_limits": pair(self.common),
            "evidence": list(self.evidence),
        }


def refused_blanks(learnt: Learnt, positive: Ints) -> dict[str, str]:
    """Columns whose blanks alone tell positives from negatives, with the evidence: filled in for one side only, as what
    was asked of patients alone. No detector may look at them."""
    found = {}
    for column in dict.fromkeys(one.column for one in learnt.inputs):
        blank = np.array([float(column not in cells) for cells in learnt.cells])
        yes, no = float(blank[positive == 1].mean()), float(blank[positive == 0].mean())
        if abs(yes - no) >= BLANK_DIFFERENCE:
            found[column] = f"blank in {yes:.0%} of the positives and in {no:.0%} of the negatives of the training rows"
    return found


def blanks_of_classes(learnt: Learnt, positive: Ints) -> list[str]:
    """Among positives: columns that one class leaves blank far more often than the others, with the evidence, one line
    a class. Who tells the classes apart may read the answer from what was not written down."""
    rows = np.flatnonzero(positive == 1)
    truth = learnt.truth[rows]
    columns = list(dict.fromkeys(one.column for one in learnt.inputs))
    blank = np.array([[column not in learnt.cells[at] for column in columns] for at in rows], dtype=np.float64)
    found = []
    for which in np.unique(truth):
        own = truth == which
        if min(own.sum(), (~own).sum()) < FEWEST_OF_CLASS:
            continue
        here, there = blank[own].mean(axis=0), blank[~own].mean(axis=0)
        odd = np.flatnonzero(np.abs(here - there) >= BLANK_OF_CLASS)
        if len(odd):
            first = odd[np.argmax(np.abs(here - there)[odd])]
            names = ", ".join(columns[at] for at in odd[:6])
            found.append(
                f"{learnt.labels[which]}: {names} (blank in {here[first]:.0%} of it, {there[first]:.0%} of the other "
                "positives)"
            )
    return found


def limits_of(column: Floats) -> Floats:
    """Values that a fine-grained column repeats exactly: the limits of its batches."""
    there = column[~np.isnan(column)]
    values, counts = np.unique(there, return_counts=True)
    if len(there) < 50 or len(values) < FEWEST_DISTINCT * len(there):
        # A column of limits only has few values too; what lies between must be fine-grained.
        free = values[counts < FEWEST_TIES]
        if len(free) < 0.5 * len(values) or len(free) < 30:
            return np.zeros(0)
    found: Floats = values[counts >= FEWEST_TIES]
    return found


def common_limits(inputs: Sequence[Input], rows: Floats) -> list[Input]:
    """The inputs with one floor and one ceiling each: the highest lower limit and the lowest upper limit."""
    out = []
    for at, one in enumerate(inputs):
        limits = limits_of(rows[:, at]) if one.kind == "number" else np.zeros(0)
        if not len(limits):
            out.append(one)
            continue
        free = rows[~np.isin(rows[:, at], limits) & ~np.isnan(rows[:, at]), at]
        middle = float(np.median(free)) if len(free) else float(limits.max())
        low, high = limits[limits <= middle], limits[limits > middle]
        floor = float(low.max()) if len(low) else None
        ceiling = float(high.min()) if len(high) else None
        out.append(one.model_copy(update={"floor": floor, "ceiling": ceiling}))
    return out


def look_for_batches(learnt: Learnt, positive: Ints, specificity: float, seed: int, threads: int) -> Batches | None:
    """None where no column has limits. positive: 1 or 0 for each row."""
    alone = np.full(learnt.rows.shape, np.nan)
    for at, one in enumerate(learnt.inputs):
        if one.kind == "number":
            hit = np.isin(learnt.rows[:, at], limits_of(learnt.rows[:, at]))
            alone[hit, at] = learnt.rows[hit, at]
    if np.isnan(alone).all():
        return None
    common = learnt.with_inputs(common_limits(learnt.inputs, learnt.rows)).rows
    folds = fold_of(positive, learnt.groups, FOLDS, seed)
    params = TreeParams.model_validate(LIGHT)

    def figures(rows: Floats) -> tuple[float, float]:
        risk = np.zeros(len(rows))
        for fold in range(FOLDS):
            train, held = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
            forest = boosted(rows[train], positive[train], 2, params, seed, threads)
            risk[held] = forest.probabilities(rows[held])[:, 1]
        area = RankArea(risk.tolist(), (positive == 1).tolist())
        cut = threshold_for(risk[positive == 0], specificity)
        return float(area.per_class(np.ones((1, len(rows))))[0, 0]), float((risk[positive == 1] >= cut).mean())

    return Batches(figures(alone), figures(learnt.rows), figures(common), _evidence(learnt, positive))


def threshold_for(negatives: Floats, specificity: float) -> float:
    """The risk from which on something is positive, so that at least `specificity` of these negatives are not."""
    ranked = np.sort(negatives)[::-1]
    allowed = int((1 - specificity) * len(ranked) + 1e-9)
    above = float(ranked[allowed - 1]) if allowed else 1.0
    return min(1.0, (float(ranked[min(allowed, len(ranked) - 1)]) + above) / 2 + 1e-9)


def _evidence(learnt: Learnt, positive: Ints) -> tuple[str, ...]:
    """Limits that only one side has, the most frequent first."""
    found = []
    for at, one in enumerate(learnt.inputs):
        if one.kind != "number":
            continue
        for value in limits_of(learnt.rows[:, at]):
            hit = learnt.rows[:, at] == value
            yes, no = int(positive[hit].sum()), int(hit.sum() - positive[hit].sum())
            if min(yes, no) <= 0.05 * (yes + no):
                found.append((-(yes + no), f"{one.column} = {value:g} in {yes} positives and {no} negatives"))
    return tuple(words for _, words in sorted(found)[:8])
