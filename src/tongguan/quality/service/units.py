"""Counting what an answer holds in the units of pay, and splitting it by a fix."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from tongguan.catalog.labels.registry import LABEL_KINDS
from tongguan.rules.interface import RuleVersion

# A class of the whole item counts once an item, however many classes it has.
PER_ITEM = "task"


@dataclass(frozen=True, slots=True)
class Units:
    """`quantity` units of one kind and difficulty; `labels` counts the label classes in them."""

    unit: str
    difficulty: str
    quantity: Decimal
    labels: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FixSplit:
    """An inspector's fix: labels left as they were, changed or removed ones (as they were drawn), and added ones."""

    kept: list[dict[str, Any]]
    rejected: list[dict[str, Any]]
    added: list[dict[str, Any]]


def units_of(labels: Iterable[Mapping[str, Any]], rules: RuleVersion) -> list[Units]:
    """Units of raw label records, one entry per (unit, difficulty); an empty list for no labels.

    A box is one `box`, a polygon as many `point` as it has corners, and so on by the label kind; all answers about the
    whole item together are one `task`, with the difficulty of the first of them.
    """
    counted: dict[tuple[str, str], dict[str, int]] = {}
    sums: dict[tuple[str, str], Decimal] = {}
    per_item: str | None = None
    for label in labels:
        key = str(label["label"])
        entry = rules.label_class(key)
        difficulty = entry.difficulty if entry else "normal"
        kind = LABEL_KINDS[str(label["kind"])]
        unit = kind.unit()
        if unit == PER_ITEM:
            per_item = difficulty = per_item or difficulty
        counts = counted.setdefault((unit, difficulty), {})
        counts[key] = counts.get(key, 0) + 1
        quantity = kind.quantity(kind.schema.model_validate(label)) if kind.many else Decimal(1)
        sums[unit, difficulty] = sums.get((unit, difficulty), Decimal(0)) + quantity
    return [
        Units(unit, difficulty, Decimal(1) if unit == PER_ITEM else sums[unit, difficulty], counts)
        for (unit, difficulty), counts in sorted(counted.items())
    ]


def nothing_units(rules: RuleVersion) -> Units:
    """What an answer "nothing here" counts: no units, but a row that says it was judged."""
    kinds = [LABEL_KINDS[entry.kind].unit() for entry in rules.label_set]
    return Units(kinds[0] if kinds else PER_ITEM, "normal", Decimal(0))


def split_fix(before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]) -> FixSplit:
    """Splits an author's labels by an inspector's.

    A label is left as it was when kind, class, place and attributes are. A changed label is rejected and is not the
    inspector's; one with an id (or, without ids, a value) that the author did not have is. Classes of the whole item
    count together: one changed rejects them all.
    """
    rest = [dict(label) for label in after]
    kept: list[dict[str, Any]] = []
    rejected: list[dict[str, Any]] = []
    for label in before:
        same = next((other for other in rest if _same(label, other)), None)
        if same is not None:
            rest.remove(same)
            kept.append(dict(label))
        else:
            rejected.append(dict(label))
    ids = {label["id"] for label in rejected if label.get("id")}
    added = [label for label in rest if label.get("id") not in ids or not label.get("id")]
    if any(_per_item(label) for label in rejected):
        rejected += [label for label in kept if _per_item(label)]
        kept = [label for label in kept if not _per_item(label)]
    if any(_per_item(label) for label in before):
        added = [label for label in added if not _per_item(label)]
    return FixSplit(kept, rejected, added)


def _per_item(label: Mapping[str, Any]) -> bool:
    return LABEL_KINDS[str(label["kind"])].unit() == PER_ITEM


def _same(first: Mapping[str, Any], second: Mapping[str, Any]) -> bool:
    if first.get("id") and second.get("id") and first["id"] != second["id"]:
        return False
    skip = {"id", "score", "origin"}
    return {k: v for k, v in first.items() if k not in skip} == {k: v for k, v in second.items() if k not in skip}
