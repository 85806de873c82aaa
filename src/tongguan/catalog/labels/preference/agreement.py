"""Agreement of two preferences."""

from __future__ import annotations

from tongguan.catalog.labels.preference.schema import PreferenceLabel


def agreement(first: PreferenceLabel, second: PreferenceLabel) -> float:
    """1 - half the distance of the two leans in [-1, 1]; which of the two stood first makes no difference.

    Opposite clear choices agree by 0, a clear choice and a tie by 0.5; other pairs and questions by 0.
    """
    if first.label != second.label or {first.first, first.second} != {second.first, second.second}:
        return 0.0
    other = second.lean if first.first == second.first else -second.lean
    return 1.0 - abs(first.lean - other) / 2
