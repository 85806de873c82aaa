"""Which table and which columns: target, group, time, side, inputs, and what is left out with the reason."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from tongguan.catalog.media.table import Column, Table
from tongguan.prepare.checks.tables import roles

# A group key in more than this share of the rows, while the others hold two rows at most, names nobody (`NL`).
PLACEHOLDER = 0.1


class ChoiceProblem(Exception):
    """Nothing can be decided: the message says what to name, `candidates` what there is to choose from."""

    def __init__(self, words: str, candidates: Sequence[str] = ()) -> None:
        super().__init__(words)
        self.candidates = list(candidates)


@dataclass(frozen=True, slots=True)
class TableWish:
    """What a person asked for; empty where they left it open. `exclude` names columns that are never inputs."""

    table: str = ""
    target: str = ""
    group: str = ""
    time: str = ""
    exclude: tuple[str, ...] = ()
    negative: str = ""


@dataclass(frozen=True, slots=True)
class Excluded:
    """A column that is no input. why: target, group, time, side, id, unique, empty, constant, asked, leaking, text."""

    column: str
    why: str
    detail: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Choice:
    """The roles of a table's columns. `target` as read; `target.as_category()` gives class levels."""

    table: Table
    target: Column
    target_why: str
    group: Column | None
    time: Column | None
    side: Column | None
    inputs: tuple[Column, ...]
    excluded: tuple[Excluded, ...] = field(default=())

    def group_keys(self) -> list[str]:
        """One key a row; rows without one, or with a placeholder, are each a group of their own."""
        return group_keys(self.group, self.table)

    def sides(self) -> list[str | None]:
        """For each row train, kept, test, line or None: by the side column, else by its file."""
        if self.side is None:
            return self.table.sides()
        said = [self.side.text(row) for row in range(len(self.side))]
        return [roles.SIDE_WORDS.get(one.lower()) if one else None for one in said]


def choose(table: Table, wish: TableWish = TableWish(), leaking: Iterable[tuple[str, str]] = ()) -> Choice:
    """Decides the columns of a table by CONTRACTS section 8. `leaking` are (column, evidence) to leave out.

    Raises ChoiceProblem where no target can be told, or a named column does not exist.
    """
    _check_names(table, wish)
    target, why = choose_target(table, wish)
    side = next((column for column in table.columns if roles.is_side(column) and column.name != target.name), None)
    group = _named(table, wish.group) if wish.group else _group(table, target)
    time = _named(table, wish.time) if wish.time else _time(table, target)
    found = dict(leaking)
    excluded: list[Excluded] = []
    inputs: list[Column] = []
    special = {
        target.name: ("target", ""),
        **({group.name: ("group", "")} if group else {}),
        **({time.name: ("time", "")} if time else {}),
        **({side.name: ("side", "")} if side else {}),
        **dict.fromkeys(wish.exclude, ("asked", "")),
    }
    for column in table.columns:
        reason = special.get(column.name) or _never_an_input(column, found)
        if reason:
            excluded.append(Excluded(column.name, *reason))
        else:
            inputs.append(column)
    return Choice(table, target, why, group, time, side, tuple(inputs), tuple(excluded))


def choose_target(table: Table, wish: TableWish = TableWish()) -> tuple[Column, str]:
    """(target, why): the named one, else the only column named label, target, class, fault or y, else the only one that
    holds `negative`. Raises ChoiceProblem with the candidates."""
    if wish.target:
        return _named(table, wish.target), "named"
    by_name = [column for column in table.columns if column.name.strip().lower() in roles.TARGET_NAMES]
    if len(by_name) == 1:
        return by_name[0], f"the only column named {', '.join(roles.TARGET_NAMES)}"
    if wish.negative and not by_name:
        holding = [column for column in table.columns if holds(column, wish.negative)]
        if len(holding) == 1:
            return holding[0], f"the only column that holds {wish.negative}"
        by_name = holding
    words = "several columns may be the target" if by_name else "no column is named like a target"
    candidates = [column.name for column in by_name or table.columns if _may_be_target(column)]
    raise ChoiceProblem(f"{words}: say which with target=; candidates are {', '.join(candidates[:20])}", candidates)


def guess_target(table: Table) -> tuple[Column, str] | None:
    """As `choose_target`, by softer signs as well: for looking at data, where a wrong guess costs little. None when
    nothing speaks for one column."""
    try:
        return choose_target(table)
    except ChoiceProblem:
        pass
    able = [c for c in table.columns if _may_be_target(c) and not roles.is_answer(c.name) and not roles.is_side(c)]
    holding = [column for column in able if roles.negative_of(column)]
    if len(holding) == 1:
        return holding[0], f"a guess: the only column that holds {roles.negative_of(holding[0])}"
    named = [c for c in able if not roles.TARGET_WORDS.isdisjoint(roles.words_of(c.name)) and c.type == "category"]
    if len(named) == 1:
        return named[0], "a guess by its name"
    return None


def choose_by_target(tables: Sequence[Table], wish: TableWish) -> Table:
    """Of several tables the one called `table=` (its path, name or stem), else the only one that has the target.

    Raises ChoiceProblem with the names.
    """
    names = [table.name for table in tables]
    if wish.table:
        found = [table for table in tables if is_called(table.name, wish.table)]
        if len(found) != 1:
            raise ChoiceProblem(
                f"table={wish.table}: {len(found)} tables are called so; there are {', '.join(names)}", names
            )
        return found[0]
    if len(tables) == 1:
        return tables[0]
    able = [table for table in tables if _has_target(table, wish)]
    if len(able) == 1:
        return able[0]
    words = "none has a clear target" if not able else "several have one"
    raise ChoiceProblem(f"{len(tables)} tables, {words}: say which with table=; there are {', '.join(names)}", names)


def is_called(path: str, name: str) -> bool:
    """Whether `name` is the path, the file name or the stem."""
    file = path.rpartition("/")[2]
    return name in (path, file, file.rpartition(".")[0])


def holds(column: Column, value: str) -> bool:
    """Whether a category or text column has that value."""
    return column.type in ("category", "text") and value in column.levels


def group_keys(group: Column | None, table: Table) -> list[str]:
    """One key a row; rows without a key, or with one that stands for nobody, are groups of their own."""
    items = table.items()
    if group is None:
        return items
    texts = [group.text(row) for row in range(len(group))]
    nobody = placeholder(group)
    return [item if text is None or text == nobody else text for item, text in zip(items, texts, strict=True)]


def placeholder(group: Column) -> str | None:
    """A group value that is no group: it fills more than a tenth of the rows while the others hold two at most."""
    codes = group.as_category()
    counts: NDArray[np.int64] = np.bincount(codes.codes[codes.codes >= 0], minlength=len(codes.levels))
    if len(counts) < 10:
        return None
    most = int(counts.argmax())
    others = np.delete(counts, most)
    return codes.levels[most] if counts[most] > PLACEHOLDER * len(group) and others.max() <= 2 else None


def _check_names(table: Table, wish: TableWish) -> None:
    for name in wish.exclude:
        _named(table, name)


def _named(table: Table, name: str) -> Column:
    try:
        return table.column(name)
    except KeyError:
        close = [known for known in table.names if known.strip().lower() == name.strip().lower()]
        if len(close) == 1:
            return table.column(close[0])
    raise ChoiceProblem(f"{table.name} has no column {name}; it has {', '.join(table.names[:30])}", table.names)


def _has_target(table: Table, wish: TableWish) -> bool:
    try:
        choose_target(table, wish)
    except ChoiceProblem:
        return False
    return True


def _may_be_target(column: Column) -> bool:
    return column.type in ("category", "number") and not roles.is_named_id(column.name) and not roles.is_unique(column)


def _group(table: Table, target: Column) -> Column | None:
    found = [c for c in table.columns if c.name != target.name and roles.looks_like_group(c)]
    return found[0] if len(found) == 1 else None


def _time(table: Table, target: Column) -> Column | None:
    found = [column for column in table.columns if column.type == "time" and column.name != target.name]
    return found[0] if len(found) == 1 else None


def _never_an_input(column: Column, leaking: dict[str, str]) -> tuple[str, str] | None:
    if column.name in leaking:
        return "leaking", leaking[column.name]
    if column.type == "empty":
        return "empty", "no cell holds anything"
    if roles.is_named_id(column.name):
        return "id", "its name says that it is an id"
    if roles.is_unique(column):
        return "unique", "every row has a value of its own"
    if column.type == "text":
        return "text", "free text"
    if _constant(column):
        return "constant", "one value in all rows"
    return None


def _constant(column: Column) -> bool:
    values = column.numbers if column.type in ("number", "time") else column.codes
    return bool(len(values)) and not column.missing.any() and bool((values == values[0]).all())
