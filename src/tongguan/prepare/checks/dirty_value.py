"""Cells that are not plain numbers in a column of numbers, and how they were read."""

from __future__ import annotations

from collections.abc import Iterator

from tongguan.prepare.checks.base import BaseCheck, Problem
from tongguan.prepare.checks.tables.facts import TableFacts

MEANING = {
    "mark": "a mark beside the number, left out",
    "thousands": "thousands parted, joined",
    "decimal_comma": "a comma for the point",
    "full_width": "full-width characters, made plain",
    "unit": "a unit beside the number, left out",
    "percent": "per cent, divided by 100",
    "parentheses": "in parentheses, read as negative",
    "spaces": "blanks, left out",
    "not_a_number": "no number, read as missing",
}


class DirtyValue(BaseCheck):
    """Warns: the cleaning is done and said, but somebody should know that it was."""

    id = "dirty_value"
    title = "cells that had to be cleaned"

    def table(self, facts: TableFacts) -> Iterator[Problem]:
        """One problem for each column and kind of dirt, at the first row that has it."""
        table = facts.table
        for column in table.columns:
            for cleaning in column.cleaned:
                row = next((at for at, _, _ in cleaning.examples if at >= 0), None)
                shown = ", ".join(
                    f"{cell!r}"
                    if value is None
                    else f"{cell!r} read as {value:g}"
                    if abs(value) < 1e5
                    else f"{cell!r} read as {value}"
                    for _, cell, value in cleaning.examples
                )
                such = f", such as {shown}" if shown else ""
                words = f"column {column.name}: {cleaning.count:,} cells: {MEANING[cleaning.kind]}{such}"
                item = table.item(row) if row is not None and row < table.rows else table.name
                yield Problem(item, self.id, words, column=column.name)
