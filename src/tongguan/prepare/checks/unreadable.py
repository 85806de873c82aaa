"""Files that cannot be read as what they should be: damaged, empty, absent, or too large to open."""

from __future__ import annotations

from collections.abc import Iterator

from tongguan.prepare.checks.base import BaseCheck, ItemFacts, Problem


class Unreadable(BaseCheck):
    """Closes the gate."""

    id = "unreadable"
    closes = True
    title = "the file cannot be read"

    def item(self, facts: ItemFacts) -> Iterator[Problem]:
        """What reading the file said."""
        if facts.damage and facts.damage[0] == self.id:
            yield Problem(facts.name, self.id, facts.damage[1])
