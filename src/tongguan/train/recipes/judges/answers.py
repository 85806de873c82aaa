"""Language models: the loss on the written answers decides, what the model answers itself is shown beside."""

from __future__ import annotations

from collections.abc import Sequence

from tongguan.catalog.labels.base import LabelRecord
from tongguan.catalog.labels.turn_edit import TurnEditLabel
from tongguan.catalog.metrics.answers import AnswerItem
from tongguan.catalog.metrics.boxes import Operating
from tongguan.train.recipes.items import Item
from tongguan.train.recipes.judges.base import Guess


class AnswerJudge:
    """Contract of `Judge` for answers. A mark carries the loss and the count of the tokens of the written answers as
    attributes, since only the model itself can measure them."""

    task = "answers"
    main = "token_loss"
    blind_name = "the untouched model"

    def item(self, truth: Sequence[LabelRecord], found: Sequence[LabelRecord]) -> AnswerItem:
        """What was measured, and both texts of the last answer."""
        mark = next((one for one in found if isinstance(one, TurnEditLabel)), None)
        if mark is None:
            return AnswerItem(0.0, 0.0)
        written = [one.text for one in truth if isinstance(one, TurnEditLabel) and one.turn == mark.turn]
        sums = [mark.attributes.get(name, 0.0) for name in ("loss", "tokens")]
        loss, tokens = (float(one) if isinstance(one, int | float) else 0.0 for one in sums)
        return AnswerItem(loss, tokens, written[0] if written else "", mark.text, mark.score or 0.0)

    def best_threshold(self, items: Sequence[AnswerItem]) -> Operating:
        """None: every answer is given."""
        return Operating(0.0, 0.0, 0.0, 0.0)

    def at_threshold(self, items: Sequence[AnswerItem], threshold: float) -> dict[str, float]:
        """None: an answer is not right or wrong by its letters."""
        return {}

    def blind(self, train: Sequence[Item]) -> Guess | None:
        """None: the recipe measures the untouched model."""
        return None
