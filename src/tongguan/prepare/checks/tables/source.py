"""The tables of a tree: files with the same columns and a side in their name (train.csv, test.csv) are one table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tongguan.catalog.formats.base import Tree
from tongguan.catalog.formats.paths import is_junk, side_of_folders
from tongguan.catalog.media.base import MediaProblem
from tongguan.catalog.media.table import SUFFIXES, ColumnType, Table, read_names, read_table
from tongguan.catalog.media.table.read import suffix
from tongguan.prepare.checks.tables.choice import Choice, ChoiceProblem, TableWish, choose, choose_by_target, is_called
from tongguan.prepare.checks.tables.leaks import find_leaks
from tongguan.prepare.checks.tables.roles import SIDE_WORDS


@dataclass(frozen=True, slots=True)
class TableFiles:
    """The files of one table: (path, side) each, and its columns."""

    name: str
    members: tuple[tuple[str, str | None], ...]
    columns: tuple[str, ...]


def find_tables(tree: Tree) -> tuple[list[TableFiles], list[tuple[str, MediaProblem]]]:
    """(tables, files that look like one and cannot be read), by name. Only headings are read."""
    damaged: list[tuple[str, MediaProblem]] = []
    single: list[TableFiles] = []
    sided: dict[tuple[str, frozenset[str]], list[tuple[str, str]]] = {}
    order: dict[str, tuple[str, ...]] = {}
    for path in tree.list():
        if suffix(path) not in SUFFIXES or is_junk(path):
            continue
        try:
            names = read_names(tree, path)
        except MediaProblem as problem:
            damaged.append((path, problem))
            continue
        except OSError as error:
            damaged.append((path, MediaProblem("unreadable", f"the file cannot be read: {error}")))
            continue
        order[path] = names
        side = side_of(path)
        if side is None:
            single.append(TableFiles(path, ((path, None),), names))
        else:
            sided.setdefault((_family(path), frozenset(names)), []).append((path, side))
    joined = [TableFiles(members[0][0], tuple(members), order[members[0][0]]) for members in sided.values()]
    return sorted([*single, *joined], key=lambda table: table.name), damaged


def load_tables(tree: Tree, types: Mapping[str, ColumnType] | None = None) -> list[Table]:
    """All readable tables of a tree, in memory. Raises MediaProblem for the first that is damaged after its heading."""
    return [load(tree, files, types) for files in find_tables(tree)[0]]


def load(tree: Tree, files: TableFiles, types: Mapping[str, ColumnType] | None = None) -> Table:
    """One table with the sides of its files."""
    sides = {path: side for path, side in files.members if side is not None}
    return read_table(tree, [path for path, _ in files.members], types=types, sides=sides)


def load_choice(tree: Tree, wish: TableWish = TableWish(), *, refuse_leaks: bool = True) -> Choice:
    """The one table that is wanted, with the roles of its columns; leaking columns are left out and say why.

    Raises ChoiceProblem (which table, which target) and MediaProblem (no table can be read).
    """
    files, damaged = find_tables(tree)
    if not files:
        raise damaged[0][1] if damaged else ChoiceProblem("no table (CSV, TSV, XLSX, Parquet) was found")
    table = _wanted(tree, files, wish)
    choice = choose(table, wish)
    if not refuse_leaks:
        return choice
    skip = frozenset(one.column for one in choice.excluded)
    leaks = find_leaks(table, choice.target, wish.negative, skip)
    return choose(table, wish, [(leak.column, leak.detail) for leak in leaks]) if leaks else choice


def side_of(path: str) -> str | None:
    """The side that a file's name or folder says: train.csv, 测试集.csv, val/a.csv."""
    stem = path.rpartition("/")[2].rpartition(".")[0].lower()
    for word in (
        stem,
        stem.rpartition("_")[2],
        stem.rpartition("-")[2],
        stem.partition("_")[0],
        stem.partition("-")[0],
    ):
        if word in SIDE_WORDS:
            return SIDE_WORDS[word]
    return side_of_folders(path)


def _family(path: str) -> str:
    """What the files of one table share: the folder, with a folder that names a side left out."""
    parts = [part for part in path.split("/")[:-1] if part.lower() not in SIDE_WORDS]
    return "/".join(parts)


def _wanted(tree: Tree, files: list[TableFiles], wish: TableWish) -> Table:
    names = [each.name for each in files]
    if wish.table:
        found = [each for each in files if any(is_called(path, wish.table) for path, _ in each.members)]
        if len(found) != 1:
            words = f"table={wish.table}: {len(found)} tables are called so"
            raise ChoiceProblem(f"{words}; there are {', '.join(names)}", names)
        return load(tree, found[0])
    if len(files) == 1:
        return load(tree, files[0])
    return choose_by_target([load(tree, each) for each in files], wish)
