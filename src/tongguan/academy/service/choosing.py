"""Chooses the gold items of practice and exams."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy.orm import Session

from tongguan.collect.interface import items_by_id
from tongguan.quality.interface import GoldItem, gold_items
from tongguan.rules.interface import RuleVersion

NOTHING = ""


def usable(session: Session, project_id: UUID, rules: RuleVersion, use: str) -> list[GoldItem]:
    """Gold of one use, on items in use, whose right answer can be given under these rules."""
    kinds = {entry.key: entry.kind for entry in rules.label_set}
    found = gold_items(session, project_id, use)
    items = items_by_id(session, [gold.item_id for gold in found])
    return [
        gold
        for gold in found
        if gold.item_id in items
        and items[gold.item_id].state == "ok"
        and all(kinds.get(str(label.get("label"))) == label.get("kind") for label in gold.labels)
    ]


def practice_pool(session: Session, project_id: UUID, rules: RuleVersion, needed: int) -> list[GoldItem]:
    """Gold made for practice; where that is too little, hidden gold fills up (never that of exams)."""
    pool = usable(session, project_id, rules, "practice")
    if len(pool) < max(needed, 1):
        pool += usable(session, project_id, rules, "hidden")[: max(needed, 1) - len(pool)]
    return pool


def strata(gold: GoldItem) -> frozenset[str]:
    """What an item asks for: the label classes of its right answer, or "nothing here"."""
    return frozenset(str(label["label"]) for label in gold.labels) or frozenset({NOTHING})


def choose(pool: Sequence[GoldItem], count: int, seen: Mapping[UUID, int], seed: str) -> list[GoldItem]:
    """`count` items, those that the person saw least first, so that none comes twice while others are left.

    Among items seen equally often every label class, and "nothing here", is drawn before any comes a second time, the
    rarest first; the rest is taken where most is left, so that rare ones last for later attempts. By chance within
    that: the same seed chooses the same.
    """

    def chance(gold: GoldItem) -> bytes:
        return hashlib.sha256(f"{seed}/{gold.id}".encode()).digest()

    chosen: list[GoldItem] = []
    covered: set[str] = set()
    for times in sorted({seen.get(gold.item_id, 0) for gold in pool}):
        left = sorted((gold for gold in pool if seen.get(gold.item_id, 0) == times), key=chance)
        while left and len(chosen) < count:
            taken = _next(left, covered, count - len(chosen))
            left.remove(taken)
            chosen.append(taken)
            covered |= strata(taken)
    return sorted(chosen, key=chance)


def _next(left: Sequence[GoldItem], covered: set[str], places: int) -> GoldItem:
    """The next of the items that are left (in the order of chance)."""
    stock: dict[str, int] = {}
    for gold in left:
        for stratum in strata(gold):
            stock[stratum] = stock.get(stratum, 0) + 1
    missing = stock.keys() - covered
    if not missing:
        # Where most is left: what an item takes of the rarest class that it holds counts.
        return max(left, key=lambda gold: min(stock[stratum] for stratum in strata(gold)))
    if len(missing) > places:
        # Too few places for all: the item that shows most of what is missing.
        return max(left, key=lambda gold: len(strata(gold) & missing))
    rarest = min(missing, key=lambda stratum: (stock[stratum], stratum))
    return next(gold for gold in left if rarest in strata(gold))
