"""The threshold of a model by what a miss and a false call cost at a place on the line."""

from __future__ import annotations

from tongguan.core.database import Session
from tongguan.core.errors import Conflict
from tongguan.evaluate.interface import threshold_by_cost
from tongguan.train.interface import ModelVersion


def cheapest(session: Session, model: ModelVersion, miss_fen: int, false_fen: int) -> tuple[float, str]:
    """(threshold, where it comes from): the cheapest on the benchmark of the model's newest evaluation. Conflict while
    the model was not evaluated."""
    found = threshold_by_cost(session, model.id, miss_fen, false_fen)
    if found is None:
        words = "This model was not evaluated yet: there is no curve to choose a threshold by."
        raise Conflict("deployment.no_curve", words, {"model": model.number})
    reason = (
        f"评测 evaluation #{found.evaluation}: 漏检 miss ¥{miss_fen / 100:g} × {found.proposed.missed}, "
        f"误报 false call ¥{false_fen / 100:g} × {found.proposed.invented}"
    )
    return found.proposed.threshold, reason
