"""The registered member: what every label kind offers, for text_answer."""

from __future__ import annotations

from decimal import Decimal

from tongguan.catalog.labels.base import KindDefaults, LabelRecord
from tongguan.catalog.labels.text import characters
from tongguan.catalog.labels.text_answer.agreement import agreement as _agreement
from tongguan.catalog.labels.text_answer.schema import TextAnswerLabel


class TextAnswerKind(KindDefaults):
    """Contract of `LabelKind` for `text_answer`."""

    id = "text_answer"
    schema: type[LabelRecord] = TextAnswerLabel
    title = {"en": "Text answer", "zh": "文本回答"}
    example = {"kind": "text_answer", "label": "caption", "id": "t1", "text": "钢板表面有一条划痕。"}
    many = True

    def agreement(self, first: TextAnswerLabel, second: TextAnswerLabel) -> float:
        """1 - character error rate."""
        return _agreement(first, second)

    def unit(self) -> str:
        """Characters, as a reader counts them."""
        return "character"

    def quantity(self, label: TextAnswerLabel) -> Decimal:
        """Characters of the text: a character with its combining marks counts once."""
        return Decimal(characters(label.text))
