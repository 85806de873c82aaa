"""Columns of a table that give the target away."""

from __future__ import annotations

from collections.abc import Iterator

from tongguan.prepare.checks.base import BaseCheck, Problem
from tongguan.prepare.checks.tables.facts import TableFacts


class LeakingColumn(BaseCheck):
    """Closes the gate: a model that may look at the answer learns nothing else, and fails where there is none yet."""

    id = "leaking_column"
    closes = True
    title = "a column gives the target away"

    def table(self, facts: TableFacts) -> Iterator[Problem]:
        """One problem a column, with the figures that speak against it; see `tables.leaks`."""
        for leak in facts.leaks:
            yield Problem(facts.table.name, self.id, leak.detail, column=leak.column, zh=leak.zh)
