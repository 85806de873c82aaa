"""Drawing a sample from a lot so that nobody can foresee or influence it, and anybody can check it."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable
from decimal import Decimal


def share_size(lot: int, share: str | Decimal) -> int:
    """How many of `lot` units a share in [0, 1] draws: rounded up, at least one of a lot that is not empty.

    Example: `share_size(30, "0.1") == 3` (decimal, so not 4), `share_size(7, "0") == 1`.
    """
    value = Decimal(share)
    if not value.is_finite() or not 0 <= value <= 1:
        raise ValueError(f"a share must lie in [0, 1], not {share}")
    if lot < 0:
        raise ValueError(f"a lot cannot hold {lot} units")
    return min(lot, max(1, math.ceil(value * lot)))


def draw(members: Iterable[str], size: int, seed: str) -> list[str]:
    """`size` members with the smallest SHA-256 of seed and member: random to who does not know the seed,
    the same for any order of members, and repeatable. Members come back in that order."""

    def rank(member: str) -> bytes:
        return hashlib.sha256(f"{seed}\0{member}".encode()).digest()

    return sorted(set(members), key=rank)[:size]


def draw_share(members: Iterable[str], share: str | Decimal, seed: str) -> list[str]:
    """Draws a share of a lot, at least one of it. Example: `len(draw_share("abcdefghij", "0.25", "lot 1")) == 3`."""
    lot = set(members)
    return draw(lot, share_size(len(lot), share), seed)
