"""Which side a group is on: by the hash of its key, so that nobody chooses and everybody finds the same."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

# In the order in which an empty side is filled.
SIDES = ("kept", "line", "train")


class TooFewGroups(ValueError):
    """There are fewer groups than sides that must not be empty, or none that may still move."""

    def __init__(self, side: str, groups: int) -> None:
        super().__init__(f"too few groups: side {side} would be empty, and none of the {groups} groups can move there")
        self.side = side
        self.groups = groups


@dataclass(frozen=True, slots=True)
class Shares:
    """Shares of the groups: `kept` for measuring, `line` for line traffic, the rest for training."""

    kept: float
    line: float = 0.0

    def __post_init__(self) -> None:
        if not (0 <= self.kept < 1 and 0 <= self.line < 1 and self.kept + self.line < 1):
            raise ValueError(f"shares must be at least 0 and together below 1: kept {self.kept}, line {self.line}")

    def wanted(self) -> tuple[str, ...]:
        """The sides that must not be empty."""
        shares = {"kept": self.kept, "line": self.line, "train": 1.0}
        return tuple(side for side in SIDES if shares[side] > 0)


def fraction(key: str) -> float:
    """u in [0, 1): the first 8 bytes of SHA-256 of the key in UTF-8, as a big-endian number, divided by 2^64."""
    return int.from_bytes(hashlib.sha256(key.encode("utf-8")).digest()[:8], "big") / 2**64


def side_of(key: str, shares: Shares) -> str:
    """kept below k, line below k + t, else train."""
    u = fraction(key)
    if u < shares.kept:
        return "kept"
    return "line" if u < shares.kept + shares.line else "train"


def assign(keys: Iterable[str], shares: Shares, decided: Mapping[str, str] | None = None) -> dict[str, str]:
    """The side of every key. A side in `decided` is read, never computed again.

    Where a wanted side is empty, the group with the smallest u that leaves no other side empty moves there; groups
    already decided stay. Raises TooFewGroups.
    """
    written = decided or {}
    sides = {key: written.get(key) or side_of(key, shares) for key in keys}
    if not sides:
        raise TooFewGroups("train", 0)
    movable = sorted((key for key in sides if key not in written), key=lambda key: (fraction(key), key))
    for side in shares.wanted():
        if side in sides.values():
            continue
        counts = _count(sides.values())
        mover = next((key for key in movable if counts[sides[key]] > 1), None)
        if mover is None:
            raise TooFewGroups(side, len(sides))
        sides[mover] = side
    return sides


def _count(sides: Iterable[str]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for side in sides:
        counts[side] = counts.get(side, 0) + 1
    return counts
