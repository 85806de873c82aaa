"""Which labels of an item fail a check of their own kind (label_outside, zero_area), in words."""

from __future__ import annotations

from tongguan.catalog.labels.base import LabelRecord
from tongguan.catalog.labels.registry import LABEL_KINDS
from tongguan.prepare.checks.base import ItemFacts

OF_TIME = ("sound_segment", "interval")
# Label files round to milliseconds, or to a frame of 10 ms.
SLACK = 0.02


def failing(facts: ItemFacts, check: str) -> str | None:
    """How many labels fail `check` and what the first is; None when none does. Marks refused by a reader count too."""
    details = [detail for found, detail in facts.refused_marks if found == check]
    size = facts.measurement
    for label in facts.labels or ():
        kind = LABEL_KINDS.get(label.kind)
        # Without a picture nothing can be outside; no label is larger than the limit that the schema sets.
        width, height = (size.width, size.height) if size else (10**8, 10**8)
        if kind is None:
            continue
        past = check == "label_outside" and beyond(label, facts)
        if not past and check not in kind.problems(label, width, height):
            continue
        bounds = kind.bounds(label)
        place = f" at {bounds.x:g}, {bounds.y:g}, {bounds.width:g} x {bounds.height:g} px" if bounds else ""
        within = f" in {width} x {height} px" if size else ""
        if not bounds:
            place, within = said_reach(label), past or ""
        details.append(f"{label.kind} {label.label[:80]}{place}{within}")
    if not details:
        return None
    return details[0] if len(details) == 1 else f"{len(details)} labels; the first: {details[0]}"


def reach(label: LabelRecord) -> tuple[float, float] | None:
    """(start, end) of a label along a text or a time; None for other kinds."""
    start, end = getattr(label, "start", None), getattr(label, "end", None)
    if isinstance(start, int | float) and isinstance(end, int | float):
        return float(start), float(end)
    return None


def said_reach(label: LabelRecord) -> str:
    """Where it is, in words: ` at 3 to 5`."""
    found = reach(label)
    return f" at {found[0]:g} to {found[1]:g}" if found else ""


def beyond(label: LabelRecord, facts: ItemFacts) -> str:
    """Words where a label ends after its text or its recording; empty where it does not, or where no end is known."""
    found = reach(label)
    if found is None:
        return ""
    if label.kind == "span" and facts.text is not None:
        return f", the text has {len(facts.text)} characters" if found[1] > len(facts.text) else ""
    seconds = facts.details.get("seconds")
    if label.kind in OF_TIME and isinstance(seconds, int | float):
        return f" s, the recording has {seconds:g} s" if found[1] > seconds + SLACK else ""
    return ""
