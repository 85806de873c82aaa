"""Dawid and Skene's model: every worker has an own confusion matrix, found together with the true labels.

A. P. Dawid, A. M. Skene: Maximum likelihood estimation of observer error-rates using the EM algorithm.
Journal of the Royal Statistical Society C 28 (1979), 20-28, https://doi.org/10.2307/2346806.

With p[k] the share of class k, e[w, l, k] = P(worker w says l | truth k) and q[t, k] = P(truth of task t is k):
  E:  q[t, k]  ~  p[k] * product over answers (w, l) of t of e[w, l, k]
  M:  e[w, l, k]  ~  sum over tasks t that w called l of q[t, k];   p[k] = mean over t of q[t, k]
Start: q = shares of the votes. Both steps are products with one sparse matrix A (tasks, pairs of worker and label
that occur), so a worker costs memory only for labels that he used.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import sparse

from tongguan.quality.aggregation.base import Answers, Floats, Merged, incidence, most_probable
from tongguan.quality.aggregation.majority import vote_shares

# Floor of a probability: a worker who never made a mistake still may make one.
FLOOR = 1e-10

Pairs = npt.NDArray[np.int64]


class DawidSkene:
    """Expectation maximisation until the lower bound per answer grows by less than `tolerance`.

    After fitting: `probas_` (tasks, labels), `priors_` (labels,), `pairs_` (pairs, 2) of worker and label codes,
    `errors_` (pairs, labels) with e[w, l, k], `skills_` (workers,), `bounds_` one value an iteration.
    Skill is the expected accuracy under the class prior: sum over k of p[k] * e[w, k, k].
    """

    id = "dawid-skene"

    def __init__(self, iterations: int = 100, tolerance: float = 1e-5) -> None:
        self.iterations = iterations
        self.tolerance = tolerance
        self.probas_: Floats = np.zeros((0, 0))
        self.priors_: Floats = np.zeros(0)
        self.pairs_: Pairs = np.zeros((0, 2), dtype=np.int64)
        self.errors_: Floats = np.zeros((0, 0))
        self.skills_: Floats = np.zeros(0)
        self.bounds_: list[float] = []

    def fit(self, answers: Answers) -> DawidSkene:
        """Estimates posteriors, priors and confusion matrices of (N,) answers."""
        self.bounds_ = []
        if not len(answers):
            self.probas_, self.skills_ = np.zeros((0, 0)), np.zeros(0)
            return self
        column = self._pairs(answers)
        pairs = len(self.pairs_)
        says = incidence(answers.task, column, (len(answers.tasks), pairs))
        owner = incidence(self.pairs_[:, 0], np.arange(pairs), (len(answers.workers), pairs))
        self._maximise(answers, says, owner)
        self.skills_ = self._skills(len(answers.workers))
        return self

    def fit_predict(self, answers: Answers) -> Merged:
        """Merges the answers; of equally probable labels the smallest by code point."""
        self.fit(answers)
        label, confidence, tie = most_probable(self.probas_)
        return Merged(label, confidence, tie, self.skills_)

    def _pairs(self, answers: Answers) -> Pairs:
        """Finds the pairs of worker and label that occur; gives the pair of each answer, shape (N,)."""
        width = len(answers.labels)
        flat = answers.worker.astype(np.int64) * width + answers.label
        space = len(answers.workers) * width
        if space > 4 * len(flat):  # too sparse for a table of all pairs
            column: Pairs
            pairs, column = np.unique(flat, return_inverse=True)
        else:
            present = np.bincount(flat, minlength=space) > 0
            pairs = np.flatnonzero(present)
            column = (np.cumsum(present) - 1)[flat]
        self.pairs_ = np.stack([pairs // width, pairs % width], axis=1)
        return column

    def _maximise(self, answers: Answers, says: sparse.csr_matrix, owner: sparse.csr_matrix) -> None:
        said = says.T  # by columns: reads the posteriors in order, which a copy by rows would not
        answers_of_task = np.asarray(says.sum(axis=1)).ravel()
        worker = self.pairs_[:, 0]
        even = np.full(len(answers.tasks), 1 / len(answers.tasks))
        probas = vote_shares(answers)
        priors, errors = probas.mean(axis=0), _errors(said @ probas, owner, worker)
        bound = -np.inf
        for _ in range(self.iterations):
            probas, entropy = _posterior(says @ np.log(errors), priors)
            priors = even @ probas
            counts = said @ probas
            errors = _errors(counts, owner, worker)
            # Expected log-likelihood, summed over pairs instead of answers. The prior is weighted by the answers of a
            # task, as in the implementation that figures are compared with: it hardly moves the bound, and both stop
            # after the same iteration.
            prior_part = (answers_of_task @ probas) @ np.log(np.maximum(priors, FLOOR))
            grown = float((counts * np.log(errors)).sum() + prior_part + entropy) / len(answers)
            self.bounds_.append(grown)
            if grown - bound < self.tolerance:
                break
            bound = grown
        self.probas_, self.priors_, self.errors_ = probas, priors, errors

    def _skills(self, workers: int) -> Floats:
        worker, label = self.pairs_.T
        right = self.errors_[np.arange(len(label)), label] * self.priors_[label]
        return np.minimum(np.bincount(worker, weights=right, minlength=workers), 1.0)


def _posterior(likelihood: Floats, priors: Floats) -> tuple[Floats, float]:
    """Softmax over labels of log-likelihood (tasks, labels) plus log prior, and its summed entropy."""
    # Turned to (labels, tasks): NumPy reduces over a long last axis many times faster than over a short one.
    scores = np.ascontiguousarray(likelihood.T)
    scores += np.log(np.maximum(priors, FLOOR))[:, None]
    scores -= scores.max(axis=0)
    probas = np.exp(scores)
    total = probas.sum(axis=0)
    probas /= total
    # -sum p log p with log p = score - log total, which saves a logarithm of every posterior.
    entropy = float(np.log(total).sum() - np.vdot(probas, scores))
    return np.ascontiguousarray(probas.T), entropy


def _errors(counts: Floats, owner: sparse.csr_matrix, worker: Pairs) -> Floats:
    """Confusion rows e[pair, k], each worker's column summing to one over the labels that he used."""
    errors: Floats = np.maximum(counts, FLOOR)
    errors /= (owner @ errors)[worker]
    return errors
