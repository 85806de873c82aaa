"""What answers to appeals added to payslips after the period was closed: one row each, from a CSV file."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import IO

from tongguan.settle.payslip.problems import BadPayInput, Problem

COLUMNS = ("person", "amount_fen")


@dataclass(frozen=True, slots=True)
class Correction:
    """`amount_fen` in addition for a person."""

    person: str
    amount_fen: int


def read_corrections(file: IO[bytes], name: str = "corrections") -> list[Correction]:
    """Reads a UTF-8 CSV with the columns person and amount_fen; others are ignored. BadPayInput names every problem."""
    try:
        text = io.StringIO(file.read().decode("utf-8-sig"), newline="")
        reader = csv.DictReader(text, strict=True)
        missing = [column for column in COLUMNS if column not in (reader.fieldnames or ())]
        if missing:
            raise BadPayInput([Problem(name, column, "the column is missing") for column in missing])
        rows = list(reader)
    except UnicodeDecodeError as error:
        raise BadPayInput([Problem(name, "", "the file is not UTF-8; save it as CSV UTF-8")]) from error
    except csv.Error as error:
        raise BadPayInput([Problem(name, "", f"is not valid CSV: {error}")]) from error
    problems, found = [], []
    for number, row in enumerate(rows, start=1):
        person, amount = (row["person"] or "").strip(), (row["amount_fen"] or "").strip()
        if not person:
            problems.append(Problem(f"{name}:{number}", "person", "the cell is empty"))
        if not (amount.isascii() and amount.isdigit() and len(amount) <= 15):
            message = f"{amount[:40]!r} is not a whole number of fen, 0 or more"
            problems.append(Problem(f"{name}:{number}", "amount_fen", message))
        else:
            found.append(Correction(person, int(amount)))
    if problems:
        raise BadPayInput(problems)
    return found
