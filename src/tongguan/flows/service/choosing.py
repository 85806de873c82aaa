"""Which items of a batch become gold: a fixed order by hash, so that a job that runs again chooses the same. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from uuid import UUID

from tongguan.rules.schemas import GoldShares

GOLD_USES = ("exam", "practice", "hidden")


def place(item_id: UUID) -> float:
    """The item's place in [0, 1): the first 8 bytes of SHA-256 of its id, divided by 2^64."""
    digest = hashlib.sha256(f"gold/{item_id}".encode()).digest()
    return int.from_bytes(digest[:8]) / 2**64


def limits(item_ids: Iterable[UUID], shares: GoldShares) -> list[float]:
    """Upper limits of the places of exam, practice and hidden gold, so that each use gets its share of the items.

    Shares of n items are rounded half up, one after the other, and never add up to more than n. Example: 10 items,
    exam 0.2, practice 0.1: the two items with the smallest places are exam, the next one is practice.
    """
    places = sorted(place(item_id) for item_id in item_ids)
    found: list[float] = []
    share = 0.0
    for use in GOLD_USES:
        share += float(getattr(shares, use))
        count = min(int(share * len(places) + 0.5), len(places))
        found.append(places[count - 1] if count else -1.0)
    return found


def use_of(item_id: UUID, ends: list[float]) -> str | None:
    """The use of an item under the limits; None for one that stays as it was imported."""
    where = place(item_id)
    return next((use for use, end in zip(GOLD_USES, ends, strict=True) if where <= end), None)
