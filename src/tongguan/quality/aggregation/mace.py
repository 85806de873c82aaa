"""MACE: every worker either knows the answer or guesses, with own chances of each label when guessing.

D. Hovy, T. Berg-Kirkpatrick, A. Vaswani, E. Hovy: Learning whom to trust with MACE. Proceedings of NAACL-HLT 2013,
1120-1130. The variational form with a beta prior on guessing and a Dirichlet prior on how one guesses.

With g[w] the chance that worker w guesses and h[w, l] the chance of label l then,
P(answer l | truth k) = (1 - g[w]) [l = k] + g[w] h[w, l]; labels are equally likely beforehand.
"""

from __future__ import annotations

import numpy as np
from scipy.special import digamma

from tongguan.quality.aggregation.base import Answers, Floats, Merged, most_probable
from tongguan.quality.aggregation.majority import expected_right


class Mace:
    """Starts where everybody knows half of the time; with `restarts` also at random places, and the likeliest wins.

    After fitting: `probas_` (tasks, labels), `knowing_` (workers,), the chance that a worker does not guess. Skill of
    the result is the expected share of right answers among those that a worker gave.
    """

    id = "mace"

    def __init__(self, restarts: int = 0, iterations: int = 50, alpha: float = 0.5, beta: float = 0.5) -> None:
        self.restarts, self.iterations, self.alpha, self.beta = restarts, iterations, alpha, beta
        self.probas_: Floats = np.zeros((0, 0))
        self.knowing_: Floats = np.zeros(0)

    def fit(self, answers: Answers) -> Mace:
        """Estimates posteriors and trust of (N,) answers; the same answers give the same result."""
        self.probas_, self.knowing_ = np.zeros((0, 0)), np.zeros(len(answers.workers))
        best = -np.inf
        for start in range(self.restarts + 1 if len(answers) else 0):
            likelihood, probas, knowing = self._from(answers, np.random.default_rng(start) if start else None)
            if likelihood > best:
                best, self.probas_, self.knowing_ = likelihood, probas, knowing
        return self

    def fit_predict(self, answers: Answers) -> Merged:
        """Merges the answers; of equally probable labels the smallest by code point."""
        self.fit(answers)
        label, confidence, tie = most_probable(self.probas_)
        return Merged(label, confidence, tie, expected_right(answers, self.probas_))

    def _from(self, answers: Answers, rng: np.random.Generator | None) -> tuple[float, Floats, Floats]:
        workers, width = len(answers.workers), len(answers.labels)
        # Drawn for workers by name, so that the order of the answers makes no difference.
        place = np.argsort(np.argsort(np.array(answers.workers, dtype=object)))
        guess = _shares(0.5 + (rng.random((workers, 2))[place] if rng else np.zeros((workers, 2))))  # knows, guesses
        habit = _shares(1 + (rng.random((workers, width))[place] if rng else np.zeros((workers, width))))
        likelihood, probas = -np.inf, np.zeros((0, 0))
        for _ in range(self.iterations):
            likelihood, probas, knows, guesses = _expect(answers, guess, habit)
            counted = np.stack(
                [np.bincount(answers.worker, each, workers).astype(np.float64) for each in (knows, guesses)], axis=1
            )
            habits = np.zeros((workers, width))
            np.add.at(habits, (answers.worker, answers.label), guesses)
            guess = _variational(counted, np.array([self.alpha, self.beta]))
            habit = _variational(habits, np.full(width, 10.0 / width))
        return likelihood, probas, guess[:, 0] / guess.sum(axis=1)


def _shares(values: Floats) -> Floats:
    return np.asarray(values / values.sum(axis=1, keepdims=True))


def _variational(counts: Floats, prior: Floats) -> Floats:
    """exp of the expected log of Dirichlet shares; their sum may stay below 1."""
    values = counts + prior
    return np.asarray(np.exp(digamma(values) - digamma(values.sum(axis=1, keepdims=True))))


def _expect(answers: Answers, guess: Floats, habit: Floats) -> tuple[float, Floats, Floats, Floats]:
    """Log likelihood, posteriors, and for each answer the expected knowing and guessing."""
    knows, by_guess = guess[answers.worker, 0], guess[answers.worker, 1] * habit[answers.worker, answers.label]
    log_guess, log_both = np.log(by_guess), np.log(knows + by_guess)
    scores = np.repeat(np.bincount(answers.task, log_guess, len(answers.tasks))[:, None], len(answers.labels), axis=1)
    np.add.at(scores, (answers.task, answers.label), log_both - log_guess)
    top = scores.max(axis=1, keepdims=True)
    probas = np.exp(scores - top)
    total = probas.sum(axis=1, keepdims=True)
    probas /= total
    right = probas[answers.task, answers.label]
    knowing = right * knows / (knows + by_guess)
    likelihood = float((np.log(total / len(answers.labels)) + top).sum())
    return likelihood, probas, knowing, 1 - knowing
