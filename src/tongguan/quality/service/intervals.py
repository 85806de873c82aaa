"""The interval that is shown with every share."""

from __future__ import annotations

import math
from dataclasses import dataclass

Z95 = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Share:
    """`part` of `whole`, with the Wilson interval at 95 %. Without any, the share is None and the interval [0, 1]."""

    part: int
    whole: int

    @property
    def value(self) -> float | None:
        """part / whole."""
        return self.part / self.whole if self.whole else None

    @property
    def interval(self) -> tuple[float, float]:
        """Low and high end by Wilson (1927): (p + z²/2n ± z·sqrt(p(1-p)/n + z²/4n²)) / (1 + z²/n)."""
        if not self.whole:
            return 0.0, 1.0
        n, p = self.whole, self.part / self.whole
        centre = p + Z95 * Z95 / (2 * n)
        spread = Z95 * math.sqrt(p * (1 - p) / n + Z95 * Z95 / (4 * n * n))
        scale = 1 + Z95 * Z95 / n
        return max(0.0, (centre - spread) / scale), min(1.0, (centre + spread) / scale)
