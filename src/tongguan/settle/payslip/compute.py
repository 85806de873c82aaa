"""From rates and work rows to payslips. The formula is in `_lines`; everything else is bookkeeping."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from tongguan.settle.payslip.corrections import Correction
from tongguan.settle.payslip.numbers import EXACT, plain, share, to_fen
from tongguan.settle.payslip.problems import BadPayInput, Problem
from tongguan.settle.payslip.rates import Rates
from tongguan.settle.payslip.work import Outcome, WorkRow

# Outcomes that use up the quota and pay beyond it.
PAID: tuple[Outcome, ...] = ("accepted", "rework_rule")

Group = tuple[str, str, Outcome]


@dataclass(frozen=True, slots=True)
class Line:
    """Units beyond the quota of one (unit, difficulty, outcome): quantity x rate x difficulty x coefficient."""

    unit: str
    difficulty: str
    outcome: Outcome
    quantity: Decimal
    rate: Decimal
    difficulty_coefficient: Decimal
    quality_coefficient: Decimal
    amount_fen: int


@dataclass(frozen=True, slots=True)
class Payslip:
    """What one person gets for a period, and what each figure was computed from."""

    person: str
    base_fen: int
    accepted: Decimal
    rejected: Decimal
    accepted_share: Decimal
    coefficient: Decimal
    units_in_quota: Decimal
    lines: tuple[Line, ...]
    corrections_fen: int = 0

    @property
    def total_fen(self) -> int:
        """Base and lines, and what answers to appeals added."""
        return self.base_fen + sum(line.amount_fen for line in self.lines) + self.corrections_fen

    def as_json(self) -> dict[str, Any]:
        """The payslip as the command prints it: numbers as decimal text, money as whole fen."""
        return {
            "person": self.person,
            "base_fen": self.base_fen,
            "accepted_share": plain(self.accepted_share),
            "coefficient": str(self.coefficient),
            "units_in_quota": plain(self.units_in_quota),
            "lines": [
                {
                    "unit": line.unit,
                    "difficulty": line.difficulty,
                    "outcome": line.outcome,
                    "quantity": plain(line.quantity),
                    "rate": str(line.rate),
                    "difficulty_coefficient": str(line.difficulty_coefficient),
                    "quality_coefficient": str(line.quality_coefficient),
                    "amount_fen": line.amount_fen,
                }
                for line in self.lines
            ],
            "corrections_fen": self.corrections_fen,
            "total_fen": self.total_fen,
        }


def compute_payslips(rates: Rates, rows: Iterable[WorkRow], corrections: Iterable[Correction] = ()) -> list[Payslip]:
    """One payslip for each person of `rows`, sorted by person; `corrections` are added to the totals.

    Rows of the same `accepted_at` use up the quota in the order in which they come; any other order of rows gives the
    same result. BadPayInput when no quality step is reached, or a correction is for somebody without work.
    """
    by_person: dict[str, list[WorkRow]] = defaultdict(list)
    for row in rows:
        by_person[row.person].append(row)
    added: dict[str, int] = defaultdict(int)
    for each in corrections:
        added[each.person] += each.amount_fen
    strangers = sorted(added.keys() - by_person.keys())
    if strangers:
        raise BadPayInput(
            [Problem("corrections", "person", f"{each!r} has no work in the period") for each in strangers]
        )
    slips = [_payslip(rates, person, by_person[person]) for person in sorted(by_person)]
    return [replace(slip, corrections_fen=added[slip.person]) if slip.person in added else slip for slip in slips]


def _payslip(rates: Rates, person: str, rows: Sequence[WorkRow]) -> Payslip:
    accepted = _sum(row.quantity for row in rows if row.outcome == "accepted")
    rejected = _sum(row.quantity for row in rows if row.outcome == "rejected")
    judged = EXACT.add(accepted, rejected)
    coefficient = _coefficient(rates, person, accepted, judged)
    in_quota, beyond = _split(rates.quota_units, rows)
    return Payslip(
        person=person,
        base_fen=rates.base_fen,
        accepted=accepted,
        rejected=rejected,
        accepted_share=share(accepted, judged) if judged else Decimal(1),
        coefficient=coefficient,
        units_in_quota=in_quota,
        lines=_lines(rates, beyond, coefficient),
    )


def _coefficient(rates: Rates, person: str, accepted: Decimal, judged: Decimal) -> Decimal:
    """The coefficient of the first step that the accepted share reaches; 1 without steps."""
    if not rates.quality:
        return Decimal(1)
    for step in rates.quality:
        # Multiplied out, because a quotient like 2/3 has no exact decimal.
        if accepted >= EXACT.multiply(step.at_least, judged) if judged else step.at_least <= 1:
            return step.coefficient
    message = f'no [[quality]] step is reached by {person}; add a last one with at_least = "0"'
    raise BadPayInput([Problem("rates", "quality", message)])


def _split(quota: Decimal, rows: Sequence[WorkRow]) -> tuple[Decimal, dict[Group, Decimal]]:
    """Units inside the quota, and units beyond it by group; the row that crosses the quota is split."""
    left = quota
    beyond: dict[Group, Decimal] = {}
    for row in sorted((row for row in rows if row.outcome in PAID), key=lambda row: row.accepted_at):
        inside = min(left, row.quantity)
        left = EXACT.subtract(left, inside)
        outside = EXACT.subtract(row.quantity, inside)
        if outside:
            group = (row.unit, row.difficulty, row.outcome)
            beyond[group] = EXACT.add(beyond.get(group, Decimal(0)), outside)
    return EXACT.subtract(quota, left), beyond


def _lines(rates: Rates, beyond: dict[Group, Decimal], coefficient: Decimal) -> tuple[Line, ...]:
    lines = []
    for (unit, difficulty, outcome), quantity in sorted(beyond.items()):
        quality = Decimal(1) if outcome == "rework_rule" else coefficient
        rate, hardness = rates.rates[unit], rates.difficulty[difficulty]
        amount = EXACT.multiply(EXACT.multiply(quantity, rate), EXACT.multiply(hardness, quality))
        lines.append(Line(unit, difficulty, outcome, quantity, rate, hardness, quality, to_fen(amount)))
    return tuple(lines)


def _sum(values: Iterable[Decimal]) -> Decimal:
    total = Decimal(0)
    for value in values:
        total = EXACT.add(total, value)
    return total
