"""Agreement of two rankings: the share of pairs that both put in the same order."""

from __future__ import annotations

import numpy as np

from tongguan.catalog.labels.ranking.schema import RankingLabel


def agreement(first: RankingLabel, second: RankingLabel) -> float:
    """Mean over all pairs of things: 1 in the same order, 0 in opposite order or ranked by one person only, 0.5 where
    one person sees a tie.

    Without ties this is (tau + 1) / 2 of M. G. Kendall, "A new measure of rank correlation", Biometrika 30 (1938).
    """
    if first.label != second.label:
        return 0.0
    ours, theirs = first.places, second.places
    names = sorted(ours.keys() | theirs.keys())
    if len(names) == 1:
        return 1.0
    shared = [name for name in names if name in ours and name in theirs]
    signs = []
    for places in (ours, theirs):
        place = np.array([places[name] for name in shared], dtype=np.int64)
        signs.append(np.sign(place[:, None] - place[None]))
    upper = np.triu_indices(len(shared), 1)
    same = 1.0 - np.abs(signs[0][upper] - signs[1][upper]) / 2
    return float(same.sum()) / (len(names) * (len(names) - 1) / 2)
