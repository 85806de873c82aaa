"""Bradley and Terry's model: from comparisons of two things each, how strong each thing is.

R. A. Bradley, M. E. Terry, "Rank analysis of incomplete block designs", Biometrika 39 (1952), 324-345; solved by the
minorisation of D. R. Hunter, "MM algorithms for generalized Bradley-Terry models", Annals of Statistics 32 (2004).
P(i beats j) = s[i] / (s[i] + s[j]); a tie counts half a win for each.
"""

from __future__ import annotations

import numpy as np

from tongguan.quality.aggregation.base import Floats


def strengths(wins: Floats, prior: float = 0.1, iterations: int = 10_000, tolerance: float = 1e-10) -> Floats:
    """Strengths (n,) that sum to 1 from `wins` (n, n): how often, or by what weight, i beat j.

    `prior` is a win and a loss of that weight against a rival of mean strength, so that a thing that always won, or
    that was compared with only some of the others, has a finite strength too; 0 = the maximum likelihood as published.
    """
    count = len(wins)
    if not count:
        return np.zeros(0)
    games = wins + wins.T
    won = wins.sum(axis=1) + prior
    found = np.full(count, 1 / count)
    for _ in range(iterations):
        against = (games / (found[:, None] + found[None])).sum(axis=1) + 2 * prior / (found + 1 / count)
        new = won / np.where(against > 0, against, 1.0)
        new /= new.sum()
        if np.abs(new - found).max() < tolerance:
            return np.asarray(new)
        found = new
    return np.asarray(found)
