"""The operating threshold by what a missed label and a false call cost, read from a stored threshold curve."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tongguan.evaluate.measure.curves import Costs


@dataclass(frozen=True, slots=True)
class Priced:
    """A threshold with the labels that are missed and the answers that are false calls there, and their price."""

    threshold: float
    missed: int
    invented: int
    cost_fen: int


@dataclass(frozen=True, slots=True)
class Choice:
    """The curve with prices. now: the threshold in use; proposed: the cheapest of the curve, the highest of equal ones.

    Only the ratio of the two prices decides which threshold is proposed: any unit of money will do.
    """

    rows: tuple[Priced, ...]
    now: Priced
    proposed: Priced


def choose(detail: Mapping[str, Any], costs: Costs) -> Choice | None:
    """The choice from an evaluation's `detail` (its `thresholds` and `operating`); None where it has no curve."""
    rows = tuple(_priced(row, costs) for row in _rows(detail))
    operating = detail.get("operating")
    if not rows or not operating:
        return None
    return Choice(rows, _priced(operating, costs), min(rows, key=lambda one: (one.cost_fen, -one.threshold)))


def _rows(detail: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    found: Sequence[Mapping[str, Any]] = (detail.get("thresholds") or {}).get("rows") or ()
    return found


def _priced(row: Mapping[str, Any], costs: Costs) -> Priced:
    missed, invented = int(row["missed"]), int(row["invented"])
    return Priced(float(row["threshold"]), missed, invented, costs.of(missed, invented))
