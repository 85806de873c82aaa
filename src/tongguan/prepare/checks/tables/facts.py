"""What the checks of a table work on: its roles, worked out once, and rows that repeat."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from tongguan.catalog.media.table import Column, Table
from tongguan.prepare.checks.tables import roles
from tongguan.prepare.checks.tables.choice import (
    ChoiceProblem,
    TableWish,
    choose,
    choose_target,
    group_keys,
    guess_target,
)
from tongguan.prepare.checks.tables.leaks import Leak, find_leaks

# Rows repeat by chance where all columns together allow fewer than this many combinations a row.
CHANCE = 10.0
FEWEST_INPUTS = 3


@dataclass(slots=True, eq=False)
class TableFacts:
    """A table with its roles. `target` is None where none could be told; `notes` says what was decided and why."""

    table: Table
    target: Column | None = None
    target_why: str = ""
    group: Column | None = None
    inputs: tuple[Column, ...] = ()
    leaks: list[Leak] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    side: Column | None = None

    def copies(self) -> list[tuple[int, int]]:
        """(row, first row) of rows all of whose cells, those that name a side apart, repeat."""
        columns = [column for column in self.table.columns if column is not self.side]
        return _repeated(columns)

    def twins(self) -> list[tuple[int, int]]:
        """(row, first row) of rows whose inputs repeat."""
        return _repeated(self.inputs) if len(self.inputs) >= FEWEST_INPUTS else []

    def sides(self) -> list[str | None]:
        """The side of each row, by a column, else by its file."""
        if self.side is None:
            return self.table.sides()
        said = [self.side.text(row) for row in range(len(self.side))]
        return [roles.SIDE_WORDS.get(one.lower()) if one else None for one in said]

    def group_pairs(self, sides: Sequence[str | None]) -> Iterator[tuple[int, int, str]]:
        """(row, first row with a side, key) for rows of a group after its first."""
        if self.group is None:
            return
        first: dict[str, int] = {}
        for row, key in enumerate(group_keys(self.group, self.table)):
            if sides[row] and first.setdefault(key, row) != row:
                yield row, first[key], key

    def target_text(self, row: int) -> str | None:
        """The target of a row as text."""
        return self.target.text(row) if self.target is not None else None


def table_facts(table: Table, wish: TableWish = TableWish()) -> TableFacts:
    """Roles and leaks of a table. A target that was asked for must exist (ChoiceProblem); else one is guessed."""
    facts = TableFacts(table)
    asked = bool(wish.target or wish.negative)
    found = choose_target(table, wish) if asked else guess_target(table)
    facts.side = next((column for column in table.columns if roles.is_side(column)), None)
    if found is None:
        facts.notes.append(f"{table.name}: no column could be told to be the target, so that none was held against it")
        facts.inputs = tuple(column for column in table.columns if not roles.is_named_id(column.name))
        facts.group = next((column for column in table.columns if roles.looks_like_group(column)), None)
        return facts
    facts.target, facts.target_why = found
    facts.notes.append(f"{table.name}: {facts.target.name} is taken for the target ({facts.target_why})")
    choice = choose(table, TableWish(target=facts.target.name, group=wish.group, time=wish.time, exclude=wish.exclude))
    facts.group = choice.group
    skip = frozenset(one.column for one in choice.excluded)
    facts.leaks = find_leaks(table, facts.target, wish.negative, skip)
    leaking = {leak.column for leak in facts.leaks}
    facts.inputs = tuple(column for column in choice.inputs if column.name not in leaking)
    return facts


def _repeated(columns: Sequence[Column]) -> list[tuple[int, int]]:
    columns = [column for column in columns if column.type != "empty"]
    if not columns or len(columns[0]) < 2 or _by_chance(columns):
        return []
    keys = row_keys(columns)
    values, first, inverse = np.unique(keys, return_index=True, return_inverse=True)
    if len(values) == len(keys):
        return []
    starts = first[inverse]
    rows = np.flatnonzero(starts != np.arange(len(keys)))
    return [(int(row), int(starts[row])) for row in rows if _same(columns, int(row), int(starts[row]))]


def _by_chance(columns: Sequence[Column]) -> bool:
    room = 0.0
    for column in columns:
        values = column.codes if column.type in ("category", "text") else column.numbers
        room += float(np.log10(max(1, len(np.unique(values)))))
    return bool(room < np.log10(CHANCE * len(columns[0])))


def row_keys(columns: Sequence[Column]) -> NDArray[np.uint64]:
    """64 bits a row from all its cells; equal rows have equal keys."""
    keys = np.zeros(len(columns[0]), dtype=np.uint64)
    with np.errstate(over="ignore"):
        for column in columns:
            if column.type in ("category", "text"):
                bits = column.codes.astype(np.int64).view(np.uint64)
            else:
                bits = np.where(np.isnan(column.numbers), np.inf, column.numbers + 0.0).view(np.uint64)
            keys = (keys ^ bits) * np.uint64(0x9E3779B97F4A7C15)
            keys ^= keys >> np.uint64(29)
    return keys


def _same(columns: Sequence[Column], row: int, other: int) -> bool:
    return all(column.text(row) == column.text(other) for column in columns)


__all__ = ["ChoiceProblem", "TableFacts", "row_keys", "table_facts"]
