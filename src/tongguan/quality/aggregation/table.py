"""Reading a CSV of answers: one pass, constant memory a row, every bad row named."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from tongguan.quality.aggregation.base import AnswerCoder, Answers

ROLES = ("task", "worker", "label")
# Names that are understood without --columns, the first that the header has.
USUAL_NAMES: dict[str, tuple[str, ...]] = {
    "task": ("question", "task"),
    "worker": ("worker",),
    "label": ("answer", "label"),
}
# A file of nothing but bad rows must not fill the memory with their reasons.
MOST_REFUSED = 1000
LONGEST_CELL = 100_000


class ColumnsUnclear(ValueError):
    """The header does not say which columns hold task, worker and label."""


class AnswersUnreadable(ValueError):
    """The file is not a CSV in UTF-8."""


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row that was left out: `row` counts from 1 without the header."""

    row: int
    column: str
    reason: str


@dataclass(frozen=True, slots=True)
class AnswerTable:
    """What a file held: the good answers, the refused rows (the first 1,000 of them), and how many were refused."""

    answers: Answers
    refused: tuple[RefusedRow, ...]
    refused_count: int


def parse_columns(text: str) -> dict[str, str]:
    """`task=question,worker=worker,label=answer` as a mapping of role to column. ColumnsUnclear on anything else."""
    columns: dict[str, str] = {}
    for part in text.split(","):
        role, sign, name = part.partition("=")
        if not sign or role.strip() not in ROLES or not name.strip():
            raise ColumnsUnclear(f"--columns: {part!r} is not of the form task=NAME, worker=NAME or label=NAME")
        columns[role.strip()] = name.strip()
    return columns


def read_answers(path: Path, columns: Mapping[str, str] | None = None) -> AnswerTable:
    """Reads `path`; `columns` names the column of each role, the usual names are tried for roles it leaves out.

    ColumnsUnclear when a column is missing; AnswersUnreadable with the row when the bytes are no UTF-8 CSV.
    """
    coder = AnswerCoder()
    refused: list[RefusedRow] = []
    count = 0
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = _rows(file, path)
        header = next(rows, None)
        if header is None:
            raise AnswersUnreadable(
                f"{path} is empty: the first line must name the columns, for instance question,worker,answer"
            )
        positions, names = _positions([name.strip() for name in header], columns or {}, path)
        first, second, third = positions
        for number, row in enumerate(rows, start=1):
            try:
                task, worker, label = row[first].strip(), row[second].strip(), row[third].strip()
            except IndexError:
                task = worker = label = ""
            if task and worker and label:
                coder.add(task, worker, label)
                continue
            count += 1
            if len(refused) < MOST_REFUSED:
                refused.append(_problem(number, row, positions, names))
    return AnswerTable(coder.answers(), tuple(refused), count)


def _rows(file: TextIO, path: Path) -> Iterator[list[str]]:
    number = 0
    reader = csv.reader(file)
    try:
        for row in reader:
            if any(len(cell) > LONGEST_CELL for cell in row):
                # The limit of the csv module holds for the whole process, and tables of other rooms have longer cells.
                raise csv.Error(f"a cell has more than {LONGEST_CELL:,} characters")
            if row:
                yield row
                number += 1
    except UnicodeDecodeError as error:
        raise AnswersUnreadable(
            f"{path} is not UTF-8 near row {number}: save it as CSV UTF-8 ({error.reason})"
        ) from error
    except csv.Error as error:
        raise AnswersUnreadable(f"{path}, row {number}: {error}; is a quote not closed?") from error


def _positions(header: Sequence[str], columns: Mapping[str, str], path: Path) -> tuple[list[int], list[str]]:
    names = []
    for role in ROLES:
        wanted = (columns[role],) if role in columns else USUAL_NAMES[role]
        found = next((name for name in wanted if name in header), None)
        if found is None:
            example = ",".join(f"{each}=NAME" for each in ROLES)
            raise ColumnsUnclear(
                f"{path} has no column {' or '.join(wanted)} for the {role}; its columns are "
                f"{', '.join(header[:30])}. Name them with --columns {example}"
            )
        names.append(found)
    return [header.index(name) for name in names], names


def _problem(number: int, row: Sequence[str], positions: Sequence[int], names: Sequence[str]) -> RefusedRow:
    empty = (
        name
        for position, name in zip(positions, names, strict=True)
        if position >= len(row) or not row[position].strip()
    )
    return RefusedRow(number, next(empty), "the cell is empty: fill it in or remove the row")
