"""A table `labels.csv` beside the files: columns file, label, and if wanted group and side."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tongguan.catalog.formats.base import ReadError, ReadItem, Report, Sink, Sniff, Tree, WriteItem, WriteOptions
from tongguan.catalog.formats.output import side_path
from tongguan.catalog.formats.paths import SIDES, folder_of, join, safe_path, side_folder, side_of_folders, suffix_of
from tongguan.catalog.formats.pictures import PictureIndex
from tongguan.catalog.formats.spool import Part
from tongguan.catalog.formats.tables import row_text
from tongguan.catalog.formats.text import decode, name_problem, read_head, read_text
from tongguan.catalog.formats.writing import Describes, Writing
from tongguan.catalog.labels.class_ import ClassLabel

FILE = ("file", "filename", "file_name", "image", "path", "文件", "文件名")
LABEL = ("label", "class", "target", "category", "标签", "类别")
GROUP = ("group", "分组", "组")
SIDE = ("side", "split", "划分")
MOST_ROWS = 10_000_000


@dataclass(frozen=True, slots=True)
class _Table:
    path: str
    reader: csv.DictReader[str]
    file: str
    label: str
    group: str | None
    side: str | None


class LabelTableFormat(Describes):
    """Contract of `Format` for `csv`: one row for each file; an empty label is unlabelled."""

    id = "csv"
    title = "a table of labels"
    kinds = frozenset({"class"})
    media = frozenset({"image", "sound"})
    keeps = frozenset({"sides", "unlabelled", "names"})
    most_labels = 1

    def sniff(self, tree: Tree) -> Sniff:
        """The only CSV whose first line names a file and a label."""
        found = [path for path in tree.list() if suffix_of(path) == ".csv" and _heading(tree, path)]
        if len(found) != 1:
            return Sniff(0.0, f"{len(found)} CSV files name files and labels")
        other = next((path for path in tree.list() if suffix_of(path) in (".json", ".xml")), None)
        return Sniff(0.6 if other else 0.95, f"{found[0]} names files and their labels")

    def read(self, tree: Tree, report: Report) -> Iterator[ReadItem]:
        """Every row once; pictures that no row names are unlabelled items."""
        try:
            table = _open(tree)
        except ReadError as error:
            report.refuse("labels.csv", "file", str(error))
            return
        pictures = PictureIndex(tree.list())
        members = frozenset(tree.list())
        seen: set[str] = set()
        for number, row in enumerate(table.reader, start=1):
            if number > MOST_ROWS:
                raise ReadError(f"{table.path}: more than {MOST_ROWS:,} rows")
            name = (row.get(table.file) or "").strip()
            if not name:
                report.refuse(f"{table.path}:{number}", "item", "the row names no file")
                continue
            if safe_path(name) is None:
                report.refuse(f"{table.path}:{number}", "item", f"{name[:80]} leaves the folder")
                continue
            path = _place(pictures, members, table.path, name)
            if (path or name) in seen:
                report.refuse(name, "item", f"{table.path}:{number} names the file a second time")
                continue
            seen.add(path or name)
            report.items += 1
            yield ReadItem(
                path or name,
                path,
                _labels(row, table, name, report),
                side=_side(row, table, path or name),
                group=((row.get(table.group) or "").strip() or None) if table.group else None,
            )
        for path in pictures.paths:
            if path not in seen:
                report.items += 1
                yield ReadItem(path, path, None, side=side_of_folders(path))

    def write(self, items: Iterable[WriteItem], sink: Sink, options: WriteOptions, report: Report) -> None:
        """files/NAME and labels.csv; an item with several label classes is refused."""
        out = Writing(self, sink, options, report)
        table = Part(b"")
        table.add(row_text(("file", "label", "group", "split")).encode())
        try:
            for item in items:
                if item.labels == () or sum(label.kind == "class" for label in item.labels or ()) > 1:
                    several = "several label classes, and a row holds one" if item.labels else "nothing here"
                    reason = f"{several}: an empty label would say that it is not labelled"
                    report.refuse(item.name, "class" if item.labels else "item", reason, len(item.labels or (0,)))
                    continue
                begun = out.begin(item, lambda name, item=item: side_path("files", item, name))  # type: ignore[misc]
                if begun is None:
                    continue
                label = begun[1][0] if begun[1] else None
                if label is not None and label.label != label.label.strip():
                    out.refuse(item, label, "blanks at the ends of a name mean nothing in a table")
                    label = None
                if label is not None:
                    out.done(label)
                name = side_path("files", item, begun[0])
                row = (name, label.label if label else "", item.group or "", side_folder(item.side))
                table.add(row_text(row).encode())
            sink.write("labels.csv", table.chunks())
            report.files += 1
        finally:
            table.close()
        out.finish()


def _open(tree: Tree) -> _Table:
    found = [path for path in tree.list() if suffix_of(path) == ".csv"]
    usable = [path for path in found if _heading(tree, path)]
    if len(usable) != 1:
        raise ReadError(f"{len(usable)} CSV files have the columns file and label; one is wanted (such as labels.csv)")
    reader = csv.DictReader(io.StringIO(read_text(tree, usable[0]), newline=""))
    names = list(reader.fieldnames or ())
    file, label = _column(names, FILE), _column(names, LABEL)
    if file is None or label is None:
        raise ReadError(f"{usable[0]}: the columns file and label are missing")
    return _Table(usable[0], reader, file, label, _column(names, GROUP), _column(names, SIDE))


def _heading(tree: Tree, path: str) -> bool:
    try:
        first = decode(read_head(tree, path, 4096).split(b"\n")[0], path)
    except ReadError:
        return False
    names = next(csv.reader([first.strip()]), [])
    return _column(names, FILE) is not None and _column(names, LABEL) is not None


def _column(names: list[str], wanted: tuple[str, ...]) -> str | None:
    return next((name for one in wanted for name in names if name.strip().lower() == one), None)


def _place(pictures: PictureIndex, members: frozenset[str], table: str, name: str) -> str | None:
    clean = safe_path(name)
    if clean is None:
        return None
    found = next((path for path in (join(folder_of(table), clean), clean) if path in members), None)
    if found:
        return found
    return pictures.first_known((join(folder_of(table), clean), clean)) or pictures.anywhere(clean)


def _labels(row: dict[str, str], table: _Table, name: str, report: Report) -> tuple[ClassLabel, ...] | None:
    label = (row.get(table.label) or "").strip()
    if not label:
        return None
    problem = name_problem(label)
    if problem:
        report.refuse(name, "class", problem)
        return None
    report.count("class")
    return (ClassLabel(label=label),)


def _side(row: dict[str, str], table: _Table, path: str) -> str | None:
    said = (row.get(table.side) or "").strip().lower() if table.side else ""
    return SIDES.get(said) or side_of_folders(path)
