"""Inclusions: foreign matter rolled out to dark slivers along the rolling direction."""

from __future__ import annotations

import numpy as np

from tongguan.industries.steel_plates.defects.base import Strength, span
from tongguan.industries.steel_plates.noise import Field, Random, island


class Inclusion:
    """One to four dark slivers close together, their edges ragged, tips thin."""

    name = "inclusion"
    share = 0.30

    def draw(self, rng: Random, strength: Strength, room: tuple[int, int]) -> Field:
        """Elongated islands; the longest decides the size of the field."""
        width = span(rng, 28, 90, strength.size, room[1])
        height = span(rng, 9, 22, strength.size, room[0])
        field = np.zeros((height, width), dtype=np.float32)
        for number in range(int(rng.integers(1, 5))):
            long = width if number == 0 else span(rng, width * 0.3, width * 0.8, 1, width)
            high = max(4, round(height * float(rng.uniform(0.35, 0.7))))
            sliver = island(rng, high, long, roughness=0.5, cells=5)
            top = int(rng.integers(0, height - high + 1))
            left = int(rng.integers(0, width - long + 1))
            part = field[top : top + high, left : left + long]
            np.maximum(part, sliver * np.float32(rng.uniform(0.75, 1)), out=part)
        return field * np.float32(-strength.contrast * 1.35)
