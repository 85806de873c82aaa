"""Texts heard or read against the true ones: the edits behind character and word error rate."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

import numpy as np

from tongguan.catalog.metrics.base import Floats, Marks
from tongguan.catalog.metrics.classes import ratio

SPEECH = "speech"
"""The label class under which a whole text is counted."""


@dataclass(frozen=True, slots=True)
class TextItem:
    """truth: what was said. found: what the model understood. score: how sure it is, 0 to 1."""

    truth: str
    found: str
    score: float = 0.0

    def marks(self) -> Marks:
        """One answer, right where the whole text is."""
        right = characters(self.truth) == characters(self.found)
        given = ((SPEECH, self.score, right),) if self.found else ()
        return Marks((SPEECH,) if self.truth else (), given)


def edits(truth: Sequence[Hashable], found: Sequence[Hashable]) -> int:
    """Fewest substitutions, deletions and insertions that turn one sequence into the other (Levenshtein 1966)."""
    codes: dict[Hashable, int] = {}
    one, two = (
        np.array([codes.setdefault(unit, len(codes)) for unit in row], dtype=np.int64) for row in (truth, found)
    )
    last = np.arange(len(two) + 1)
    steps = np.arange(len(two) + 1)
    for at, unit in enumerate(one, start=1):
        best = np.minimum(last[1:] + 1, last[:-1] + (two != unit))
        row = np.concatenate(([at], best)) - steps
        # Insertions run along the row: a running minimum of cost minus place.
        last = np.minimum.accumulate(row) + steps
    return int(last[-1])


def characters(text: str) -> list[str]:
    """Composed characters (NFC) without blanks: Chinese is written without them, and they say nothing of the sound."""
    return [char for char in unicodedata.normalize("NFC", text) if not char.isspace()]


def words(text: str) -> list[str]:
    """Parts between blanks of the composed text."""
    return unicodedata.normalize("NFC", text).split()


class ErrorRate:
    """Edits over units of the truth, summed over items. No figure per label class."""

    labels: tuple[str, ...] = ()

    def __init__(self, items: Sequence[TextItem], units: Callable[[str], list[str]]) -> None:
        pairs = [(units(item.truth), units(item.found)) for item in items]
        self._counts: Floats = np.array([[edits(*pair), len(pair[0])] for pair in pairs], dtype=float).reshape(-1, 2)

    def per_class(self, weights: Floats) -> Floats:
        """One column: the rate; not defined where nothing was said."""
        counts = weights @ self._counts
        return ratio(counts[:, 0], counts[:, 1])[:, None]

    def overall(self, per_class: Floats) -> Floats:
        """That column."""
        return per_class[:, 0]
