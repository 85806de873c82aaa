"""Files whose name promises one type and whose bytes are another, or no picture at all."""

from __future__ import annotations

from collections.abc import Iterator

from tongguan.prepare.checks.base import BaseCheck, ItemFacts, Problem


class WrongType(BaseCheck):
    """Closes the gate."""

    id = "wrong_type"
    closes = True
    title = "the bytes are not what the name says"

    def item(self, facts: ItemFacts) -> Iterator[Problem]:
        """What the file's header said."""
        if facts.damage and facts.damage[0] == self.id:
            yield Problem(facts.name, self.id, facts.damage[1])
