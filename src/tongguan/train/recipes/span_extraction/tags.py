"""Spans as one tag per character: 0 outside, 1 + 2k where a span of class k begins, 2 + 2k inside it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

Span = tuple[int, int, str]
FORBIDDEN = -10_000.0
"""Added to the score of what cannot be: inside without a beginning."""


def tag_count(labels: Sequence[str]) -> int:
    """Outside, and two tags per label class."""
    return 1 + 2 * len(labels)


def tags_of(length: int, spans: Iterable[Span], labels: Sequence[str]) -> NDArray[np.int64]:
    """(length,) tags. Of spans that overlap, the longer one counts, then the earlier: a character has one tag."""
    number = {label: at for at, label in enumerate(labels)}
    tags = np.zeros(length, dtype=np.int64)
    for start, end, label in sorted(spans, key=lambda one: (one[0] - one[1], one[0])):
        if label in number and 0 <= start < end <= length and not tags[start:end].any():
            tags[start] = 1 + 2 * number[label]
            tags[start + 1 : end] = 2 + 2 * number[label]
    return tags


def forbidden(count: int) -> NDArray[np.float32]:
    """(count + 2, count): what is added to the scores of transitions from tag to tag, of starts, and of ends."""
    out = np.zeros((count + 2, count), dtype=np.float32)
    for inside in range(2, count, 2):
        out[: count + 1, inside] = FORBIDDEN
        out[[inside - 1, inside], inside] = 0
    return out
