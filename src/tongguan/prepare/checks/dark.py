"""Pictures too dark to judge."""

from __future__ import annotations

from collections.abc import Iterator

from tongguan.prepare.checks.base import BaseCheck, ItemFacts, Problem

DARKEST = 30.0


class Dark(BaseCheck):
    """Warns."""

    id = "dark"
    title = "too dark to judge"

    def item(self, facts: ItemFacts) -> Iterator[Problem]:
        """Mean brightness below 30 of 255."""
        found = facts.measurement
        if found is not None and found.brightness < DARKEST:
            yield Problem(facts.name, self.id, f"brightness {found.brightness:.0f} of 255, below {DARKEST:.0f}")
