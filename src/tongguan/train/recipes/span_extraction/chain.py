"""A linear chain over the tags of a text: the probability of every span, by the forward-backward algorithm.

Lafferty, McCallum and Pereira (2001), "Conditional Random Fields". A span's probability is that of all tag sequences in
which it stands exactly so: it begins, goes on, and does not go on after its end.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tongguan.train.recipes.span_extraction.tags import Span

Floats = NDArray[np.float64]


def marginals(emissions: Floats, moves: Floats) -> tuple[Floats, Floats, float]:
    """Log scores of all beginnings up to a place (its own included) and of all ends after it, (T, tags) each, and the
    log of the sum over all sequences. moves: (tags + 2, tags): from tag to tag, start, end."""
    count = emissions.shape[1]
    pass_, begin, end = moves[:count], moves[count], moves[count + 1]
    ahead, behind = np.empty_like(emissions), np.empty_like(emissions)
    ahead[0] = begin + emissions[0]
    for at in range(1, len(emissions)):
        ahead[at] = _total(ahead[at - 1][:, None] + pass_, 0) + emissions[at]
    behind[-1] = end
    for at in range(len(emissions) - 2, -1, -1):
        behind[at] = _total(pass_ + (emissions[at + 1] + behind[at + 1])[None], 1)
    return ahead, behind, float(_total(ahead[-1] + end, 0))


def spans(
    emissions: Floats, moves: Floats, labels: Sequence[str], least: float, weights: Sequence[float] = ()
) -> list[tuple[Span, float]]:
    """Spans with probability >= `least`, most probable first. Of spans that overlap only the most probable one.

    emissions: (chains, T, tags), moves: (chains, tags + 2, tags). The probability is the mean over the chains by
    `weights` (none: all alike), so that what is fixed on some of them (a threshold) holds for all of them together,
    which a mean of scores would not give.
    """
    if not emissions.shape[1]:
        return []
    shares = weights or [1 / len(emissions)] * len(emissions)
    found = [
        candidates(own, moves_, labels, least / 2) if share else []
        for own, moves_, share in zip(emissions, moves, shares, strict=True)
    ]
    return averaged(found, shares, least)


def averaged(
    found: Sequence[Sequence[tuple[Span, float]]], shares: Sequence[float], least: float
) -> list[tuple[Span, float]]:
    """The spans of several chains with their mean probability, most probable first, none over another."""
    total: dict[Span, float] = {}
    for own, share in zip(found, shares, strict=True):
        for span, probability in own:
            total[span] = total.get(span, 0.0) + share * probability
    taken: set[int] = set()
    out = []
    for span, probability in sorted(total.items(), key=lambda one: (-one[1], one[0][0], one[0][1])):
        if probability >= least and taken.isdisjoint(range(span[0], span[1])):
            taken.update(range(span[0], span[1]))
            out.append((span, probability))
    return out


def candidates(emissions: Floats, moves: Floats, labels: Sequence[str], least: float) -> list[tuple[Span, float]]:
    """Of one chain, (T, tags) and (tags + 2, tags): all spans with probability >= `least`, in order of place."""
    count = emissions.shape[1]
    ahead, behind, whole = marginals(emissions, moves)
    begins = np.exp(ahead[:, 1::2] + behind[:, 1::2] - whole)
    out: list[tuple[Span, float]] = []
    for start, which in np.argwhere(begins >= least).tolist():
        tag, inside = 1 + 2 * which, 2 + 2 * which
        score, at = float(ahead[start, tag]), start
        while True:
            if at + 1 == len(emissions):
                closed = score + float(moves[count + 1, tag])
            else:
                after = moves[tag] + emissions[at + 1] + behind[at + 1]
                after[inside] = -np.inf
                closed = score + float(_total(after, 0))
            probability = float(np.exp(closed - whole))
            if probability >= least:
                out.append(((start, at + 1, labels[which]), min(1.0, probability)))
            if at + 1 == len(emissions):
                break
            score += float(moves[tag, inside] + emissions[at + 1, inside])
            tag, at = inside, at + 1
            if np.exp(score + behind[at, inside] - whole) < least:
                break
    return out


def _total(scores: Floats, axis: int) -> Floats:
    most = scores.max(axis=axis, keepdims=True)
    total: Floats = np.log(np.exp(scores - most).sum(axis=axis)) + most.squeeze(axis)
    return total
