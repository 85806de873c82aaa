"""What a model met and answered on a benchmark, as distributions that a monitor compares the line's traffic with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

BRIGHTNESS_EDGES = tuple(float(edge) for edge in range(0, 257, 8))
SCORE_EDGES = tuple(edge / 20 for edge in range(21))
BOX_EDGES = tuple(float(edge) for edge in (*range(21), 1_000_000))
QUANTILES = 101


@dataclass(frozen=True, slots=True)
class Distribution:
    """n values: mean, standard deviation, 101 quantiles (0 %, 1 %, …, 100 %) and a histogram.

    counts[i] values lie in edges[i] <= value < edges[i + 1]; the last bin holds its upper edge too.
    """

    n: int
    mean: float
    sd: float
    quantiles: tuple[float, ...]
    edges: tuple[float, ...]
    counts: tuple[int, ...]

    def as_json(self) -> dict[str, Any]:
        """The object that is stored with an evaluation."""
        return {
            "n": self.n,
            "mean": round(self.mean, 6),
            "sd": round(self.sd, 6),
            "quantiles": [round(value, 6) for value in self.quantiles],
            "edges": list(self.edges),
            "counts": list(self.counts),
        }

    @classmethod
    def from_json(cls, raw: dict[str, Any]) -> Distribution:
        """Reads what `as_json` wrote."""
        quantiles, edges, counts = (tuple(raw[key]) for key in ("quantiles", "edges", "counts"))
        return cls(int(raw["n"]), float(raw["mean"]), float(raw["sd"]), quantiles, edges, counts)


def distribution(values: Sequence[float], edges: Sequence[float]) -> Distribution:
    """The distribution of values over fixed bins; values beyond the bins count in the first or the last one."""
    if not len(values):
        return Distribution(0, 0.0, 0.0, (), tuple(edges), (0,) * (len(edges) - 1))
    row = np.asarray(values, dtype=float)
    counts, _ = np.histogram(np.clip(row, edges[0], edges[-1]), np.asarray(edges, dtype=float))
    quantiles = np.percentile(row, np.linspace(0, 100, QUANTILES))
    return Distribution(
        n=len(row),
        mean=float(row.mean()),
        sd=float(row.std()),
        quantiles=tuple(float(value) for value in quantiles),
        edges=tuple(edges),
        counts=tuple(int(count) for count in counts),
    )
