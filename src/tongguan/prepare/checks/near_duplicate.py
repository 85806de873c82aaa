"""Pictures that look the same without being the same bytes: saved again, resized, shifted by a pixel or two."""

from __future__ import annotations

from collections.abc import Iterator

from tongguan.prepare.checks.base import BaseCheck, Batch, Problem
from tongguan.prepare.checks.tables.facts import TableFacts


class NearDuplicate(BaseCheck):
    """Warns: such pictures may stay, but always share a side of a split."""

    id = "near_duplicate"
    title = "looks the same as another item"

    def batch(self, batch: Batch) -> Iterator[Problem]:
        """One problem for each item after the first of its cluster; plain copies are left to `duplicate`."""
        seen: set[str] = set()
        for facts, first in batch.clusters():
            sha256 = facts.measurement.sha256 if facts.measurement else ""
            copy = sha256 in seen
            seen.add(sha256)
            if first is not facts and not copy and not facts.known:
                yield Problem(facts.name, self.id, "looks the same", first.name)
        seen_texts: set[str] = set()
        for facts, first in batch.text_clusters():
            copy = facts.digest in seen_texts
            seen_texts.add(facts.digest)
            if first is not facts and not copy and not facts.known:
                yield Problem(facts.name, self.id, "says nearly the same", first.name)

    def table(self, facts: TableFacts) -> Iterator[Problem]:
        """Rows with the same inputs as an earlier one that differ in their id, or, worse, in the target."""
        copies = {row for row, _ in facts.copies()}
        for row, first in facts.twins():
            if row in copies:
                continue
            here, there = facts.target_text(row), facts.target_text(first)
            detail = "the same inputs"
            if facts.target is not None and here != there:
                detail = f"the same inputs, but {facts.target.name} is {here} here and {there} there"
            yield Problem(facts.table.item(row), self.id, detail, facts.table.item(first))
