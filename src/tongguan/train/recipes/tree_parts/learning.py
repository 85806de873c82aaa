"""From the rows of a run to a mixture of forests; answers for training rows come from folds without them."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tongguan.catalog.labels.class_ import ClassLabel
from tongguan.train.recipes.base import RecipeError
from tongguan.train.recipes.folder import write_whole
from tongguan.train.recipes.items import Item
from tongguan.train.recipes.job import Job
from tongguan.train.recipes.table_parts.inputs import Input, learn_inputs, matrix, row_of
from tongguan.train.recipes.table_parts.mixture import Mixture
from tongguan.train.recipes.table_parts.params import TreeParams
from tongguan.train.recipes.tree_parts.growing import boosted, random_trees

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
TEMPERATURES = np.geomspace(0.25, 4.0, 200)
Fit = Callable[[Ints, int], Callable[[Ints], Floats]]


@dataclass(frozen=True, slots=True)
class Learnt:
    """Training rows as numbers: rows (n, inputs), truth (n,) into labels, one group a row."""

    items: tuple[Item, ...]
    cells: tuple[dict[str, Any], ...]
    inputs: tuple[Input, ...]
    rows: Floats
    labels: tuple[str, ...]
    truth: Ints
    groups: tuple[str, ...]

    def with_inputs(self, inputs: Sequence[Input]) -> Learnt:
        """The same rows through other inputs."""
        rows = matrix(self.cells, inputs)
        return Learnt(self.items, self.cells, tuple(inputs), rows, self.labels, self.truth, self.groups)

    def with_truth(self, labels: Sequence[str], truth: Ints) -> Learnt:
        """The same rows with other classes."""
        return Learnt(self.items, self.cells, self.inputs, self.rows, tuple(labels), truth, self.groups)


def class_of(item: Item) -> str:
    """The label class of a row."""
    return next(label.label for label in item.records() if isinstance(label, ClassLabel))


def read_rows(job: Job) -> Learnt:
    """The training rows. Raises RecipeError where there is nothing to learn from."""
    items = job.gathered.side("train")
    labels = tuple(sorted({class_of(item) for item in items}))
    if len(labels) < 2:
        raise RecipeError("no_classes", "the training rows have fewer than two label classes: nothing to tell apart")
    cells = []
    for item in items:
        job.check_stop()
        with job.tree.open(item.path) as stream:
            cells.append(row_of(stream.read()))
    inputs = learn_inputs(cells, job.gathered.facts.get("inputs", []))
    if not inputs:
        raise RecipeError("no_inputs", "no column is left that a model may look at")
    number = {name: at for at, name in enumerate(labels)}
    truth = np.array([number[class_of(item)] for item in items], dtype=np.int64)
    groups = tuple(item.group for item in items)
    return Learnt(tuple(items), tuple(cells), tuple(inputs), matrix(cells, inputs), labels, truth, groups)


OTHER_CHANCE = 1_000_003
"""Between the seeds of repeated forests: farther than the seeds of runs and folds are from one another."""


def fit_mixture(learnt: Learnt, which: Ints, params: TreeParams, seed: int, threads: int, repeats: int = 1) -> Mixture:
    """Forests grown on the rows `which`; the boosted one `repeats` times, each by other chance."""
    rows, truth, classes = learnt.rows[which], learnt.truth[which], len(learnt.labels)
    forests, weights = [], []
    mix = params.mix if params.forest else 0.0
    if mix < 1:
        for repeat in range(repeats):
            forests.append(boosted(rows, truth, classes, params, seed + OTHER_CHANCE * repeat, threads))
            weights.append((1 - mix) / repeats)
    if mix > 0:
        middle = np.array([one.middle for one in learnt.inputs])
        filled = np.where(np.isnan(rows), middle[None, :], rows)
        forests.append(random_trees(filled, truth, classes, params, seed, threads))
        weights.append(mix)
    return Mixture(learnt.inputs, learnt.labels, tuple(forests), tuple(weights))


def fold_of(truth: Ints, groups: Sequence[str], folds: int, seed: int) -> Ints:
    """The fold of each row: whole groups, dealt class by class so that every fold has its share of each."""
    first: dict[str, int] = {}
    for at, group in enumerate(groups):
        first.setdefault(group, at)
    names = sorted(first)
    order = np.random.default_rng([seed, 5]).permutation(len(names))
    ranked = sorted(order.tolist(), key=lambda at: int(truth[first[names[at]]]))
    dealt = {names[at]: place % folds for place, at in enumerate(ranked)}
    return np.array([dealt[group] for group in groups], dtype=np.int64)


def out_of_fold(
    job: Job, learnt: Learnt, params: TreeParams, fit: Fit, told: Callable[[Floats, Ints], float], metric: str
) -> Floats:
    """Answers of models that did not see the row: (n, answers). Each fold is a look, and is kept for a resumed run.

    fit(rows, seed) trains on rows and gives the function that answers rows. told(answers, rows) is the figure so far.
    """
    folds = fold_of(learnt.truth, learnt.groups, params.folds, job.seed)
    answers, done = _resumed(job, len(learnt.truth))
    for fold in range(done, params.folds):
        job.check_stop()
        train, held = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
        if len(np.unique(learnt.truth[train])) < 2:
            raise RecipeError("too_few_rows", "too few rows of a second class for a cross-validation")
        found = fit(train, job.seed * 100 + fold)(held)
        if answers is None:
            answers = np.zeros((len(learnt.truth), found.shape[1]))
        answers[held] = found
        _keep(job, answers, fold + 1)
        seen = np.flatnonzero(folds <= fold)
        value = round(told(answers[seen], seen), 6)
        job.report.figures(fold + 1, look=fold + 1, holdout=value)
        job.report.event("holdout", step=fold + 1, of=params.folds, metric=metric, look=fold + 1, holdout=value)
        job.report.progress(phase="train", step=fold + 1, of=params.folds, seconds=round(job.clock.seconds(), 1))
    if answers is None:
        raise RecipeError("too_few_rows", "too few rows for a cross-validation")
    return answers


def best_temperature(shares: Floats, truth: Ints) -> float:
    """The divisor of the logarithms with the least negative log-likelihood (Guo et al. 2017)."""
    logs = np.log(np.maximum(shares, 1e-12))
    rows = np.arange(len(truth))
    losses = []
    for one in TEMPERATURES:
        scaled = logs / one
        scaled -= scaled.max(axis=1, keepdims=True)
        losses.append(float((np.log(np.exp(scaled).sum(axis=1)) - scaled[rows, truth]).mean()))
    return float(TEMPERATURES[int(np.argmin(losses))])


def _checkpoint(job: Job) -> Any:
    return job.folder.checkpoint.with_name("folds.npz")


def _keep(job: Job, answers: Floats, done: int) -> None:
    out = io.BytesIO()
    np.savez(out, answers=answers, done=np.array(done))
    write_whole(_checkpoint(job), out.getvalue())


def _resumed(job: Job, rows: int) -> tuple[Floats | None, int]:
    """What an interrupted session left."""
    with contextlib.suppress(OSError, ValueError, KeyError):
        with np.load(_checkpoint(job), allow_pickle=False) as stored:
            answers: Floats = stored["answers"]
            if len(answers) == rows:
                return answers, int(stored["done"])
    return None, 0
