"""Cells that are not plain numbers in a column of numbers, and how they were read."""

from __future__ import annotations

from collections.abc import Iterator

from tongguan.catalog.media.table import Cleaning
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
CHINESE = {
    "mark": "数字旁有标记，已去掉",
    "thousands": "千位分隔符，已合并",
    "decimal_comma": "逗号作小数点，已改正",
    "full_width": "全角字符，已转半角",
    "unit": "数字后有单位，已去掉",
    "percent": "百分数，已除以 100",
    "parentheses": "括号表示负数",
    "spaces": "多余空格，已去掉",
    "not_a_number": "不是数字，按缺失处理",
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
                words = (
                    f"{cleaning.count:,} cells: {MEANING[cleaning.kind]}{_shown(cleaning, ', such as ', ' read as ')}"
                )
                chinese = f"{cleaning.count:,} 格{CHINESE[cleaning.kind]}{_shown(cleaning, '，如 ', ' 读作 ')}"
                yield Problem(
                    table.item(row) if row is not None and row < table.rows else table.name,
                    self.id,
                    f"column {column.name}: {words}",
                    column=column.name,
                    zh=f"列 {column.name}：{chinese}",
                )


def _shown(cleaning: Cleaning, such: str, becomes: str) -> str:
    """Examples in words: such as '*946.9' read as 946.9."""
    shown = [f"{cell!r}" if value is None else f"{cell!r}{becomes}{value:.10g}" for _, cell, value in cleaning.examples]
    return such + ", ".join(shown) if shown else ""
