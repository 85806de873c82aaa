"""What a forecast says: the next values of one column, with a range."""

from __future__ import annotations

from typing import Literal

from tongguan.catalog.labels.base import LabelRecord


class SeriesMark(LabelRecord):
    """values, low and high: one number for each coming step, in the column's own unit."""

    kind: Literal["series"] = "series"
    column: str
    values: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
