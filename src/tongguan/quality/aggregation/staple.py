"""STAPLE: one segmentation from several, with each person's sensitivity and specificity.

S. K. Warfield, K. H. Zou, W. M. Wells: Simultaneous truth and performance level estimation (STAPLE): an algorithm for
the validation of image segmentation. IEEE Transactions on Medical Imaging 23 (2004), 903-921.

Places on which all people say the same have the same posterior, so the expectation maximisation runs over the patterns
of answers that occur, each weighted by its number of places: exact, and fast whatever the size of the picture.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tongguan.quality.aggregation.base import Flags, Floats

FLOOR = 1e-9


@dataclass(frozen=True, slots=True)
class Staple:
    """`posterior` (places,): chance that a place lies inside; `sensitivity` and `specificity` (people,)."""

    posterior: Floats
    sensitivity: Floats
    specificity: Floats


def staple(
    inside: Flags,
    size: Floats | npt.NDArray[np.int64],
    weights: Floats | None = None,
    iterations: int = 200,
    tolerance: float = 1e-9,
) -> Staple:
    """Merges `inside` (places, people), where `size` (places,) says how many pixels each place stands for.

    The prior of lying inside is the mean of what people marked, over all places given: leave out background on which
    everybody agrees far from the thing. `weights` (people,) say how far each is trusted at first, 1 by default.
    """
    patterns, back = _patterns(inside)
    count = np.bincount(back, np.asarray(size, dtype=np.float64), len(patterns))
    says = patterns.astype(np.float64)
    people = inside.shape[1]
    prior = float(np.clip((count @ says).sum() / (count.sum() * people), FLOOR, 1 - FLOOR))
    trust = np.ones(people) if weights is None else np.clip(weights, 0.5, 1.0)
    sensitivity, specificity = 0.99 * trust, 0.99 * trust
    posterior = np.zeros(len(patterns))
    for _ in range(iterations):
        in_log = np.log(prior) + says @ np.log(sensitivity) + (1 - says) @ np.log(1 - sensitivity)
        out_log = np.log(1 - prior) + says @ np.log(1 - specificity) + (1 - says) @ np.log(specificity)
        new = 1 / (1 + np.exp(np.clip(out_log - in_log, -700, 700)))
        inner, outer = count * new, count * (1 - new)
        sensitivity = np.clip(inner @ says / max(float(inner.sum()), FLOOR), FLOOR, 1 - FLOOR)
        specificity = np.clip(outer @ (1 - says) / max(float(outer.sum()), FLOOR), FLOOR, 1 - FLOOR)
        moved, posterior = float(np.abs(new - posterior).max()), new
        if moved < tolerance:
            break
    return Staple(posterior[back], sensitivity, specificity)


def _patterns(inside: Flags) -> tuple[Flags, npt.NDArray[np.int64]]:
    """The rows that differ, and which of them each place has. Packed into bytes, which sort faster than rows."""
    packed = np.ascontiguousarray(np.packbits(inside, axis=1))
    keys = packed.view(np.dtype((np.void, packed.shape[1]))).ravel() if packed.shape[1] > 1 else packed.ravel()
    _, first, back = np.unique(keys, return_index=True, return_inverse=True)
    return inside[first], back.ravel()
