"""A linear-chain conditional random field over n-grams, fitted by AdaGrad: the same every time, quick on many texts.

Lafferty, McCallum and Pereira (2001). A few sweeps reach what L-BFGS needs a hundred passes for. Texts lie time by
time, the longest first, so that one step of the forward and of the backward pass is one product of matrices for all
texts. Probabilities are kept scaled (Rabiner 1989) in place of logarithms.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import scipy.sparse
from numpy.typing import NDArray

from tongguan.train.recipes.span_extraction.tags import forbidden

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
Ints = NDArray[np.int64]
LEAST_SCORE = np.float32(-55.0)
"""A tag so far below the best one at its place counts as this far: a text never has probability 0 in 32 bits."""
MOST_MOVE = 30.0
"""Scores of transitions are cut here while probabilities are computed: what is forbidden stays so."""
PART = 16_000
"""Characters of the texts that make one step."""
RATE, SOFT = np.float32(0.2), np.float32(1e-6)
"""How far the first step of AdaGrad moves a weight, and what keeps from dividing by 0."""


class Texts:
    """Texts by time: at each time the rows of all texts that are so long, the longest text first."""

    def __init__(self, features: Sequence[Ints], tags: Sequence[Ints]) -> None:
        """features: (T, k) each, 0 = none, else a number from 1. tags: (T,) each; no text is empty."""
        order = np.argsort([-len(one) for one in tags], kind="stable")
        self._lengths = np.array([len(tags[at]) for at in order])
        longest = int(self._lengths[0])
        self._there = np.array([int((self._lengths > time).sum()) for time in range(longest)])
        self._from = np.concatenate([[0], np.cumsum(self._there)])
        rows = np.empty((int(self._from[-1]), features[0].shape[1]), dtype=np.int32)
        self._tags = np.empty(len(rows), dtype=np.int64)
        for place, at in enumerate(order):
            own = self._from[: len(tags[at])] + place
            rows[own], self._tags[own] = features[at], tags[at]
        known = rows > 0
        ends = np.concatenate([[0], np.cumsum(known.sum(axis=1))])
        ones = np.ones(int(ends[-1]), dtype=np.float32)
        names, places = np.unique(rows[known], return_inverse=True)
        self.names: Ints = names.astype(np.int64) - 1
        self._rows = scipy.sparse.csr_matrix((ones, places, ends), shape=(len(rows), len(names)))
        self._columns = self._rows.T.tocsr()
        self._last = self._from[self._lengths - 1] + np.arange(len(self._lengths))

    def loss(self, weights: Floats, moves: Floats) -> tuple[float, Floats, Doubles]:
        """Negative log-likelihood of the tags, and its slopes: of the weights of `names` alone, and of the moves.
        weights (features, tags), moves (tags + 2, tags)."""
        scores: Floats = self._rows @ weights[self.names]
        at = np.arange(len(scores))
        most = scores.max(axis=1)
        own = float((scores[at, self._tags] - most).sum(dtype=np.float64)) + self._path(moves)
        scores -= most[:, None]
        np.exp(np.maximum(scores, LEAST_SCORE, out=scores), out=scores)
        factors = np.exp(np.minimum(moves, MOST_MOVE)).astype(np.float32)
        whole, slope = self._passes(scores, factors)
        scores[at, self._tags] -= 1
        return whole - own, self._columns @ scores, slope - self._counts(len(moves) - 2)

    def _path(self, moves: Floats) -> float:
        """Score of all transitions, starts and ends of the true tags."""
        return float((self._counts(len(moves) - 2) * np.where(moves > -MOST_MOVE, moves, 0)).sum())

    def _counts(self, count: int) -> Doubles:
        """(tags + 2, tags): how often the true tags make each transition, start and end."""
        out = np.zeros((count + 2, count))
        first, last = self._tags[: self._there[0]], self._tags[self._last]
        out[count], out[count + 1] = np.bincount(first, minlength=count), np.bincount(last, minlength=count)
        pairs = np.zeros(count * count, dtype=np.int64)
        for time in range(len(self._there) - 1):
            size, here, then = self._there[time + 1], self._from[time], self._from[time + 1]
            both = self._tags[here : here + size] * count + self._tags[then : then + size]
            pairs += np.bincount(both, minlength=count * count)
        out[:count] = pairs.reshape(count, count)
        return out

    def _passes(self, scores: Floats, factors: Floats) -> tuple[float, Doubles]:
        """The log of the sum over all tag sequences, and expected transitions, starts and ends; `scores` (exponentials)
        become the probability of each tag at each place."""
        count = scores.shape[1]
        pass_, begin, end = factors[:count], factors[count], factors[count + 1]
        ahead, sums = np.empty_like(scores), np.empty(len(scores), dtype=np.float32)
        row = begin * scores[: self._there[0]]
        for time, size in enumerate(self._there):
            here = slice(self._from[time], self._from[time + 1])
            if time:
                row = (row[:size] @ pass_) * scores[here]
            total = row.sum(axis=1)
            row /= total[:, None]
            ahead[here], sums[here] = row, total
        closing = ahead[self._last] * end
        closed = closing.sum(axis=1)
        whole = float(np.log(sums).sum(dtype=np.float64) + np.log(closed).sum(dtype=np.float64))
        expected = np.zeros((count + 2, count))
        expected[count + 1] = (closing / closed[:, None]).sum(axis=0, dtype=np.float64)
        behind = np.empty((self._there[0], count), dtype=np.float32)
        after = np.empty((0, count), dtype=np.float32)
        for time in range(len(self._there) - 1, -1, -1):
            start, size, more = self._from[time], self._there[time], len(after)
            here = slice(start, start + size)
            behind[more:size] = end / closed[more:size, None]
            expected[:count] += ahead[start : start + more].T @ after
            behind[:more] = after @ pass_.T
            after = scores[here] * behind[:size] / sums[here][:, None]
            scores[here] = ahead[here] * behind[:size]
        expected[:count] *= pass_
        expected[count] = scores[: self._there[0]].sum(axis=0, dtype=np.float64)
        return whole, expected


class Field:
    """The weights of one field, swept over parts of texts by AdaGrad (Duchi et al. 2011).

    weights: (features, tags). moves: (tags + 2, tags), of transitions, starts and ends, without what is forbidden.
    """

    def __init__(self, parts: Sequence[Texts], sizes: tuple[int, int], penalty: float) -> None:
        """sizes: of the vocabulary and of the tags. penalty: half of it times the squared weights joins the loss."""
        self._parts = parts
        self._forbidden = forbidden(sizes[1])
        self._penalty = np.float32(penalty / max(1, len(parts)))
        self.weights, self.moves = np.zeros(sizes, dtype=np.float32), np.zeros_like(self._forbidden)
        self._of_weights, self._of_moves = np.zeros_like(self.weights), np.zeros_like(self.moves)

    def sweep(self, check: Callable[[], None] = lambda: None) -> None:
        """One step for each part of the texts. `check` is called before each and may raise."""
        for part in self._parts:
            check()
            with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
                _, slope, of_moves = part.loss(self.weights, self.moves + self._forbidden)
            slope += self._penalty * self.weights[part.names]
            allowed = np.where(self._forbidden < 0, 0, of_moves).astype(np.float32)
            # A step that 32 bits cannot hold is left out: the next part brings another.
            if np.isfinite(slope).all() and np.isfinite(allowed).all():
                self._of_weights[part.names] += slope * slope
                self.weights[part.names] -= RATE * slope / np.sqrt(self._of_weights[part.names] + SOFT)
                self._of_moves += allowed * allowed
                self.moves -= RATE * allowed / np.sqrt(self._of_moves + SOFT)

    def scores(self, features: Ints) -> Floats:
        """(T, k) numbers of features -> scores of the tags, (T, tags)."""
        rows = self.weights[features - 1]
        rows[features == 0] = 0
        out: Floats = rows.sum(axis=1)
        return out


def parts_of_texts(features: Sequence[Ints], tags: Sequence[Ints], least: int) -> list[Texts]:
    """Texts dealt out by chance into parts of about PART characters, at least `least` where there are so many texts."""
    characters = sum(len(one) for one in tags)
    count = min(len(tags), max(least, characters // PART))
    order = np.random.default_rng(0).permutation(len(tags))
    dealt = [order[start::count].tolist() for start in range(count)]
    return [Texts([features[at] for at in own], [tags[at] for at in own]) for own in dealt]
