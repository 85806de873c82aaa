"""The operating threshold by cost, for a finished evaluation."""

from __future__ import annotations

from tongguan.core.database import Session
from tongguan.core.errors import Conflict
from tongguan.evaluate.measure.costs import choose
from tongguan.evaluate.measure.curves import Costs
from tongguan.evaluate.models import Benchmark, Evaluation
from tongguan.evaluate.schemas import PricedOut, ThresholdChoice


def choice(session: Session, row: Evaluation, miss_fen: int | None, false_fen: int | None) -> ThresholdChoice:
    """The curve with these prices (None: those of the project when it was measured) and the cheapest threshold.
    Conflict while the evaluation is not finished."""
    costs = Costs(
        int(row.rules.get("miss_fen", 0)) if miss_fen is None else miss_fen,
        int(row.rules.get("false_fen", 0)) if false_fen is None else false_fen,
    )
    found = choose(row.detail, costs)
    if row.state != "done" or found is None:
        raise Conflict("evaluation.not_done", "The evaluation is not finished.", {"state": row.state})
    return ThresholdChoice(
        evaluation=row.number,
        benchmark=session.get_one(Benchmark, row.benchmark_id).number,
        items=row.items or 0,
        labels=int(row.detail["operating"]["labels"]),
        miss_fen=costs.miss_fen,
        false_fen=costs.false_fen,
        now=PricedOut.model_validate(found.now),
        proposed=PricedOut.model_validate(found.proposed),
        rows=[PricedOut.model_validate(one) for one in found.rows],
    )
