"""All checks over a stream of items: those of one item at once, those between items at the end."""

from __future__ import annotations

from collections.abc import Iterable

from tongguan.prepare.checks.base import Batch, Check, ItemFacts, Problem
from tongguan.prepare.checks.registry import CHECKS
from tongguan.prepare.checks.tables.facts import TableFacts


class CheckRun:
    """Add every item once, then `finish`."""

    def __init__(self, checks: Iterable[Check] = tuple(CHECKS.values())) -> None:
        self._checks = tuple(checks)
        self._batch = Batch()
        self._problems: list[Problem] = []

    def add(self, facts: ItemFacts) -> list[Problem]:
        """Problems of this item alone; known items are only compared with."""
        self._batch.add(facts)
        if facts.known:
            return []
        found = [problem for check in self._checks for problem in check.item(facts)]
        self._problems.extend(found)
        return found

    def add_table(self, facts: TableFacts) -> list[Problem]:
        """Problems of a table."""
        found = [problem for check in self._checks for problem in check.table(facts)]
        self._problems.extend(found)
        return found

    def finish(self) -> list[Problem]:
        """All problems, by item name and then in the order of the checks."""
        between = [problem for check in self._checks for problem in check.batch(self._batch)]
        order = {check.id: position for position, check in enumerate(self._checks)}
        return sorted([*self._problems, *between], key=lambda problem: (problem.item, order[problem.check]))

    def clusters(self) -> dict[str, str]:
        """The first item of the near-duplicate cluster of every measured item, by name."""
        return {facts.name: first.name for facts, first in self._batch.clusters()}
