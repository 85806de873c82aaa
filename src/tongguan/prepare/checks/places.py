"""Which labels of an item fail a check of their own kind (label_outside, zero_area), in words."""

from __future__ import annotations

from tongguan.catalog.labels.registry import LABEL_KINDS
from tongguan.prepare.checks.base import ItemFacts


def failing(facts: ItemFacts, check: str) -> str | None:
    """How many labels fail `check` and what the first is; None when none does. Marks refused by a reader count too."""
    details = [detail for found, detail in facts.refused_marks if found == check]
    size = facts.measurement
    for label in facts.labels or ():
        kind = LABEL_KINDS.get(label.kind)
        # Without a picture nothing can be outside; no label is larger than the limit that the schema sets.
        width, height = (size.width, size.height) if size else (10**8, 10**8)
        if kind is None or check not in kind.problems(label, width, height):
            continue
        bounds = kind.bounds(label)
        place = f" at {bounds.x:g}, {bounds.y:g}, {bounds.width:g} x {bounds.height:g} px" if bounds else ""
        within = f" in {width} x {height} px" if size else ""
        details.append(f"{label.kind} {label.label[:80]}{place}{within}")
    if not details:
        return None
    return details[0] if len(details) == 1 else f"{len(details)} labels; the first: {details[0]}"
