"""What every kind of defect shares."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from tongguan.industries.steel_plates.noise import Field, Random

# A change of brightness below this share is lost in the grain of the plate, so it does not belong to the box.
VISIBLE = 0.07

SEVERITIES = ("light", "medium", "heavy")


@dataclass(frozen=True, slots=True)
class Strength:
    """How strong one defect is: its contrast as a share of brightness, and a factor for its size."""

    contrast: float
    size: float


class Defect(Protocol):
    """A kind of defect. Rolling direction is along x; the maker turns the plate afterwards."""

    name: str
    share: float  # of all defects

    def draw(self, rng: Random, strength: Strength, room: tuple[int, int]) -> Field:
        """Relative change of brightness (-1 to 1; 0 = untouched) in a field of at most `room` (height, width)."""


def span(rng: Random, low: float, high: float, factor: float, limit: int) -> int:
    """A length in pixels between low and high times factor, at most `limit`, at least 3."""
    return max(3, min(limit, round(float(rng.uniform(low, high)) * factor)))
