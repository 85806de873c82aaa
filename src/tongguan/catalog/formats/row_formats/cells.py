"""What tables of rows share: which columns hold label, side and group, and rows gathered before they are written."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import IO, Any

import orjson
from pydantic import ValidationError

from tongguan.catalog.formats.base import ReadItem, Report, Sink, WriteItem, WriteOptions
from tongguan.catalog.formats.lined import begin_part, side_of
from tongguan.catalog.formats.marks import ItemMarks, first_error
from tongguan.catalog.formats.paths import SIDES, side_folder
from tongguan.catalog.formats.writing import Describes, Writing
from tongguan.catalog.labels.base import LabelRecord
from tongguan.catalog.labels.cell import CellLabel
from tongguan.catalog.labels.class_ import ClassLabel
from tongguan.catalog.labels.registry import LABEL_KINDS

LABEL, LABELS, SIDE, GROUP = "label", "labels", "split", "group"
OWN = (LABEL, LABELS, SIDE, GROUP)
TARGETS = ("label", "target", "class", "fault", "y", "标签", "类别")
IN_MEMORY = 4 * 2**20


class RowFormat(Describes):
    """What CSV and Parquet share. An item is a row, its text the cells as JSON by column; its cells have row 1."""

    kinds = frozenset({"class", "cell"})
    media = frozenset({"table"})
    keeps = frozenset({"sides", "empty", "unlabelled", "attributes", "lists", "score", "any_names"})

    def write(self, items: Iterable[WriteItem], sink: Sink, options: WriteOptions, report: Report) -> None:
        """One table: the columns of all rows, then label, labels, split and group where some row has one."""
        out = Writing(self, sink, options, report)
        with Gathered() as rows:
            for item in items:
                row = self._row(item, out)
                if row is not None:
                    rows.add(row)
            self.save(rows, sink)
        report.files += 1
        out.finish()

    def save(self, rows: Gathered, sink: Sink) -> None:
        """Writes the file."""
        raise NotImplementedError

    def _row(self, item: WriteItem, out: Writing) -> dict[str, Any] | None:
        begun = begin_part(item, out)
        if begun is None:
            return None
        problem, cells = _cells(begun[0])
        if problem:
            out.report.items -= 1
            out.report.refuse(item.name, "item", problem)
            return None
        labels = begun[1]
        if labels is not None:
            fitting = tuple(label for label in labels if not isinstance(label, CellLabel) or label.row == 1)
            for label in labels:
                if label not in fitting:
                    out.refuse(item, label, "an item is one row here, and the cell lies in another")
            labels = fitting if fitting or not labels else None
        return {**cells, **_written(labels, out), **_where(item)}


class Gathered:
    """Rows in a temporary file with the union of their columns, since a heading comes before the first row."""

    def __init__(self) -> None:
        self._spool: IO[bytes] = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115  closed by __exit__
        self._columns: dict[str, None] = {}

    def __enter__(self) -> Gathered:
        return self

    def __exit__(self, *_: object) -> None:
        self._spool.close()

    def add(self, row: Mapping[str, Any]) -> None:
        """One more row."""
        self._columns.update(dict.fromkeys(row))
        self._spool.write(orjson.dumps(row) + b"\n")

    @property
    def columns(self) -> list[str]:
        """All columns in order of appearance, ours last."""
        return [name for name in self._columns if name not in OWN] + [name for name in OWN if name in self._columns]

    def rows(self) -> Iterator[dict[str, Any]]:
        """Every row, in order."""
        self._spool.seek(0)
        for line in self._spool:
            yield orjson.loads(line)


def row_item(place: tuple[str, int], row: dict[str, Any], target: str | None, report: Report) -> ReadItem:
    """The item of a row. place: file and number from 1, the header not counted."""
    path, number = place
    name = f"{path}:{number}"
    report.items += 1
    cells = {column: value for column, value in row.items() if column != target and column not in (LABELS, SIDE, GROUP)}
    marks = ItemMarks(name, report)
    labels: tuple[LabelRecord, ...] | None = None
    said = row.get(target) if target else None
    if row.get(LABELS):
        _records(row[LABELS], marks)
        labels = marks.settle()
    elif said is not None:
        marks.class_(_word(said))
        labels = marks.settle()
    side = SIDES.get(str(row.get(SIDE) or "").strip().lower()) or side_of(path)
    group = _word(row[GROUP]) if row.get(GROUP) is not None else None
    text = orjson.dumps(cells).decode()
    return ReadItem(name, None, labels, side=side, group=group, media="table", text=text)


def target_of(names: Sequence[str]) -> str | None:
    """The only column whose name says that it holds the label; None where there is none or several."""
    if LABELS in names:
        return LABEL if LABEL in names else None
    found = [name for name in names if name.strip().lower() in TARGETS]
    return found[0] if len(found) == 1 else None


def several_targets(names: Sequence[str], path: str, report: Report) -> None:
    """Says where a table has several columns that could hold the label."""
    found = [name for name in names if name.strip().lower() in TARGETS]
    if len(found) > 1 and LABELS not in names:
        report.notes.append(f"{path}: the columns {', '.join(found)[:200]} could all hold the label; none was taken")


def _word(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


def _records(raw: Any, marks: ItemMarks) -> None:
    try:
        records = orjson.loads(raw) if isinstance(raw, str) else None
    except orjson.JSONDecodeError:
        records = None
    if not isinstance(records, list) or not all(isinstance(one, dict) for one in records):
        marks.refuse("class", f"{LABELS} holds no list of labels as JSON")
        return
    for record in records:
        kind = str(record.get("kind", ""))
        if kind not in ("class", "cell"):
            marks.unsupported(kind or "class", f"a row holds no labels of kind {kind}")
            continue
        try:
            made = LABEL_KINDS[kind].schema.model_validate(record)
        except ValidationError as error:
            marks.refuse(kind, first_error(error))
            continue
        fields = {
            key: value for key, value in record.items() if key not in ("kind", "label", "attributes", "score", "id")
        }
        marks.add(made.label, (kind, fields), made.attributes, made.score, made.id)


def _cells(text: str) -> tuple[str, dict[str, Any]]:
    """(what is wrong, cells of a row)."""
    try:
        cells = orjson.loads(text)
    except orjson.JSONDecodeError:
        return "its text is no row: an object of cells by column is wanted", {}
    if not isinstance(cells, dict):
        return "its text is no row: an object of cells by column is wanted", {}
    taken = [name for name in cells if name in OWN]
    if taken:
        return f"the row has a column {taken[0]} of its own, which holds labels, sides or groups here", {}
    return "", cells


def _written(labels: tuple[LabelRecord, ...] | None, out: Writing) -> dict[str, Any]:
    if labels is None:
        return {}
    for label in labels:
        out.done(label)
    classes = [label for label in labels if isinstance(label, ClassLabel)]
    plain = len(classes) == len(labels) == 1 and classes[0] == ClassLabel(label=classes[0].label)
    if plain and classes[0].label == classes[0].label.strip() and not _numeric(classes[0].label):
        return {LABEL: classes[0].label}
    records = [label.model_dump(exclude_defaults=True) | {"kind": label.kind} for label in labels]
    return {LABEL: classes[0].label if classes else None, LABELS: orjson.dumps(records).decode()}


def _numeric(text: str) -> bool:
    """Whether the text would come back as another one."""
    try:
        return _word(float(text)) != text
    except ValueError:
        return False


def _where(item: WriteItem) -> dict[str, Any]:
    found = {SIDE: side_folder(item.side), GROUP: item.group}
    return {key: value for key, value in found.items() if value}
