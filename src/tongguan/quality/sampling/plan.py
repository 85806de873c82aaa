"""The sampling plan of a lot: code letter, sample size, acceptance and rejection number."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from tongguan.quality.sampling.tables import (
    ACCEPT,
    AQL_SERIES,
    ARROWS,
    FIRST_LETTER_ARROWS,
    LETTERS,
    LEVELS,
    LOT_LIMITS,
    SAMPLE_SIZES,
    SMALLEST_LOT,
)


class NoPlan(ValueError):
    """The tables hold no plan for what was asked."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A single sampling plan: draw `sample_size`, accept up to `accept` bad ones, reject from `reject` on.

    `letter` is the lot's code letter, `plan_letter` the one after arrows; `all` says that the whole lot is inspected.
    """

    letter: str
    plan_letter: str
    sample_size: int
    accept: int
    reject: int
    all: bool = False

    def accepts(self, bad: int) -> bool:
        """Whether a sample with `bad` non-conforming units accepts the lot."""
        return bad <= self.accept


def code_letter(lot: int, level: str = "II") -> str:
    """The code letter of a lot of `lot` units at an inspection level. NoPlan for a lot below 2 or an unknown level."""
    if level not in LEVELS:
        raise NoPlan(f"inspection level {level!r} is unknown; the levels are {', '.join(LEVELS)}")
    if lot < SMALLEST_LOT:
        raise NoPlan(f"a lot of {lot} has no plan: the table begins at {SMALLEST_LOT} units")
    return LEVELS[level][bisect_left(LOT_LIMITS, lot)]


def aql_index(aql: str | Decimal) -> int:
    """Position of an AQL in the series. NoPlan outside it."""
    try:
        value = Decimal(aql)
    except InvalidOperation:
        raise NoPlan(f"AQL {aql!r} is not a number; write it like 1.0") from None
    if not value.is_finite() or value not in AQL_SERIES:
        raise NoPlan(f"AQL {aql} is not in the series {' '.join(map(str, AQL_SERIES))}")
    return AQL_SERIES.index(value)


def find_plan(lot: int, aql: str | Decimal, level: str = "II", severity: str = "normal") -> Plan:
    """The plan by GB/T 2828.1, single sampling.

    Example: `find_plan(5000, "1.0")` gives letter L, 200 units, accept 5, reject 6. NoPlan where there is none.
    """
    if severity not in ACCEPT:
        raise NoPlan(f"severity {severity!r} has no tables here; use {' or '.join(ACCEPT)}")
    column = aql_index(aql)
    letter = code_letter(lot, level)
    total = _follow_arrows(column + LETTERS.index(letter), letter, severity)
    row = total - column
    if not 0 <= row < len(LETTERS):
        raise NoPlan(
            f"the arrow at letter {letter}, AQL {aql}, {severity} leads out of the table; choose the next AQL or level"
        )
    plan_letter, accept = LETTERS[row], ACCEPT[severity][total]
    size = SAMPLE_SIZES[plan_letter]
    return Plan(letter, plan_letter, min(size, lot), accept, accept + 1, all=size >= lot)


def _follow_arrows(total: int, letter: str, severity: str) -> int:
    accept = ACCEPT[severity]
    if letter == LETTERS[0] and total in FIRST_LETTER_ARROWS[severity]:
        return FIRST_LETTER_ARROWS[severity][total]
    total = min(max(total, min(accept)), max(accept))
    return ARROWS[severity].get(total, total)


@dataclass(frozen=True, slots=True)
class ClassPlans:
    """One plan for each class of defects; a lot passes when every class does."""

    plans: Mapping[str, Plan]

    def accepts(self, bad: Mapping[str, int]) -> bool:
        """`bad` counts non-conforming units by defect class; a class without a plan is an error (KeyError)."""
        unknown = set(bad) - set(self.plans)
        if unknown:
            raise KeyError(f"no plan for defect class {sorted(unknown)[0]!r}")
        return all(plan.accepts(bad.get(name, 0)) for name, plan in self.plans.items())


def plans_by_class(
    lot: int, aqls: Mapping[str, str | Decimal], level: str = "II", severity: str = "normal"
) -> ClassPlans:
    """A plan for critical, major and minor defects, each with its own AQL; critical always has acceptance number 0."""
    plans = {}
    for name, aql in aqls.items():
        plan = find_plan(lot, aql, level, severity)
        if name == "critical":
            plan = Plan(plan.letter, plan.plan_letter, plan.sample_size, 0, 1, plan.all)
        plans[name] = plan
    return ClassPlans(plans)
