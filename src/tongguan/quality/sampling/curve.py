"""The operating curve: how probable it is that a plan accepts a lot of a given quality."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import stats

# Above this share of the lot, drawing without replacement is no longer close to the binomial.
SMALL_LOT_SHARE = 0.1


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """`nonconforming` is the true share of bad units in [0, 1], `accepted` the probability that the lot is accepted."""

    nonconforming: float
    accepted: float


def accept_probability(nonconforming: float, sample: int, accept: int, lot: int | None = None) -> float:
    """P(at most `accept` bad ones among `sample`) when a share `nonconforming` in [0, 1] is bad.

    Binomial; hypergeometric when the sample is more than a tenth of a known lot (the bad units are then rounded to a
    whole number).
    """
    if not 0 <= nonconforming <= 1:
        raise ValueError(f"the share of non-conforming units must lie in [0, 1], not {nonconforming}")
    if lot is not None and sample > lot * SMALL_LOT_SHARE:
        bad = round(nonconforming * lot)
        return float(stats.hypergeom.cdf(accept, lot, bad, sample))
    return float(stats.binom.cdf(accept, sample, nonconforming))


def operating_curve(sample: int, accept: int, lot: int | None = None, points: int = 41) -> list[CurvePoint]:
    """Points from quality 0 to where the probability of acceptance has fallen below one per cent.

    For a small lot the points are numbers of bad units, each once.
    """
    shares: npt.NDArray[np.float64] = np.linspace(0.0, _worst(sample, accept), points)
    if lot is not None and sample > lot * SMALL_LOT_SHARE:
        shares = np.unique(np.round(shares * lot)) / lot
    return [CurvePoint(float(share), accept_probability(float(share), sample, accept, lot)) for share in shares]


def _worst(sample: int, accept: int) -> float:
    # The beta quantile is the exact share at which a binomial sample is accepted with probability 0.01.
    return 1.0 if accept >= sample else float(stats.beta.ppf(0.99, accept + 1, sample - accept))
