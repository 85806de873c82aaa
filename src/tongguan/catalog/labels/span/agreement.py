"""Agreement of two spans: overlap in code points."""

from __future__ import annotations

from tongguan.catalog.labels.span.geometry import overlap, pieces
from tongguan.catalog.labels.span.schema import SpanLabel


def agreement(first: SpanLabel, second: SpanLabel) -> float:
    """F1 of the code points: 2 |both| / (|first| + |second|); 0 for another label class or turn.

    Two empty spans agree (1) only at the same place. Example: 3..5 and 4..6 agree by 0.5.
    """
    if (first.label, first.turn) != (second.label, second.turn):
        return 0.0
    ours, theirs = pieces(first), pieces(second)
    if ours == theirs:
        return 1.0
    size = sum(end - start for start, end in (*ours, *theirs))
    return 2 * overlap(ours, theirs) / size if size else 0.0
