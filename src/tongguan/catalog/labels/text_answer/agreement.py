"""Agreement of two text answers."""

from __future__ import annotations

from tongguan.catalog.labels.text import likeness
from tongguan.catalog.labels.text_answer.schema import TextAnswerLabel


def agreement(first: TextAnswerLabel, second: TextAnswerLabel) -> float:
    """1 - edit distance in characters / length of the longer text; 0 for another question or target."""
    if (first.label, first.target) != (second.label, second.target):
        return 0.0
    return likeness(first.text, second.text)
