"""The work of a period: one row for each judged piece of work, from a CSV file."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import IO, Literal, cast

from tongguan.settle.payslip.numbers import WRITE_LIKE, parse_decimal
from tongguan.settle.payslip.problems import MOST_PROBLEMS, BadPayInput, Problem
from tongguan.settle.payslip.rates import Rates

Outcome = Literal["accepted", "rejected", "rework_own", "rework_rule"]
OUTCOMES: tuple[Outcome, ...] = ("accepted", "rejected", "rework_own", "rework_rule")
COLUMNS = ("person", "accepted_at", "unit", "quantity", "difficulty", "outcome")


@dataclass(frozen=True, slots=True)
class WorkRow:
    """`quantity` units of one kind by one person, judged at `accepted_at`."""

    person: str
    accepted_at: datetime
    unit: str
    quantity: Decimal
    difficulty: str
    outcome: Outcome


def read_work(file: IO[bytes], rates: Rates, name: str = "work") -> list[WorkRow]:
    """Reads a UTF-8 CSV (with or without BOM) with the columns of COLUMNS in any order; other columns are ignored.

    Rows stay in file order. BadPayInput names the row, the field and the remedy of every problem (the first 100):
    nothing is computed out of half a file.
    """
    problems: list[Problem] = []
    rows: list[WorkRow] = []
    zones: set[bool] = set()
    for where, cells in _records(file, name):
        row = _row(where, cells, rates, problems)
        if row is not None:
            rows.append(row)
            zones.add(row.accepted_at.tzinfo is not None)
            if len(zones) > 1:
                message = "some times of this file have a zone and some have none; write all of them alike"
                raise BadPayInput([*problems, Problem(where, "accepted_at", message)])
        if len(problems) >= MOST_PROBLEMS:
            break
    if problems:
        raise BadPayInput(problems)
    return rows


def _records(file: IO[bytes], name: str) -> Iterator[tuple[str, dict[str, str]]]:
    number = 0
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    reader = csv.reader(text, strict=True)
    try:
        header = [cell.strip() for cell in next(reader, [])]
        missing = [column for column in COLUMNS if column not in header]
        if missing:
            found = ", ".join(header)[:200] or "nothing"
            message = f"the column is missing; the first line must name {', '.join(COLUMNS)} (found: {found})"
            raise BadPayInput([Problem(name, column, message) for column in missing])
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            number += 1
            if len(cells) > len(header):
                message = f"has {len(cells)} cells but the header has {len(header)}; quote cells that hold a comma"
                raise BadPayInput([Problem(f"{name}:{number}", "", message)])
            yield f"{name}:{number}", {key: cell.strip() for key, cell in zip(header, cells, strict=False)}
    except UnicodeDecodeError as error:
        message = "the file is not UTF-8 here; save it as CSV UTF-8"
        raise BadPayInput([Problem(f"{name}:{number + 1}", "", message)]) from error
    except csv.Error as error:
        raise BadPayInput([Problem(f"{name}:{number + 1}", "", f"is not valid CSV: {error}")]) from error
    finally:
        text.detach()


def _row(where: str, cells: dict[str, str], rates: Rates, problems: list[Problem]) -> WorkRow | None:
    """One checked row, or None with at least one problem added."""
    before = len(problems)
    for column in COLUMNS:
        if not cells.get(column):
            problems.append(Problem(where, column, "the cell is empty; fill it in or remove the row"))
    if len(problems) > before:
        return None
    at = _time(cells["accepted_at"])
    if at is None:
        message = f"{cells['accepted_at'][:40]!r} is not a time; write it like 2026-07-01T09:30:00+08:00"
        problems.append(Problem(where, "accepted_at", message))
    quantity = parse_decimal(cells["quantity"])
    if quantity is None:
        message = f"{cells['quantity'][:40]!r} is not a number of 0 or more; {WRITE_LIKE}"
        problems.append(Problem(where, "quantity", message))
    if cells["unit"] not in rates.rates:
        message = f"{cells['unit'][:40]!r} has no rate; add it under [rates] ({_names(rates.rates)}) or correct the row"
        problems.append(Problem(where, "unit", message))
    if cells["difficulty"] not in rates.difficulty:
        message = (
            f"{cells['difficulty'][:40]!r} has no coefficient; add it under [difficulty] "
            f"({_names(rates.difficulty)}) or correct the row"
        )
        problems.append(Problem(where, "difficulty", message))
    if cells["outcome"] not in OUTCOMES:
        message = f"{cells['outcome'][:40]!r} is unknown; it is one of {', '.join(OUTCOMES)}"
        problems.append(Problem(where, "outcome", message))
    if len(problems) > before or at is None or quantity is None:
        return None
    outcome = cast(Outcome, cells["outcome"])
    return WorkRow(cells["person"], at, cells["unit"], quantity, cells["difficulty"], outcome)


def _time(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo is None else at.astimezone(UTC)


def _names(table: object) -> str:
    names = list(table) if hasattr(table, "__iter__") else []
    return "known: " + ", ".join(map(str, names[:12])) if names else "it is empty"
