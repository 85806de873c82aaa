"""Weighted majority vote: votes of workers who agree with the others weigh more.

N. Littlestone, M. K. Warmuth, "The weighted majority algorithm", Information and Computation 108 (1994); the weight of
a worker of accuracy a among k labels is log((k - 1) a / (1 - a)), by which the vote is the most probable answer when
mistakes are independent and even (S. Nitzan, J. Paroush, International Economic Review 23 (1982)).
"""

from __future__ import annotations

import numpy as np

from tongguan.quality.aggregation.base import Answers, Floats, Merged, most_probable
from tongguan.quality.aggregation.majority import expected_right, vote_shares

# Nobody is taken for always right or for worse than guessing: with few answers that is chance.
LEAST, MOST = 0.05, 0.99


class WeightedMajority:
    """Accuracy against the shares of all votes, then weights, then the vote; repeated until the labels stay.

    After fitting, `probas_` (tasks, labels) holds the weighted shares, `weights_` (workers,) the weights.
    """

    id = "weighted-majority"

    def __init__(self, iterations: int = 20) -> None:
        self.iterations = iterations
        self.probas_: Floats = np.zeros((0, 0))
        self.weights_: Floats = np.zeros(0)

    def fit_predict(self, answers: Answers) -> Merged:
        """Merges by weight; of equal labels the smallest by code point."""
        if not len(answers):
            return Merged(*most_probable(np.zeros((0, 0))), np.zeros(0))
        self.probas_, number = vote_shares(answers), answers.answers_per_worker()
        before = np.zeros(0, dtype=np.int64)
        for _ in range(self.iterations):
            agreeing = self.probas_[answers.task, answers.label]
            # One right and one wrong answer are added, so that few answers say little.
            skill = (np.bincount(answers.worker, agreeing, len(number)) + 1) / (number + 2)
            self.weights_ = _weight(skill, len(answers.labels))
            self.probas_ = self._shares(answers)
            label = self.probas_.argmax(axis=1)
            if np.array_equal(label, before):
                break
            before = label
        label, confidence, tie = most_probable(self.probas_)
        return Merged(label, confidence, tie, expected_right(answers, self.probas_))

    def _shares(self, answers: Answers) -> Floats:
        votes = np.zeros((len(answers.tasks), len(answers.labels)))
        np.add.at(votes, (answers.task, answers.label), self.weights_[answers.worker])
        return np.asarray(votes / votes.sum(axis=1, keepdims=True))


def _weight(skill: Floats, labels: int) -> Floats:
    bounded = np.clip(skill, LEAST, MOST)
    return np.maximum(0.01, np.log(max(labels - 1, 1) * bounded / (1 - bounded)))
