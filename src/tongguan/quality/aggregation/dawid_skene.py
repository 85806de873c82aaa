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
        width = len(answers.labels)
        pairs, column = np.unique(answers.worker.astype(np.int64) * width + answers.label, return_inverse=True)
        self.pairs_ = np.stack([pairs // width, pairs % width], axis=1)
        says = incidence(answers.task, column, (len(answers.tasks), len(pairs)))
        owner = incidence(self.pairs_[:, 0], np.arange(len(pairs)), (len(answers.workers), len(pairs)))
        self._maximise(answers, says, owner)
        self.skills_ = self._skills(len(answers.workers))
        return self

    def fit_predict(self, answers: Answers) -> Merged:
        """Merges the answers; of equally probable labels the smallest by code point."""
        self.fit(answers)
        label, confidence, tie = most_probable(self.probas_)
        return Merged(label, confidence, tie, self.skills_)

    def _maximise(self, answers: Answers, says: sparse.csr_matrix, owner: sparse.csr_matrix) -> None:
        said = says.T.tocsr()
        answers_of_task = np.asarray(says.sum(axis=1))
        probas = vote_shares(answers)
        priors, errors = probas.mean(axis=0), _errors(said, owner, probas, self.pairs_[:, 0])
        likelihood = says @ np.log(errors)
        bound = -np.inf
        for _ in range(self.iterations):
            probas = _posterior(likelihood, priors)
            priors = probas.mean(axis=0)
            errors = _errors(said, owner, probas, self.pairs_[:, 0])
            likelihood = says @ np.log(errors)
            # The prior is weighted by the answers of a task, as in the implementation that figures are compared
            # with: it moves the bound hardly, and both stop after the same iteration.
            joint = likelihood + answers_of_task * np.log(np.maximum(priors, FLOOR))
            clipped = np.maximum(probas, FLOOR)
            grown = float((probas * joint).sum() - (clipped * np.log(clipped)).sum()) / len(answers)
            self.bounds_.append(grown)
            if grown - bound < self.tolerance:
                break
            bound = grown
        self.probas_, self.priors_, self.errors_ = probas, priors, errors

    def _skills(self, workers: int) -> Floats:
        worker, label = self.pairs_.T
        right = self.errors_[np.arange(len(label)), label] * self.priors_[label]
        return np.minimum(np.bincount(worker, weights=right, minlength=workers), 1.0)


def _posterior(likelihood: Floats, priors: Floats) -> Floats:
    """Softmax over labels of log-likelihood (tasks, labels) plus log prior."""
    scores = likelihood + np.log(np.maximum(priors, FLOOR))
    scores -= scores.max(axis=1, keepdims=True)
    np.exp(scores, out=scores)
    scores /= scores.sum(axis=1, keepdims=True)
    return scores


def _errors(said: sparse.csr_matrix, owner: sparse.csr_matrix, probas: Floats, worker: Pairs) -> Floats:
    """Confusion rows e[pair, k], each worker's column summing to one over the labels that he used."""
    errors: Floats = np.maximum(said @ probas, FLOOR)
    errors /= (owner @ errors)[worker]
    return errors
