"""Majority vote: the label that most people gave."""

from __future__ import annotations

import numpy as np

from tongguan.quality.aggregation.base import Answers, Floats, Merged, most_probable


class MajorityVote:
    """Each answer counts one. Confidence is the share of the votes; skill the share of a worker's answers that agree.

    Example: `MajorityVote().fit_predict(answers).label`. After fitting, `probas_` (tasks, labels) holds the shares.
    """

    id = "majority"
    probas_: Floats

    def fit_predict(self, answers: Answers) -> Merged:
        """Merges by count; of equal labels the smallest by code point."""
        self.probas_ = vote_shares(answers)
        label, confidence, tie = most_probable(self.probas_)
        if not len(answers):
            return Merged(label, confidence, tie, np.zeros(0))
        agrees = (label[answers.task] == answers.label).astype(np.float64)
        agreeing = np.bincount(answers.worker, weights=agrees, minlength=len(answers.workers))
        return Merged(label, confidence, tie, agreeing / answers.answers_per_worker())


def vote_shares(answers: Answers) -> Floats:
    """Share of each label among the votes of each task, shape (tasks, labels)."""
    votes = answers.counts()
    votes /= votes.sum(axis=1, keepdims=True)
    return votes


def expected_right(answers: Answers, probas: Floats) -> Floats:
    """Expected share of right answers of each worker, (workers,), under posteriors (tasks, labels)."""
    if not len(answers):
        return np.zeros(0)
    right = np.bincount(answers.worker, probas[answers.task, answers.label], len(answers.workers))
    return np.asarray(np.clip(right / answers.answers_per_worker(), 0.0, 1.0))
