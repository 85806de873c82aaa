"""The same bytes more than once."""

from __future__ import annotations

from collections.abc import Iterator

from tongguan.prepare.checks.base import BaseCheck, Batch, Problem
from tongguan.prepare.checks.tables.facts import TableFacts


class Duplicate(BaseCheck):
    """Closes the gate: a copy counts a picture twice, and can carry other labels."""

    id = "duplicate"
    closes = True
    title = "the same bytes as another item"

    def batch(self, batch: Batch) -> Iterator[Problem]:
        """One problem for each copy after the first by name; texts of fewer than 12 characters repeat by chance."""
        first: dict[str, str] = {}
        for facts in batch.in_order():
            if not facts.digest or (facts.media == "text" and facts.name not in batch.signatures):
                continue
            kept = first.setdefault(facts.digest, facts.name)
            if kept != facts.name and not facts.known:
                what = "the same words" if facts.name in batch.signatures else "the same bytes"
                yield Problem(facts.name, self.id, what, kept)

    def table(self, facts: TableFacts) -> Iterator[Problem]:
        """One problem for each row whose cells all stand in an earlier row; rows of a few coarse values, which repeat
        by chance, are passed over."""
        for row, first in facts.copies():
            yield Problem(facts.table.item(row), self.id, "the same cells", facts.table.item(first))
