"""Chooses the gold items of practice and exams."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy.orm import Session

from tongguan.collect.interface import items_by_id
from tongguan.quality.interface import GoldItem, gold_items
from tongguan.rules.interface import RuleVersion


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


def choose(pool: Sequence[GoldItem], count: int, seen: Mapping[UUID, int], seed: str) -> list[GoldItem]:
    """`count` items, those seen least first, otherwise shuffled by the seed: the same seed chooses the same."""

    def order(gold: GoldItem) -> tuple[int, bytes]:
        return seen.get(gold.item_id, 0), hashlib.sha256(f"{seed}/{gold.id}".encode()).digest()

    chosen = sorted(pool, key=order)[:count]
    return sorted(chosen, key=lambda gold: order(gold)[1])
