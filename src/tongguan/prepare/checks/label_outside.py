"""Labels that leave their picture."""

from __future__ import annotations

from collections.abc import Iterator

from tongguan.prepare.checks.base import BaseCheck, ItemFacts, Problem
from tongguan.prepare.checks.places import failing


class LabelOutside(BaseCheck):
    """Closes the gate: the file was made for another size, or its coordinates are shifted."""

    id = "label_outside"
    closes = True
    title = "a label leaves the picture"

    def item(self, facts: ItemFacts) -> Iterator[Problem]:
        """One problem an item, naming how many labels and the first."""
        found = failing(facts, self.id)
        if found:
            yield Problem(facts.name, self.id, found)
