"""All tables of a tree through all checks: what `tongguan inspect` says of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

from tongguan.catalog.formats.base import Report, Tree
from tongguan.catalog.media.base import MediaProblem
from tongguan.catalog.media.series import Rhythm, rhythm_of, time_column
from tongguan.catalog.media.table import ColumnFacts, Table, column_facts
from tongguan.prepare.checks.tables import roles
from tongguan.prepare.checks.tables.choice import ChoiceProblem, TableWish, group_keys, is_called
from tongguan.prepare.checks.tables.facts import TableFacts, table_facts
from tongguan.prepare.checks.tables.source import TableFiles, find_tables, load

Take = Callable[[TableFacts], None]


@dataclass(slots=True)
class TableSeen:
    """What is kept of a table once its cells are gone. `roles` names what a column is for, where it is no input."""

    name: str
    files: tuple[str, ...]
    rows: int
    columns: tuple[ColumnFacts, ...]
    target: str | None
    target_why: str
    group: str | None
    groups: int
    roles: dict[str, str] = field(default_factory=dict)
    classes: dict[str, int] = field(default_factory=dict)
    time: str | None = None
    rhythm: Rhythm | None = None

    def to_json(self) -> dict[str, Any]:
        """One entry of the list `tables`."""
        return {
            "table": self.name,
            "files": list(self.files),
            "rows": self.rows,
            "target": self.target,
            "target_why": self.target_why,
            "group": self.group,
            "groups": self.groups,
            "classes": self.classes,
            "time": self.time,
            "rhythm": asdict(self.rhythm) if self.rhythm else None,
            "columns": [{**column.to_json(), "role": self.roles.get(column.name, "input")} for column in self.columns],
        }


def look_at_tables(tree: Tree, wish: TableWish, report: Report, take: Take) -> list[TableSeen]:
    """Reads one table after the other, hands each to `take`, and keeps its figures. Files that cannot be read are
    refused in the report, and so is a row that does not fit its heading.

    Raises ChoiceProblem where a table or a column that was asked for does not exist.
    """
    files, damaged = find_tables(tree)
    if wish.table:
        wanted = [one for one in files if any(is_called(path, wish.table) for path, _ in one.members)]
        if not wanted:
            names = [one.name for one in files]
            raise ChoiceProblem(f"table={wish.table}: there is none; there are {', '.join(names)}", names)
        files, damaged = wanted, []
    for path, problem in damaged:
        report.refuse(path, "file", problem.detail, check=problem.check)
    return [seen for one in files if (seen := _look(tree, one, wish, report, take))]


def _look(tree: Tree, files: TableFiles, wish: TableWish, report: Report, take: Take) -> TableSeen | None:
    try:
        table = load(tree, files)
    except MediaProblem as problem:
        report.refuse(files.name, "file", problem.detail, check=problem.check)
        return None
    for row in table.refused:
        report.refuse(row.item, "item", row.reason)
    facts = table_facts(table, wish)
    report.notes.extend([*table.notes, *facts.notes])
    report.items += table.rows
    report.files += len(files.members)
    if facts.target is not None:
        report.count("class", int((~facts.target.missing).sum()))
    take(facts)
    return _seen(table, facts, tuple(path for path, _ in files.members))


def _seen(table: Table, facts: TableFacts, files: tuple[str, ...]) -> TableSeen:
    columns = tuple(column_facts(column) for column in table.columns)
    inputs = {column.name for column in facts.inputs}
    leaking = {leak.column for leak in facts.leaks}
    roles_ = {name: _role(name, facts, leaking) for name in table.names if name not in inputs or facts.target is None}
    classes: dict[str, int] = {}
    if facts.target is not None and facts.target.type == "category":
        codes = facts.target.codes
        classes = {level: int((codes == at).sum()) for at, level in enumerate(facts.target.levels)}
    time = time_column(table)
    return TableSeen(
        name=table.name,
        files=files,
        rows=table.rows,
        columns=columns,
        target=facts.target.name if facts.target else None,
        target_why=facts.target_why,
        group=facts.group.name if facts.group else None,
        groups=len(set(group_keys(facts.group, table))) if facts.group else 0,
        roles=roles_,
        time=time.name if time else None,
        rhythm=rhythm_of(time) if time else None,
        classes=dict(sorted(classes.items(), key=lambda entry: (-entry[1], entry[0]))),
    )


def _role(name: str, facts: TableFacts, leaking: set[str]) -> str:
    if facts.target is not None and name == facts.target.name:
        return "target"
    if name in leaking:
        return "leaking"
    if facts.group is not None and name == facts.group.name:
        return "group"
    if facts.side is not None and name == facts.side.name:
        return "side"
    if facts.target is None:
        return "id" if roles.is_named_id(name) else "open"
    return "id" if roles.is_named_id(name) or roles.is_unique(facts.table.column(name)) else "left out"
