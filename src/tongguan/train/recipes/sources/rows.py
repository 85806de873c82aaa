"""Rows of a table: each row an item `FILE:N`, its bytes the cells beside the target as JSON."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from tongguan.catalog.formats.tree import open_tree
from tongguan.catalog.labels.class_ import ClassLabel
from tongguan.catalog.media.base import MediaProblem
from tongguan.catalog.media.table import SUFFIXES, Table, read_table
from tongguan.prepare.checks.tables import Choice, ChoiceProblem, TableWish, find_tables, load_choice
from tongguan.train.recipes.base import ItemUnreadable, RecipeError, UsageProblem
from tongguan.train.recipes.items import LeftOut, data_digest, label_digest, sha256_hex
from tongguan.train.recipes.sources.base import Asked, Found, Progress, Source
from tongguan.train.recipes.table_parts.params import TableParams

STAGE = ("stage", "分期")
FORMAT = "table"


class RowTree:
    """The rows of all tables of a folder, archive or file as members `FILE:N`. `tables` are there for training."""

    def __init__(self, path: Path) -> None:
        self._tree = open_tree(path)
        self._bytes: dict[str, bytes] = {}
        self._loaded: dict[str, Table] = {}
        self._target = ""

    def close(self) -> None:
        """Frees the files."""
        self._tree.close()

    def list(self) -> list[str]:
        """Names of the rows that were opened before."""
        return sorted(self._bytes)

    def size(self, path: str) -> int:
        """Bytes of a row."""
        return len(self._row(path))

    def open(self, path: str) -> BinaryIO:
        """The row's cells as JSON. FileNotFoundError where there is no such row."""
        return io.BytesIO(self._row(path))

    def _row(self, path: str) -> bytes:
        file = path.rpartition(":")[0]
        if file not in self._loaded:
            self._loaded[file] = _read(self._tree, file)
            self._bytes |= dict(row_bytes(self._loaded[file]))
        if path not in self._bytes:
            raise FileNotFoundError(path)
        return self._bytes[path]


class Rows:
    """Contract of `Media` for tables."""

    id = "table"
    suffixes = SUFFIXES
    at_once = 512

    def read(self, path: Path, format_id: str, asked: Asked, progress: Progress | None = None) -> Source:
        """The one table that is wanted, by CONTRACTS section 8; leaking columns are refused as inputs."""
        params = asked.params
        if not isinstance(params, TableParams):
            raise TypeError("a recipe that learns from tables has their parameters")
        if format_id not in ("auto", FORMAT, "csv"):
            raise UsageProblem("unknown_format", f"{asked.manifest.id} reads tables, not {format_id}")
        if not path.exists():
            raise UsageProblem("data_missing", f"{path}: no such file or folder", path=str(path))
        choice = choice_of(path, params)
        found, left_out, digest = _found(choice, params, asked.kept)
        if progress:
            progress(len(found))
        return Source(
            path=str(path.resolve()),
            format=FORMAT,
            why=choice.target_why,
            sha256=digest,
            found=tuple(found),
            left_out=tuple(left_out),
            grouped=choice.group is not None,
            by="time" if params.time and asked.kept > 0 else None,
            copies=True,
            facts=_facts(choice),
        )

    def open(self, path: Path) -> RowTree:
        """Rows by their names."""
        return RowTree(path)

    def members(self, name: str, content: bytes) -> Iterator[tuple[str, bytes]]:
        """Every row of a file. Raises ItemUnreadable."""
        try:
            table = read_table(_OneFile(content), name)
        except MediaProblem as problem:
            raise ItemUnreadable(problem.check, problem.detail) from problem
        yield from row_bytes(table)


class _OneFile:
    """One file in memory, as reading a table wants it."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def open(self, path: str) -> BinaryIO:
        """Its bytes, whatever the name."""
        return io.BytesIO(self._content)

    def size(self, path: str) -> int:
        """How many."""
        return len(self._content)


def choice_of(path: Path, params: TableParams) -> Choice:
    """The table with the roles of its columns. Raises UsageProblem where it cannot be told, RecipeError where the
    table is broken."""
    tree = open_tree(path)
    exclude = tuple(name.strip() for name in params.exclude.split(",") if name.strip())
    wish = TableWish(
        params.table or "", params.target or "", params.group or "", params.time or "", exclude, params.negative_class()
    )
    try:
        return load_choice(tree, wish)
    except ChoiceProblem as problem:
        raise UsageProblem("table_undecidable", str(problem), candidates=problem.candidates) from problem
    except MediaProblem as problem:
        raise RecipeError("data_unreadable", f"{path}: {problem.detail}", path=str(path)) from problem
    finally:
        tree.close()


def row_bytes(table: Table) -> Iterator[tuple[str, bytes]]:
    """(name, bytes) of every row: its cells by column, numbers as numbers, nothing for a missing cell."""
    plain = [(column.name, column.type in ("number", "time"), column) for column in table.columns]
    for row, name in enumerate(table.items()):
        cells: dict[str, Any] = {}
        for column_name, numeric, column in plain:
            if numeric:
                value = float(column.numbers[row])
                if not np.isnan(value):
                    cells[column_name] = value
            else:
                text = column.text(row)
                if text is not None:
                    cells[column_name] = text
        yield name, json.dumps(cells, ensure_ascii=False, sort_keys=True).encode()


def _read(tree: Any, file: str) -> Table:
    files, _ = find_tables(tree)
    for one in files:
        paths = [path for path, _ in one.members]
        if file in paths:
            return read_table(tree, paths)
    raise FileNotFoundError(file)


def _found(choice: Choice, params: TableParams, kept: float) -> tuple[list[Found], list[LeftOut], str]:
    table, target = choice.table, choice.target.as_category()
    keys, sides = choice.group_keys(), _sides(choice, params, kept)
    slices = _slice_columns(choice, params)
    found: list[Found] = []
    left_out = [LeftOut(name=one.item, reason=one.reason) for one in table.refused]
    digests = []
    for row, (name, content) in enumerate(row_bytes(table)):
        sha = sha256_hex(_without(content, target.name))
        label = target.text(row)
        labels = () if label is None else (ClassLabel(label=label[:200]),)
        digests.append((sha, label_digest(labels or None)))
        if label is None:
            left_out.append(LeftOut(name=name, reason="unlabelled"))
            continue
        group = sha if keys[row] == name else keys[row]
        shown = {one: table.column(one).text(row) or "" for one in slices}
        found.append(Found(name, name, sha, labels, sides[row], group, slices=shown))
    return found, left_out, data_digest(digests)


def _without(content: bytes, target: str) -> bytes:
    cells: Mapping[str, Any] = json.loads(content)
    return json.dumps({name: value for name, value in cells.items() if name != target}, ensure_ascii=False).encode()


def _sides(choice: Choice, params: TableParams, kept: float) -> list[str | None]:
    """By the data's own sides; where a time column was named, the last rows are kept."""
    own = choice.sides()
    if not params.time or choice.time is None or kept <= 0 or any(own):
        return own
    when = choice.time.numbers
    order = np.argsort(np.where(np.isnan(when), -np.inf, when), kind="stable")
    last = set(order[len(order) - max(1, round(len(order) * kept)) :].tolist())
    return ["kept" if row in last else "train" for row in range(len(order))]


def _slice_columns(choice: Choice, params: TableParams) -> list[str]:
    if params.slices:
        wanted = [name.strip() for name in params.slices.split(",") if name.strip()]
        missing = [name for name in wanted if name not in choice.table.names]
        if missing:
            raise UsageProblem("bad_parameter", f"slices: the table has no column {', '.join(missing)}")
        return wanted
    return [name for name in choice.table.names if any(word in name.lower() for word in STAGE)]


def _facts(choice: Choice) -> dict[str, Any]:
    excluded = [one for one in choice.excluded if one.why not in ("target", "group", "time", "side")]
    return {
        "table": choice.table.name,
        "target": choice.target.name,
        "group": choice.group.name if choice.group else None,
        "time": choice.time.name if choice.time else None,
        "inputs": [column.name for column in choice.inputs],
        "excluded": [{"column": one.column, "why": one.why, "detail": one.detail} for one in excluded],
    }
