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
            share = count / len(column)
            telling = _telling(facts, column)
            words = f"column {column.name}: {count:,} of {len(column):,} cells hold nothing ({share:.1%})"
            chinese = f"列 {column.name}：{len(column):,} 格中 {count:,} 格为空（{share:.1%}）"
            if telling:
                level, inside, outside = telling
                words += (
                    f"; {inside:.0%} where {level} and {outside:.0%} elsewhere: what is empty tells the classes apart, "
                    "so they may have been collected in different ways"
                )
                chinese += (
                    f"；{level} 时 {inside:.0%}，其余 {outside:.0%}：缺失本身就能区分类别，两类数据可能不是同样采集的"
                )
            item = facts.table.item(int(np.argmax(missing)))
            yield Problem(item, self.id, words, column=column.name, zh=chinese)


def _telling(facts: TableFacts, column: Column) -> tuple[str, float, float] | None:
    """(`target = class`, share of empty cells there, share elsewhere) where the two differ most, and by much."""
    target = facts.target
    if target is None or target.name == column.name or target.type != "category":
        return None
    missing = column.missing
    found: tuple[str, float, float] | None = None
    most = TELLING
    for code, level in enumerate(target.levels):
        inside = target.codes == code
        outside = (target.codes >= 0) & ~inside
        if inside.sum() < 10 or outside.sum() < 10:
            continue
        here, there = float(missing[inside].mean()), float(missing[outside].mean())
        if abs(here - there) > most:
            most, found = abs(here - there), (f"{target.name} = {level}", here, there)
    return found
