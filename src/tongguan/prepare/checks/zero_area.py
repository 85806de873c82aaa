"""Labels without area."""

from __future__ import annotations

from collections.abc import Iterator

from tongguan.prepare.checks.base import BaseCheck, ItemFacts, Problem
from tongguan.prepare.checks.places import failing


class ZeroArea(BaseCheck):
    """Closes the gate: a slip of the mouse, or a file written with its corners swapped."""

    id = "zero_area"
    closes = True
    title = "a label has no area"

    def item(self, facts: ItemFacts) -> Iterator[Problem]:
        """One problem an item, naming how many labels and the first."""
        found = failing(facts, self.id)
        if found:
            yield Problem(facts.name, self.id, found)
