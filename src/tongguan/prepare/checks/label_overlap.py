"""Spans and segments that cut into each other."""

from __future__ import annotations

from collections.abc import Iterator

from tongguan.catalog.labels.base import LabelRecord
from tongguan.prepare.checks.base import BaseCheck, ItemFacts, Problem
from tongguan.prepare.checks.places import reach, said_reach


class LabelOverlap(BaseCheck):
    """Warns: one inside the other may be meant (a place within an organization); half in and half out is a slip of the
    mouse, and so is the same mark twice."""

    id = "label_overlap"
    title = "labels cut into each other"

    def item(self, facts: ItemFacts) -> Iterator[Problem]:
        """One problem an item, naming how many pairs and the first."""
        placed = [(at, mark) for mark in facts.labels or () if (at := reach(mark)) is not None]
        found = list(_crossing(sorted(placed, key=lambda each: each[0])))
        if not found:
            return
        one, other = found[0]
        first = f"{one.label[:80]}{said_reach(one)} and {other.label[:80]}{said_reach(other)}"
        yield Problem(facts.name, self.id, first if len(found) == 1 else f"{len(found)} pairs; the first: {first}")


def _crossing(placed: list[tuple[tuple[float, float], LabelRecord]]) -> Iterator[tuple[LabelRecord, LabelRecord]]:
    """Pairs of one kind of which each has a part outside the other, and equal marks of one class."""
    open_: list[tuple[tuple[float, float], LabelRecord]] = []
    for (start, end), mark in placed:
        open_ = [each for each in open_ if each[0][1] > start]
        for (other_start, other_end), other in open_:
            if other.kind != mark.kind:
                continue
            crosses = other_start < start < other_end < end
            twice = (other_start, other_end, other.label) == (start, end, mark.label)
            if crosses or twice:
                yield other, mark
        open_.append(((start, end), mark))
