"""The same bytes more than once."""

from __future__ import annotations

from collections.abc import Iterator

from tongguan.prepare.checks.base import BaseCheck, Batch, Problem


class Duplicate(BaseCheck):
    """Closes the gate: a copy counts a picture twice, and can carry other labels."""

    id = "duplicate"
    closes = True
    title = "the same bytes as another item"

    def batch(self, batch: Batch) -> Iterator[Problem]:
        """One problem for each copy after the first by name."""
        first: dict[str, str] = {}
        for facts in batch.in_order():
            if facts.measurement is None:
                continue
            kept = first.setdefault(facts.measurement.sha256, facts.name)
            if kept != facts.name and not facts.known:
                yield Problem(facts.name, self.id, "the same bytes", kept)
