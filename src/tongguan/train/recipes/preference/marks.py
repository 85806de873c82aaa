"""Two rewards as one preference, in the shape in which people give it."""

from __future__ import annotations

import math
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from tongguan.catalog.labels.preference import PreferenceLabel
from tongguan.train.recipes.base import MOST_MARKS

LEAST_STRENGTH = 1e-6


def preference_mark(label: str, keys: tuple[str, str], rewards: tuple[float, float]) -> PreferenceLabel:
    """Which of two is better (Bradley and Terry 1952): p = 1 / (1 + exp(second - first)).

    `score` is the probability of the choice, at least 0.5; `strength` twice its distance from a coin's. Equal rewards
    are a tie.
    """
    first = 1 / (1 + math.exp(min(700.0, max(-700.0, rewards[1] - rewards[0]))))
    score = max(first, 1 - first)
    attributes: dict[str, str | bool | float | list[str]] = {
        "reward_first": round(rewards[0], 4),
        "reward_second": round(rewards[1], 4),
    }
    choice = "tie" if rewards[0] == rewards[1] else "first" if rewards[0] > rewards[1] else "second"
    return PreferenceLabel.model_validate(
        {
            "label": label,
            "first": keys[0],
            "second": keys[1],
            "choice": choice,
            "strength": 1.0 if choice == "tie" else min(1.0, max(LEAST_STRENGTH, round(2 * score - 1, 6))),
            "score": min(1.0, round(score, 6)),
            "attributes": attributes,
        }
    )


def marks_of(label: str, keys: list[str], rewards: NDArray[np.float32]) -> list[PreferenceLabel]:
    """Every two of the answers, the surest first; at most 100."""
    pairs = [
        preference_mark(label, (keys[one], keys[other]), (float(rewards[one]), float(rewards[other])))
        for one, other in combinations(range(len(keys)), 2)
    ]
    return sorted(pairs, key=lambda mark: -(mark.score or 0.0))[:MOST_MARKS]
