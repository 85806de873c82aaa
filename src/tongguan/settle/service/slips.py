"""Payslips of work rows, by the code that the command `tongguan payslip` uses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal, Protocol, cast
from uuid import UUID

from tongguan.core.errors import Invalid
from tongguan.settle.payslip import BadPayInput, Line, Outcome, Payslip, Rates, WorkRow, compute_payslips
from tongguan.settle.payslip.numbers import plain
from tongguan.settle.schemas import LineView, SlipView


class Row(Protocol):
    """A judged piece of work, as stored."""

    person_id: UUID
    accepted_at: datetime
    unit: str
    difficulty: str
    quantity: Decimal
    outcome: str


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One line of the ledger before it is written."""

    kind: str
    unit: str
    difficulty: str
    outcome: str
    quantity: Decimal
    rate: Decimal | None
    coefficient: Decimal | None
    amount_fen: int
    explanation: dict[str, object]
    id: UUID | None = None


def compute(rates: Rates, rows: Iterable[Row]) -> dict[UUID, Payslip]:
    """Payslips by person; rows in the order in which they use up the quota.

    Invalid `pay.no_rate` names units and difficulties that the rules lack, `pay.rates` a missing quality step.
    """
    work = [
        WorkRow(str(row.person_id), row.accepted_at, row.unit, row.quantity, row.difficulty, cast(Outcome, row.outcome))
        for row in rows
    ]
    units = sorted({row.unit for row in work} - set(rates.rates))
    difficulties = sorted({row.difficulty for row in work} - set(rates.difficulty))
    if units or difficulties:
        missing = [f"[rates] {unit}" for unit in units] + [f"[difficulty] {each}" for each in difficulties]
        raise Invalid(
            "pay.no_rate",
            f"The pay rules lack {', '.join(missing)}: add it, then close the period.",
            {"units": units, "difficulties": difficulties},
        )
    try:
        return {UUID(slip.person): slip for slip in compute_payslips(rates, work)}
    except BadPayInput as error:
        raise Invalid("pay.rates", str(error), {}) from error


def entries(slip: Payslip, rates: Rates) -> list[LedgerEntry]:
    """The ledger lines of a payslip: the base wage, and one for each (unit, difficulty, outcome) beyond the quota."""
    facts: dict[str, object] = {
        "accepted": plain(slip.accepted),
        "rejected": plain(slip.rejected),
        "accepted_share": plain(slip.accepted_share),
        "quota_units": plain(rates.quota_units),
        "units_in_quota": plain(slip.units_in_quota),
        "coefficient": str(slip.coefficient),
    }
    base = LedgerEntry("base", "", "", "", slip.units_in_quota, None, None, slip.base_fen, facts)
    return [base, *(_line(line, facts) for line in slip.lines)]


def _line(line: Line, facts: Mapping[str, object]) -> LedgerEntry:
    explanation = {
        **facts,
        "quantity": plain(line.quantity),
        "rate": str(line.rate),
        "difficulty_coefficient": str(line.difficulty_coefficient),
        "quality_coefficient": str(line.quality_coefficient),
        "formula": "quantity x rate x difficulty_coefficient x quality_coefficient, half-up to fen once",
    }
    return LedgerEntry(
        "line",
        line.unit,
        line.difficulty,
        line.outcome,
        line.quantity,
        line.rate,
        line.difficulty_coefficient * line.quality_coefficient,
        line.amount_fen,
        explanation,
    )


def show(person_id: UUID, name: str, slip: Payslip, rates: Rates) -> SlipView:
    """A payslip as the API shows it, computed but not written."""
    return SlipView(
        person_id=person_id,
        person=name,
        base_fen=slip.base_fen,
        accepted=plain(slip.accepted),
        rejected=plain(slip.rejected),
        accepted_share=plain(slip.accepted_share),
        coefficient=str(slip.coefficient),
        units_in_quota=plain(slip.units_in_quota),
        lines=[line_view(entry) for entry in entries(slip, rates)],
        total_fen=slip.total_fen,
    )


class StoredLine(Protocol):
    """A ledger line, stored or about to be."""

    @property
    def id(self) -> UUID | None: ...
    @property
    def kind(self) -> str: ...
    @property
    def unit(self) -> str: ...
    @property
    def difficulty(self) -> str: ...
    @property
    def outcome(self) -> str: ...
    @property
    def quantity(self) -> Decimal: ...
    @property
    def rate(self) -> Decimal | None: ...
    @property
    def coefficient(self) -> Decimal | None: ...
    @property
    def amount_fen(self) -> int: ...
    @property
    def explanation(self) -> dict[str, object]: ...


def line_view(line: StoredLine) -> LineView:
    """A line as the API shows it."""
    return LineView(
        id=line.id,
        kind=cast(Literal["base", "line", "correction"], line.kind),
        unit=line.unit,
        difficulty=line.difficulty,
        outcome=line.outcome,
        quantity=plain(line.quantity),
        rate=str(line.rate) if line.rate is not None else None,
        coefficient=str(line.coefficient) if line.coefficient is not None else None,
        amount_fen=line.amount_fen,
        explanation=dict(line.explanation),
    )


def stored_slip(person_id: UUID, name: str, lines: Sequence[StoredLine]) -> SlipView:
    """A payslip out of the ledger lines of one person and period."""
    facts = lines[0].explanation
    return SlipView(
        person_id=person_id,
        person=name,
        base_fen=sum(line.amount_fen for line in lines if line.kind == "base"),
        accepted=str(facts["accepted"]),
        rejected=str(facts["rejected"]),
        accepted_share=str(facts["accepted_share"]),
        coefficient=str(facts["coefficient"]),
        units_in_quota=str(facts["units_in_quota"]),
        lines=[line_view(line) for line in lines],
        total_fen=sum(line.amount_fen for line in lines),
    )
