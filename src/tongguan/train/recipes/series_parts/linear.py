"""Linear forecasts: the next steps as the last value (or mean of the last few) plus a linear function of differences.

One set of weights for all columns and for each length of look-back, fitted in closed form (ridge); the mean of the
look-backs is the forecast. Differences to the last value take out the level, as in NLinear (Zeng et al. 2023).
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Linear:
    """columns with mean and sd of the training part. weights: by look-back L, (L + 1, horizon), the last row the
    constant. level: the rows whose mean is the base. below and above (horizon, columns): quantiles of the errors, in
    standard deviations."""

    columns: tuple[str, ...]
    mean: Floats
    sd: Floats
    horizon: int
    weights: Mapping[int, Floats]
    below: Floats
    above: Floats
    coverage: float
    level: int = 1

    @property
    def longest(self) -> int:
        """Rows of history that are needed."""
        return max(self.weights)

    def scaled(self, values: Floats) -> Floats:
        """In standard deviations from the mean of the training part."""
        return (values - self.mean) / self.sd

    def forecast(self, history: Floats) -> Floats:
        """(rows >= longest, columns), scaled -> (horizon, columns)."""
        parts = [_applied(history[-size:].T, one, self.level) for size, one in self.weights.items()]
        mean: Floats = np.mean(parts, axis=0).T
        return mean

    def forecasts(self, values: Floats, origins: NDArray[np.int64], column: int) -> Floats:
        """One column's forecasts from many origins (the row after the last one known): (origins, horizon)."""
        total = np.zeros((len(origins), self.horizon))
        for size, one in self.weights.items():
            windows = np.lib.stride_tricks.sliding_window_view(values[:, column], size)[origins - size]
            total += _applied(windows, one, self.level)
        mean: Floats = total / len(self.weights)
        return mean


def _applied(windows: Floats, weights: Floats, level: int) -> Floats:
    last = windows[:, -level:].mean(axis=1, keepdims=True)
    out: Floats = (windows - last) @ weights[:-1] + weights[-1] + last
    return out


def moments(values: Floats, size: int, horizon: int, level: int = 1) -> tuple[Floats, Floats]:
    """The sums behind a ridge fit over all windows of all columns: (L + 1, L + 1) and (L + 1, horizon)."""
    gram, cross = np.zeros((size + 1, size + 1)), np.zeros((size + 1, horizon))
    for at in range(values.shape[1]):
        windows = np.lib.stride_tricks.sliding_window_view(values[:, at], size + horizon)
        last = windows[:, size - level : size].mean(axis=1, keepdims=True)
        given = np.hstack([windows[:, :size] - last, np.ones((len(windows), 1))])
        gram += given.T @ given
        cross += given.T @ (windows[:, size:] - last)
    return gram, cross


def solved(gram: Floats, cross: Floats, penalty: float) -> Floats:
    """Ridge with a penalty in shares of the mean of the diagonal."""
    eye = np.eye(len(gram)) * penalty * np.trace(gram) / len(gram)
    out: Floats = np.linalg.solve(gram + eye, cross)
    return out


def dump(model: Linear) -> dict[str, Any]:
    """As JSON; weights as base64 of 32-bit floats."""
    return {
        "columns": list(model.columns),
        "mean": model.mean.tolist(),
        "sd": model.sd.tolist(),
        "horizon": model.horizon,
        "coverage": model.coverage,
        "level": model.level,
        "below": _text(model.below),
        "above": _text(model.above),
        "weights": {str(size): _text(one) for size, one in model.weights.items()},
    }


def load(raw: Mapping[str, Any]) -> Linear:
    """Raises ValueError, KeyError or TypeError where it does not fit together."""
    columns, horizon = tuple(str(one) for one in raw["columns"]), int(raw["horizon"])
    width = len(columns)
    weights = {int(size): _array(one, (int(size) + 1, horizon)) for size, one in raw["weights"].items()}
    mean, sd = np.asarray(raw["mean"], dtype=float), np.asarray(raw["sd"], dtype=float)
    if not weights or not columns or mean.shape != (width,) or sd.shape != (width,) or not (sd > 0).all():
        raise ValueError("the parts of the model do not fit together")
    below, above = (_array(raw[name], (horizon, width)) for name in ("below", "above"))
    level = int(raw["level"])
    if not 1 <= level <= min(weights):
        raise ValueError("the base level looks further back than the history")
    return Linear(columns, mean, sd, horizon, weights, below, above, float(raw["coverage"]), level)


def _text(array: Floats) -> str:
    return base64.b64encode(np.ascontiguousarray(array, dtype="<f4").tobytes()).decode()


def _array(text: Any, shape: Sequence[int]) -> Floats:
    found = np.frombuffer(base64.b64decode(str(text), validate=True), dtype="<f4").astype(float).reshape(shape)
    if not np.isfinite(found).all():
        raise ValueError("a weight is not a number")
    return found
