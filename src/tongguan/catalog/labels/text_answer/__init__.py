"""Text answer: free text for the item, such as a caption, a transcript or an answer."""

from __future__ import annotations

from tongguan.catalog.labels.text_answer.kind import TextAnswerKind
from tongguan.catalog.labels.text_answer.schema import TextAnswerLabel

__all__ = ["TextAnswerKind", "TextAnswerLabel"]
