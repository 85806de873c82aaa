"""Groups that lie on more than one side of a split: the kept side would then measure what was learnt by heart."""

from __future__ import annotations

from collections.abc import Iterator

from tongguan.prepare.checks.base import BaseCheck, Batch, ItemFacts, Problem
from tongguan.prepare.checks.sides import said
from tongguan.prepare.checks.tables.facts import TableFacts


class SplitGroup(BaseCheck):
    """Closes the gate. A group is a group key, or a cluster of pictures that look the same."""

    id = "split_group"
    closes = True
    title = "a group lies on two sides"

    def batch(self, batch: Batch) -> Iterator[Problem]:
        """One problem for each item whose group's first item is on another side."""
        by_key: dict[str, ItemFacts] = {}
        reported: set[str] = set()
        for facts in batch.in_order():
            if not facts.group or not facts.side:
                continue
            first = by_key.setdefault(facts.group, facts)
            if first.side != facts.side and not facts.known:
                reported.add(facts.name)
                yield self._problem(facts, first, f"group {facts.group[:80]}")
        clusters = (
            ("pictures that look the same", batch.clusters()),
            ("texts that say nearly the same", batch.text_clusters()),
            ("the same bytes", _copies(batch)),
        )
        for what, pairs in clusters:
            first_sided: dict[str, ItemFacts] = {}
            for facts, cluster in pairs:
                if not facts.side:
                    continue
                first = first_sided.setdefault(cluster.name, facts)
                if first.side != facts.side and not facts.known and facts.name not in reported:
                    reported.add(facts.name)
                    yield self._problem(facts, first, what)

    def table(self, facts: TableFacts) -> Iterator[Problem]:
        """One problem for each row whose group, or whose twin with the same inputs, is on another side."""
        sides = facts.sides()
        if len(set(sides) - {None}) < 2:
            return
        reported: set[int] = set()
        pairs = [(row, first, f"group {key[:80]}") for row, first, key in facts.group_pairs(sides)]
        pairs += [(row, first, "rows with the same inputs") for row, first in facts.twins()]
        for row, first, what in pairs:
            if not sides[row] or not sides[first] or sides[row] == sides[first] or row in reported:
                continue
            reported.add(row)
            detail = f"{what}: on {said(sides[first])} and on {said(sides[row])}"
            yield Problem(facts.table.item(row), self.id, detail, facts.table.item(first))

    def _problem(self, facts: ItemFacts, first: ItemFacts, what: str) -> Problem:
        return Problem(facts.name, self.id, f"{what}: on {said(first.side)} and on {said(facts.side)}", first.name)


def _copies(batch: Batch) -> list[tuple[ItemFacts, ItemFacts]]:
    """(item, first item of the same bytes) for files that are neither pictures nor texts."""
    first: dict[str, ItemFacts] = {}
    others = [facts for facts in batch.in_order() if facts.digest and facts.media not in ("image", "text")]
    return [(facts, first.setdefault(facts.digest, facts)) for facts in others]
