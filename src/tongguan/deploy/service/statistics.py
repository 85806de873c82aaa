"""The arithmetic of monitors: distances of distributions, Wilson intervals."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tongguan.evaluate.measure.reference import Distribution

Z95 = 1.959964
# Bins of the population stability index: the tenths of the reference.
TENTHS = range(10, 100, 10)
# The reference is known by its percents only, so that much of a distance may be an artefact.
GRAIN = 0.01


@dataclass(frozen=True, slots=True)
class Distance:
    """How far a window is from its reference. psi: less what chance alone gives; p: of the Kolmogorov–Smirnov test."""

    psi: float
    ks: float
    p: float
    n: int


def distance(reference: Distribution, window: Sequence[float]) -> Distance:
    """The distance of a window of values from a reference."""
    known, seen = np.sort(np.asarray(reference.quantiles)), np.sort(np.asarray(window, dtype=float))
    n, m = len(seen), reference.n
    psi = max(0.0, _psi(known, seen) - _chance(known, n, m))
    places = np.union1d(known, seen)
    share = np.searchsorted(known, places, side="right") / len(known)
    ks = float(np.abs(share - np.searchsorted(seen, places, side="right") / n).max())
    return Distance(round(psi, 4), round(ks, 4), kolmogorov(max(0.0, ks - GRAIN), n * m / (n + m)), n)


def _edges(known: np.ndarray[tuple[int], np.dtype[np.float64]]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.unique(known[[round(tenth / 100 * (len(known) - 1)) for tenth in TENTHS]])


def _psi(
    known: np.ndarray[tuple[int], np.dtype[np.float64]], seen: np.ndarray[tuple[int], np.dtype[np.float64]]
) -> float:
    edges = _edges(known)
    bins = len(edges) + 1
    shares = []
    for values in (known, seen):
        counts = np.bincount(np.searchsorted(edges, values, side="right"), minlength=bins)
        shares.append((counts + 0.5) / (len(values) + 0.5 * bins))
    return float(((shares[1] - shares[0]) * np.log(shares[1] / shares[0])).sum())


def _chance(known: np.ndarray[tuple[int], np.dtype[np.float64]], n: int, m: int) -> float:
    """What the index is on average without any drift."""
    return len(_edges(known)) * (1 / n + 1 / m)


def kolmogorov(distance_: float, n: float) -> float:
    """The probability of at least this distance without any drift (asymptotic, with Stephens' correction)."""
    scaled = (math.sqrt(n) + 0.12 + 0.11 / math.sqrt(n)) * distance_
    if scaled < 0.3:
        return 1.0
    terms = (2.0 * (1 if k % 2 else -1) * math.exp(-2 * k * k * scaled * scaled) for k in range(1, 101))
    return min(1.0, max(0.0, math.fsum(terms)))


def wilson(hits: int, n: int) -> tuple[float, float, float]:
    """(share, low, high): the 95 % interval of a share."""
    if n == 0:
        return 0.0, 0.0, 1.0
    share, z2 = hits / n, Z95 * Z95
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = Z95 * math.sqrt(share * (1 - share) / n + z2 / (4 * n * n)) / (1 + z2 / n)
    return share, max(0.0, middle - half), min(1.0, middle + half)


def percentile(values: Sequence[float], share: float) -> float:
    """The percentile of values; 0 of none."""
    return float(np.percentile(np.asarray(values), share)) if values else 0.0
