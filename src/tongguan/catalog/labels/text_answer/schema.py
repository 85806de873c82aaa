"""The stored form of a text answer."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from tongguan.catalog.labels.base import LabelRecord


class TextAnswerLabel(LabelRecord):
    """A text that a person wrote; `label` names what was asked."""

    kind: Literal["text_answer"] = "text_answer"
    text: str = Field(max_length=1_000_000)
    target: str = Field(
        default="",
        max_length=200,
        exclude_if=lambda value: value == "",
        description="What of the item it answers, for instance a region's id; empty: the item.",
    )
