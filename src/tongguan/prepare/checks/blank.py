"""Pictures of one colour: lens cap, white flash, empty belt."""

from __future__ import annotations

from collections.abc import Iterator

from tongguan.prepare.checks.base import BaseCheck, ItemFacts, Problem, is_blank


class Blank(BaseCheck):
    """Warns."""

    id = "blank"
    title = "one colour all over"

    def item(self, facts: ItemFacts) -> Iterator[Problem]:
        """Contrast below 2.5 and no spot that differs by 24 of 255 gray levels."""
        found = facts.measurement
        if found is not None and is_blank(found):
            yield Problem(
                facts.name, self.id, f"contrast {found.contrast:.1f}, brightness {found.brightness:.0f} of 255"
            )
