"""Pay, exactly: figures by hand, properties, and a slow recomputation as an oracle."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tongguan.settle.payslip import (
    OUTCOMES,
    BadPayInput,
    Outcome,
    Payslip,
    QualityStep,
    Rates,
    WorkRow,
    compute_payslips,
)

START = datetime(2026, 7, 1, tzinfo=UTC)


def rates(quota: str = "6000", quality: tuple[tuple[str, str], ...] = (("0.98", "1.1"), ("0", "0.8"))) -> Rates:
    return Rates(
        base_fen=350000,
        quota_units=Decimal(quota),
        rates={"box": Decimal("6.5"), "second": Decimal("0.35")},
        difficulty={"normal": Decimal("1.0"), "hard": Decimal("1.5")},
        quality=tuple(QualityStep(Decimal(at), Decimal(factor)) for at, factor in quality),
    )


def work(
    quantity: str,
    outcome: Outcome = "accepted",
    minute: int = 0,
    unit: str = "box",
    difficulty: str = "normal",
    person: str = "w1",
) -> WorkRow:
    return WorkRow(person, START + timedelta(minutes=minute), unit, Decimal(quantity), difficulty, outcome)


def one(rules: Rates, *rows: WorkRow) -> Payslip:
    (slip,) = compute_payslips(rules, rows)
    return slip


def test_the_example_of_the_contract() -> None:
    slip = one(
        rates(),
        work("6000", minute=1),
        work("120", minute=2, difficulty="hard"),
        work("189.278351", "rejected", minute=3),
    )
    assert slip.units_in_quota == 6000
    assert [(line.quantity, line.amount_fen) for line in slip.lines] == [(Decimal(120), 936)]
    assert slip.total_fen == 350936


def test_json_has_the_keys_of_the_contract_as_text_and_whole_fen() -> None:
    slip = one(rates(quota="0"), work("97"), work("3", "rejected", minute=1)).as_json()
    assert slip["accepted_share"] == "0.97"
    assert slip["coefficient"] == "0.8"
    assert slip["units_in_quota"] == "0"
    (line,) = slip["lines"]
    assert {key: line[key] for key in ("unit", "difficulty", "outcome", "quantity", "amount_fen")} == {
        "unit": "box",
        "difficulty": "normal",
        "outcome": "accepted",
        "quantity": "97",
        "amount_fen": 504,  # 97 x 6.5 x 0.8 = 504.4
    }
    assert slip["total_fen"] == 350504


def test_the_row_that_crosses_the_quota_is_split() -> None:
    slip = one(rates(quota="10"), work("7.5"), work("4.25", minute=1, difficulty="hard"))
    assert slip.units_in_quota == 10
    assert [(line.difficulty, line.quantity) for line in slip.lines] == [("hard", Decimal("1.75"))]


def test_quota_is_used_up_in_order_of_acceptance_not_of_rows() -> None:
    slip = one(rates(quota="10"), work("10", minute=5, difficulty="hard"), work("10", minute=1))
    assert [line.difficulty for line in slip.lines] == ["hard"]


def test_same_time_keeps_the_order_of_rows() -> None:
    hard, easy = work("10", difficulty="hard"), work("10")
    assert [line.difficulty for line in one(rates(quota="10"), hard, easy).lines] == ["normal"]
    assert [line.difficulty for line in one(rates(quota="10"), easy, hard).lines] == ["hard"]


def test_rework_after_a_rule_change_uses_quota_and_pays_without_the_quality_coefficient() -> None:
    slip = one(rates(quota="5"), work("5", "rework_rule"), work("10", "rework_rule", 1), work("10", "accepted", 2))
    assert slip.accepted_share == 1
    assert [(line.outcome, line.quality_coefficient, line.amount_fen) for line in slip.lines] == [
        ("accepted", Decimal("1.1"), 72),  # 71.5 up
        ("rework_rule", Decimal(1), 65),
    ]


def test_rejected_and_own_rework_pay_nothing_and_use_no_quota() -> None:
    slip = one(rates(quota="5"), work("50", "rejected"), work("50", "rework_own", 1), work("5", "accepted", 2))
    assert slip.lines == ()
    assert slip.units_in_quota == 5
    assert slip.total_fen == 350000


def test_without_judged_work_the_share_is_one() -> None:
    assert one(rates(), work("5", "rework_own")).accepted_share == 1


@pytest.mark.parametrize(("rejected", "coefficient"), [("2", "1.1"), ("2.0000001", "0.8")])
def test_the_step_is_reached_exactly(rejected: str, coefficient: str) -> None:
    assert one(rates(), work("98"), work(rejected, "rejected")).coefficient == Decimal(coefficient)


def test_a_step_at_two_thirds_is_compared_without_rounding() -> None:
    rules = rates(quality=(("0.666666666667", "1"), ("0", "0.5")))
    assert one(rules, work("2"), work("1", "rejected")).coefficient == Decimal("0.5")


def test_the_first_step_reached_counts_even_when_a_later_one_is_better() -> None:
    assert one(rates(quality=(("0", "0.5"), ("0.9", "2"))), work("1")).coefficient == Decimal("0.5")


def test_no_steps_means_one_and_no_step_reached_is_an_error() -> None:
    assert one(rates(quality=()), work("1"), work("9", "rejected")).coefficient == 1
    with pytest.raises(BadPayInput, match=r"no .*quality.* step is reached by w1"):
        one(rates(quality=(("0.9", "1"),)), work("1"), work("9", "rejected"))


def test_rounding_is_half_up_once_for_a_line() -> None:
    rules = Rates(0, Decimal(0), {"box": Decimal("0.5")}, {"normal": Decimal(1)})
    assert one(rules, *[work("1", minute=minute) for minute in range(3)]).lines[0].amount_fen == 2  # 1.5 up, not 3 x 1
    assert one(rules, work("1")).lines[0].amount_fen == 1
    assert one(rules, work("5")).lines[0].amount_fen == 3  # 2.5 up, where half-even gives 2


def test_people_are_apart_and_sorted() -> None:
    slips = compute_payslips(rates(quota="1"), [work("1", person="b"), work("2", person="a"), work("1", person="b")])
    assert [(slip.person, slip.units_in_quota, len(slip.lines)) for slip in slips] == [
        ("a", Decimal(1), 1),
        ("b", Decimal(1), 1),
    ]
    assert compute_payslips(rates(), []) == []


quantities = st.decimals(min_value=0, max_value=500, places=2)
work_rows = st.lists(
    st.builds(
        WorkRow,
        person=st.sampled_from(["a", "b"]),
        accepted_at=st.integers(0, 40).map(lambda minute: START + timedelta(minutes=minute)),
        unit=st.sampled_from(["box", "second"]),
        quantity=quantities,
        difficulty=st.sampled_from(["normal", "hard"]),
        outcome=st.sampled_from(OUTCOMES),
    ),
    max_size=25,
)
rule_sets = st.builds(
    rates,
    quota=st.sampled_from(["0", "0.5", "100", "6000"]),
    quality=st.sampled_from([(), (("0.98", "1.1"), ("0", "0.8")), (("0.9", "1.25"), ("0.5", "1"), ("0", "0.333"))]),
)


def slow(
    rules: Rates, rows: list[WorkRow], person: str
) -> tuple[int, dict[tuple[str, str, str], tuple[Fraction, int]]]:
    """The rules once more, in fractions and hundredths of a unit: walks single hundredths across the quota."""
    mine = [row for row in rows if row.person == person]
    accepted = sum(Fraction(row.quantity) for row in mine if row.outcome == "accepted")
    judged = accepted + sum(Fraction(row.quantity) for row in mine if row.outcome == "rejected")
    reached = Fraction(1) if judged == 0 else accepted / judged
    steps = [step for step in rules.quality if reached >= Fraction(step.at_least)]
    coefficient = Fraction(steps[0].coefficient) if rules.quality else Fraction(1)
    order = sorted(range(len(mine)), key=lambda index: (mine[index].accepted_at, index))
    used, beyond = 0, dict[tuple[str, str, str], int]()
    for index in order:
        row = mine[index]
        if row.outcome in ("rejected", "rework_own"):
            continue
        hundredths = int(row.quantity * 100)
        free = max(0, int(rules.quota_units * 100) - used)
        used += hundredths
        if hundredths > free:
            key: tuple[str, str, str] = (row.unit, row.difficulty, row.outcome)
            beyond[key] = beyond.get(key, 0) + hundredths - free
    lines: dict[tuple[str, str, str], tuple[Fraction, int]] = {}
    total = rules.base_fen
    for key, hundredths in beyond.items():
        unit, difficulty, outcome = key
        factor = Fraction(1) if outcome == "rework_rule" else coefficient
        amount = (
            Fraction(hundredths, 100) * Fraction(rules.rates[unit]) * Fraction(rules.difficulty[difficulty]) * factor
        )
        fen = int(amount + Fraction(1, 2))
        lines[key] = (Fraction(hundredths, 100), fen)
        total += fen
    return total, lines


@settings(max_examples=300)
@given(rules=rule_sets, rows=work_rows)
def test_equals_the_slow_recomputation(rules: Rates, rows: list[WorkRow]) -> None:
    slips = compute_payslips(rules, rows)
    assert [slip.person for slip in slips] == sorted({row.person for row in rows})
    for slip in slips:
        total, lines = slow(rules, rows, slip.person)
        found = {
            (line.unit, line.difficulty, line.outcome): (Fraction(line.quantity), line.amount_fen)
            for line in slip.lines
        }
        assert found == lines
        assert slip.total_fen == total


@given(rules=rule_sets, rows=work_rows, seed=st.integers(0, 1000))
def test_order_of_rows_matters_only_within_one_moment(rules: Rates, rows: list[WorkRow], seed: int) -> None:
    spread = [
        WorkRow(row.person, START + timedelta(minutes=place), row.unit, row.quantity, row.difficulty, row.outcome)
        for place, row in enumerate(rows)
    ]
    shuffled = random.Random(seed).sample(spread, len(spread))
    assert compute_payslips(rules, spread) == compute_payslips(rules, shuffled)


@given(rules=rule_sets, rows=work_rows)
def test_every_unit_is_in_the_quota_or_on_one_line(rules: Rates, rows: list[WorkRow]) -> None:
    for slip in compute_payslips(rules, rows):
        paid = sum(
            (row.quantity for row in rows if row.person == slip.person and row.outcome in ("accepted", "rework_rule")),
            Decimal(0),
        )
        assert slip.units_in_quota + sum((line.quantity for line in slip.lines), Decimal(0)) == paid
        assert slip.units_in_quota == min(paid, rules.quota_units)
        assert slip.total_fen == slip.base_fen + sum(line.amount_fen for line in slip.lines)
        assert len({(line.unit, line.difficulty, line.outcome) for line in slip.lines}) == len(slip.lines)
        for line in slip.lines:
            exact = line.quantity * line.rate * line.difficulty_coefficient * line.quality_coefficient
            assert line.amount_fen == exact.quantize(Decimal(1), rounding=ROUND_HALF_UP)
