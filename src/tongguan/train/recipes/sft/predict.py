"""The tuned model in use.

It is no graph that another runtime could load: PyTorch, Transformers and PEFT answer, and are imported only when a
model of this recipe is opened.
"""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from tongguan.catalog.labels.base import LabelRecord
from tongguan.catalog.labels.turn_edit import TurnEditLabel
from tongguan.catalog.metrics.answers import ANSWER
from tongguan.train.recipes.base import LEAST_SCORE, ItemUnreadable, ModelRefused, RecipeError
from tongguan.train.recipes.model_folder import Card, read_model
from tongguan.train.recipes.sft.facts import Facts
from tongguan.train.recipes.sft.manifest import FILE
from tongguan.train.recipes.sources.conversations import answers_of, turns_of

RUN = "tongguan.train.recipes.sft.run"


class AnswerPredictor:
    """Contract of `Predictor` for `sft`: one mark a conversation, the model's answer to the user's last turn."""

    recipe = "sft"

    def __init__(self, answerer: Any, card: Card) -> None:
        self._answerer = answerer
        self.labels = card.labels
        self.threshold = card.threshold
        self.threshold_from = card.threshold_from

    def predict(self, contents: Sequence[bytes]) -> list[list[LabelRecord]]:
        """Conversations as JSON -> a turn edit each: which turn it answers, the answer, and what stands there so far.

        Where the conversation holds answers, the mark says what the model thinks of them: `loss` is the sum of -ln p
        over their tokens in nats, `tokens` how many there are. Raises ItemUnreadable.
        """
        return [[self._one(turns_of(content))] for content in contents]

    def _one(self, turns: list[tuple[str, str]]) -> TurnEditLabel:
        asked = max((at for at, (role, _) in enumerate(turns) if role != "assistant"), default=-1)
        if asked < 0:
            raise ItemUnreadable("nothing_asked", "the conversation has no turn of a user to answer")
        text, sure, cut = self._answerer.answer(turns[: asked + 1])
        attributes: dict[str, Any] = {"cut": True} if cut else {}
        if any(answers_of(turns)):
            loss, tokens = self._answerer.loss(turns)
            attributes |= {"loss": float(loss), "tokens": float(tokens)}
        return TurnEditLabel(
            label=ANSWER,
            turn=asked + 1,
            text=text,
            before=turns[asked + 1][1] if asked + 1 < len(turns) else "",
            score=min(1.0, max(LEAST_SCORE, sure)),
            attributes=attributes,
        )


def load(model: Path, card: Card) -> AnswerPredictor:
    """Opens the model after checking it. Raises ModelRefused."""
    content = read_model(model, card, FILE)
    try:
        facts = Facts.model_validate_json(content)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "file"
        raise ModelRefused("model_broken", f"{FILE}: {where}: {first['msg']}") from None
    try:
        return AnswerPredictor(importlib.import_module(RUN).answerer(model, facts), card)
    except ModelRefused:
        raise
    except RecipeError as error:
        raise ModelRefused(error.code, error.message) from error
    except ModuleNotFoundError as error:
        raise ModelRefused(
            "library_missing", f"{error.name} is not installed: pip install 'tongguan[train]'"
        ) from error
