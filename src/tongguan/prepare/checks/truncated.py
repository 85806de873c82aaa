"""Files whose data ends early: the lower part of the picture is missing."""

from __future__ import annotations

from collections.abc import Iterator

from tongguan.prepare.checks.base import BaseCheck, ItemFacts, Problem


class Truncated(BaseCheck):
    """Closes the gate."""

    id = "truncated"
    closes = True
    title = "the file's data ends early"

    def item(self, facts: ItemFacts) -> Iterator[Problem]:
        """What decoding the file said."""
        if facts.damage and facts.damage[0] == self.id:
            yield Problem(facts.name, self.id, facts.damage[1])
