"""Cells that hold nothing, and whether their being empty says something about the target."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tongguan.catalog.media.table import Column
from tongguan.prepare.checks.base import BaseCheck, Problem
from tongguan.prepare.checks.tables.facts import TableFacts

# A difference of shares between one class and the rest that a person should look at.
TELLING = 0.3


class MissingValue(BaseCheck):
    """Warns."""

    id = "missing_value"
    title = "cells that hold nothing"

    def table(self, facts: TableFacts) -> Iterator[Problem]:
        """One problem for each column with empty cells, at the first such row."""
        for column in facts.table.columns:
            missing = column.missing
            count = int(missing.sum())
            if not count:
                continue
            detail = (
                f"column {column.name}: {count:,} of {len(column):,} cells hold nothing ({count / len(column):.1%})"
            )
            telling = _telling(facts, column)
            words = f"{detail}; {telling}" if telling else detail
            yield Problem(facts.table.item(int(np.argmax(missing))), self.id, words, column=column.name)


def _telling(facts: TableFacts, column: Column) -> str:
    """Words where the cells of one class are empty much more often than those of the others."""
    target = facts.target
    if target is None or target.name == column.name or target.type != "category":
        return ""
    missing = column.missing
    best = ""
    most = TELLING
    for code, level in enumerate(target.levels):
        inside = target.codes == code
        outside = (target.codes >= 0) & ~inside
        if inside.sum() < 10 or outside.sum() < 10:
            continue
        shares = float(missing[inside].mean()), float(missing[outside].mean())
        if abs(shares[0] - shares[1]) > most:
            most = abs(shares[0] - shares[1])
            best = (
                f"{shares[0]:.0%} where {target.name} is {level}, {shares[1]:.0%} elsewhere: what is empty tells the "
                "classes apart, so they may have been collected in different ways"
            )
    return best
