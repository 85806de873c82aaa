"""Problems of pay input: where, which field, and what to do about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

MOST_PROBLEMS = 100


@dataclass(frozen=True, slots=True)
class Problem:
    """`where` is a file, or FILE:N for row N (from 1, header not counted); `field` a column or key, "" for all."""

    where: str
    field: str
    message: str

    def __str__(self) -> str:
        return f"{self.where}: {self.field}: {self.message}" if self.field else f"{self.where}: {self.message}"


class BadPayInput(ValueError):
    """Nothing was computed: a payslip out of half the rows would be wrong. `problems` names each of them."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems[:MOST_PROBLEMS])
        super().__init__("; ".join(map(str, self.problems[:5])))
