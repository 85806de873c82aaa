"""Marked stretches of a text against the true ones: counts behind entity F1.

A stretch is right when start, end and label class are all right; each counts once. The micro average over all classes
is what CoNLL-2003 and seqeval report (Tjong Kim Sang and De Meulder 2003).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tongguan.catalog.metrics.base import Floats
from tongguan.catalog.metrics.boxes import Operating
from tongguan.catalog.metrics.classes import ratio

Span = tuple[int, int, str]
"""Start and end in code points, end excluded, and the label class."""


@dataclass(frozen=True, slots=True)
class SpanItem:
    """One text. scores: of the found spans, in their order, 0 to 1."""

    truth: tuple[Span, ...]
    found: tuple[Span, ...]
    scores: tuple[float, ...] = ()

    def above(self, threshold: float) -> SpanItem:
        """Only what was found with a score >= `threshold`."""
        kept = [(span, score) for span, score in zip(self.found, self.scores, strict=True) if score >= threshold]
        return SpanItem(self.truth, tuple(span for span, _ in kept), tuple(score for _, score in kept))

    def hits(self) -> list[bool]:
        """Which found spans are right; of two equal ones only the first."""
        open_ = set(self.truth)
        out = []
        for span in self.found:
            out.append(span in open_)
            open_.discard(span)
        return out


class SpanF1:
    """F1 per label class of the truth, and over all spans. The last column is the figure over all."""

    def __init__(self, items: Sequence[SpanItem]) -> None:
        self.labels: tuple[str, ...] = tuple(sorted({label for item in items for _, _, label in item.truth}))
        number = {label: at for at, label in enumerate(self.labels)}
        shape = (len(items), len(self.labels) + 1)
        # Spans of classes that the truth does not hold are wrong; they count in the last column alone.
        self._truth, self._found, self._right = np.zeros(shape), np.zeros(shape), np.zeros(shape)
        for at, item in enumerate(items):
            for counts, spans in ((self._truth, set(item.truth)), (self._found, set(item.found))):
                for _, _, label in spans:
                    counts[at, -1] += 1
                    if label in number:
                        counts[at, number[label]] += 1
            for _, _, label in set(item.truth) & set(item.found):
                self._right[at, [number[label], -1]] += 1

    def per_class(self, weights: Floats) -> Floats:
        """F1 = 2 right / (given + found); not defined for a class that a resample does not hold."""
        given, found, right = (weights @ counts for counts in (self._truth, self._found, self._right))
        f1 = ratio(2 * right, given + found)
        f1[:, :-1][given[:, :-1] == 0] = np.nan
        return f1

    def overall(self, per_class: Floats) -> Floats:
        """The last column."""
        return per_class[:, -1]


def marking_point(items: Sequence[SpanItem], threshold: float | None = None) -> Operating:
    """Precision, recall and F1 of spans with score >= `threshold`, or at the cut with the best F1."""
    pairs = [(score, hit) for item in items for score, hit in zip(item.scores, item.hits(), strict=True)]
    truths = sum(len(set(item.truth)) for item in items)
    score = np.array([pair[0] for pair in pairs])
    order = np.argsort(-score, kind="stable")
    score, right = score[order], np.cumsum(np.array([pair[1] for pair in pairs], dtype=float)[order])
    seen = np.arange(1, len(order) + 1)
    f1 = 2 * right / np.maximum(seen + truths, 1)
    if threshold is None:
        last_of_score = np.append(score[1:] != score[:-1], True) if len(score) else np.zeros(0, dtype=bool)
        if not (last_of_score & (f1 > 0)).any():
            return Operating(0.5, 0.0, 0.0, 0.0)
        at = int(np.argmax(np.where(last_of_score, f1, -1.0)))
        threshold = float(score[at] + (score[at + 1] if at + 1 < len(score) else 0.0)) / 2
    else:
        at = int(np.searchsorted(-score, -threshold, side="right")) - 1
        if at < 0:
            return Operating(threshold, 0.0, 0.0, 0.0)
    recall = float(right[at] / truths) if truths else 0.0
    return Operating(threshold, float(right[at] / seen[at]), recall, float(f1[at]))
