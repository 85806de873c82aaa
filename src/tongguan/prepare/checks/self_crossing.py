"""Outlines that cross themselves."""

from __future__ import annotations

from collections.abc import Iterator

from tongguan.prepare.checks.base import BaseCheck, ItemFacts, Problem
from tongguan.prepare.checks.places import failing


class SelfCrossing(BaseCheck):
    """Warns: such an outline has no clear inside, so that its area depends on who measures it."""

    id = "self_crossing"
    title = "an outline crosses itself"

    def item(self, facts: ItemFacts) -> Iterator[Problem]:
        """One problem an item, naming how many labels and the first."""
        found = failing(facts, self.id)
        if found:
            yield Problem(facts.name, self.id, found)
