"""From the cells of a row to the numbers that a model takes. Learnt on training rows, kept in the model's file."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from tongguan.train.recipes.base import ItemUnreadable

Floats = NDArray[np.float64]
MOST_LEVELS = 30
"""A column of words with more values in the training rows only says whether a cell is one of the frequent ones."""


class Input(BaseModel):
    """One column. number: the value, NaN where it is missing. level: 1 where the cell is `level`, else 0. `floor` and
    `ceiling` cut values that lie beyond what every batch could measure."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    column: str = Field(min_length=1, max_length=500)
    kind: Literal["number", "level"]
    level: str | None = None
    floor: float | None = None
    ceiling: float | None = None
    middle: float = Field(default=0.0, description="Median of the training rows: what a missing number counts as.")


def learn_inputs(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> list[Input]:
    """The inputs of columns, from training rows: numbers as they are, words as one input for each frequent level."""
    inputs: list[Input] = []
    for column in columns:
        cells = [row[column] for row in rows if column in row]
        numbers = [cell for cell in cells if isinstance(cell, int | float)]
        if not cells:
            continue
        if len(numbers) >= 0.5 * len(cells):
            inputs.append(Input(column=column, kind="number", middle=float(np.median(numbers))))
            continue
        counts: dict[str, int] = {}
        for cell in cells:
            counts[str(cell)] = counts.get(str(cell), 0) + 1
        for level in sorted(counts, key=lambda one: (-counts[one], one))[:MOST_LEVELS]:
            inputs.append(Input(column=column, kind="level", level=level))
    return inputs


def matrix(rows: Sequence[Mapping[str, Any]], inputs: Sequence[Input]) -> Floats:
    """(rows, inputs) as float64, NaN where a number is missing."""
    out = np.full((len(rows), len(inputs)), np.nan)
    for at, one in enumerate(inputs):
        if one.kind == "number":
            out[:, at] = [_number(row.get(one.column)) for row in rows]
            if one.floor is not None or one.ceiling is not None:
                out[:, at] = np.clip(out[:, at], one.floor, one.ceiling)
        else:
            out[:, at] = [float(_text(row.get(one.column)) == one.level) for row in rows]
    return out


def row_of(content: bytes) -> dict[str, Any]:
    """The cells of a row. Raises ItemUnreadable."""
    try:
        cells = json.loads(content)
    except ValueError as error:
        raise ItemUnreadable("unreadable", "this is not a row of a table") from error
    if not isinstance(cells, dict):
        raise ItemUnreadable("unreadable", "this is not a row of a table")
    return cells


def _number(cell: Any) -> float:
    if isinstance(cell, int | float):
        return float(cell)
    try:
        return float(str(cell).strip().lstrip("*<>").replace(",", "")) if cell is not None else float("nan")
    except ValueError:
        return float("nan")


def _text(cell: Any) -> str | None:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return None if cell is None else str(cell)
