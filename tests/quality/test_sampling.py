"""GB/T 2828.1: spot values, arrows, levels, switching, operating curve, drawing."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongguan.quality.sampling.curve import accept_probability, operating_curve
from tongguan.quality.sampling.draw import draw, draw_share, share_size
from tongguan.quality.sampling.plan import NoPlan, Plan, code_letter, find_plan, plans_by_class
from tongguan.quality.sampling.switching import InspectionStopped, Switching
from tongguan.quality.sampling.tables import ACCEPT, AQL_SERIES, LETTERS, LEVELS, LOT_LIMITS, SAMPLE_SIZES

LOT_OF_LETTER = {"J": 1000, "K": 3000, "L": 5000, "M": 20000, "N": 100000, "P": 400000, "Q": 600000}


@pytest.mark.parametrize(
    ("letter", "accept"), [("J", 2), ("K", 3), ("L", 5), ("M", 7), ("N", 10), ("P", 14), ("Q", 21)]
)
def test_spot_values_of_aql_1(letter: str, accept: int) -> None:
    plan = find_plan(LOT_OF_LETTER[letter], "1.0")
    assert plan == Plan(letter, letter, SAMPLE_SIZES[letter], accept, accept + 1)


def test_lot_sizes_at_every_border() -> None:
    assert code_letter(2) == "A"
    for row, limit in enumerate(LOT_LIMITS):
        for level, letters in LEVELS.items():
            assert code_letter(limit, level) == letters[row]
            assert code_letter(limit + 1, level) == letters[row + 1]
    assert code_letter(10**12, "III") == "R"


def test_every_level_has_a_letter_for_each_row() -> None:
    for letters in LEVELS.values():
        assert len(letters) == len(LOT_LIMITS) + 1
        assert list(letters) == sorted(letters, key=LETTERS.index)


@pytest.mark.parametrize(
    ("lot", "aql", "level", "severity", "expected"),
    [
        (5000, "0.65", "II", "normal", ("L", "L", 200, 3)),
        (100, "0.65", "II", "normal", ("F", "F", 20, 0)),  # sum 14
        (100, "1.0", "II", "normal", ("F", "E", 13, 0)),  # 15 goes up
        (100, "1.5", "II", "normal", ("F", "G", 32, 1)),  # 16 goes down
        (5000, "0.010", "II", "normal", ("L", "Q", 1250, 0)),  # far below goes down to 14
        (600000, "10", "II", "normal", ("Q", "K", 125, 21)),  # far above goes up to 24
        (8, "10", "II", "normal", ("A", "C", 5, 1)),  # letter A at 15 goes down to 17
        (5000, "1.0", "II", "tightened", ("L", "L", 200, 3)),
        (100, "1.0", "II", "tightened", ("F", "F", 20, 0)),  # sum 15
        (100, "1.5", "II", "tightened", ("F", "H", 50, 1)),  # 16 goes down to 18
        (100, "2.5", "II", "tightened", ("F", "G", 32, 1)),  # 17 goes down to 18
        (8, "6.5", "II", "tightened", ("A", "B", 3, 0)),  # below 15 goes down to 15
        (3000, "10", "III", "tightened", ("L", "K", 125, 18)),  # above 24 goes up
        (5000, "1", "S-1", "normal", ("C", "E", 13, 0)),
    ],
)
def test_arrows(lot: int, aql: str, level: str, severity: str, expected: tuple[str, str, int, int]) -> None:
    plan = find_plan(lot, aql, level, severity)
    assert (plan.letter, plan.plan_letter, plan.sample_size, plan.accept) == expected
    assert plan.reject == plan.accept + 1


def test_sample_not_smaller_than_the_lot_is_the_whole_lot() -> None:
    plan = find_plan(40, "0.010")
    assert (plan.letter, plan.plan_letter, plan.sample_size, plan.accept, plan.all) == ("D", "Q", 40, 0, True)
    assert find_plan(1250, "0.010", "II").all
    assert not find_plan(1251, "0.010", "II").all


@pytest.mark.parametrize(
    ("lot", "aql", "level", "severity"),
    [
        (1, "1.0", "II", "normal"),
        (0, "1.0", "II", "normal"),
        (100, "0.3", "II", "normal"),
        (100, "150", "II", "normal"),
        (100, "NaN", "II", "normal"),
        (100, "one", "II", "normal"),
        (100, "1.0", "IV", "normal"),
        (100, "1.0", "II", "reduced"),
        (600000, "0.015", "III", "normal"),  # the arrow leads below letter R
    ],
)
def test_no_plan(lot: int, aql: str, level: str, severity: str) -> None:
    with pytest.raises(NoPlan):
        find_plan(lot, aql, level, severity)


@given(
    lot=st.integers(2, 10**7),
    aql=st.sampled_from(AQL_SERIES),
    level=st.sampled_from(sorted(LEVELS)),
    severity=st.sampled_from(sorted(ACCEPT)),
)
def test_plans_are_sane(lot: int, aql: Decimal, level: str, severity: str) -> None:
    try:
        plan = find_plan(lot, aql, level, severity)
    except NoPlan as refusal:
        assert "out of the table" in str(refusal)  # noqa: PT017
        return
    assert 1 <= plan.sample_size <= lot
    assert plan.reject == plan.accept + 1
    assert plan.accepts(plan.accept)
    assert not plan.accepts(plan.reject)
    assert plan.accept in ACCEPT[severity].values()


def test_defect_classes() -> None:
    plans = plans_by_class(5000, {"critical": "0.10", "major": "1.0", "minor": "4.0"})
    assert plans.plans["critical"].accept == 0
    assert plans.accepts({"major": 5, "minor": 3})
    assert not plans.accepts({"critical": 1})
    assert not plans.accepts({"major": 6})
    with pytest.raises(KeyError):
        plans.accepts({"odd": 1})


class TestSwitching:
    def run(self, verdicts: str, state: Switching | None = None) -> Switching:
        state = state or Switching()
        for verdict in verdicts:
            state = state.after(verdict == "a")
        return state

    @pytest.mark.parametrize("verdicts", ["rr", "raaar", "aaaarr", "arar"])
    def test_two_of_five_rejected_tightens(self, verdicts: str) -> None:
        assert self.run(verdicts) == Switching("tightened")

    @pytest.mark.parametrize("verdicts", ["r", "raaaar", "raaaaraaaa"])
    def test_fewer_do_not(self, verdicts: str) -> None:
        assert self.run(verdicts).severity == "normal"

    def test_five_accepted_in_a_row_relax(self) -> None:
        assert self.run("rr" + "aaaa").severity == "tightened"
        assert self.run("rr" + "aaraaaa").severity == "tightened"
        assert self.run("rr" + "aaraaaaa") == Switching("normal")

    def test_five_rejected_while_tightened_stop(self) -> None:
        state = self.run("rr" + "rararara")
        assert not state.stopped
        state = state.after(False)
        assert state.stopped
        with pytest.raises(InspectionStopped):
            state.after(True)
        assert state.resumed() == Switching("tightened")

    def test_rejections_before_a_relaxation_do_not_count(self) -> None:
        state = self.run("rr" + "rrrr" + "aaaaa" + "rr" + "rrrr")
        assert not state.stopped
        assert state.rejected_while_tightened == 4


class TestCurve:
    def test_binomial_by_hand(self) -> None:
        assert accept_probability(0.1, sample=2, accept=0) == pytest.approx(0.81)
        assert accept_probability(0.1, sample=2, accept=1) == pytest.approx(0.99)

    def test_small_lot_is_hypergeometric(self) -> None:
        assert accept_probability(0.5, sample=2, accept=0, lot=4) == pytest.approx(1 / 6)

    def test_falls_from_one_to_nothing(self) -> None:
        for lot in (None, 5000, 300):
            points = operating_curve(200, 5, lot)
            accepted = [point.accepted for point in points]
            assert accepted[0] == pytest.approx(1)
            assert accepted == sorted(accepted, reverse=True)
            assert accepted[-1] == pytest.approx(0.01, abs=0.02)

    def test_producer_risk_at_the_aql_is_small(self) -> None:
        assert accept_probability(0.01, 200, 5, 5000) > 0.95

    def test_share_out_of_range(self) -> None:
        with pytest.raises(ValueError, match="must lie"):
            accept_probability(1.5, 2, 0)


class TestDraw:
    @pytest.mark.parametrize(
        ("lot", "share", "size"),
        [(30, "0.1", 3), (7, "0", 1), (7, "1", 7), (0, "0.5", 0), (1, "0.01", 1), (10, "0.25", 3), (3, "0.34", 2)],
    )
    def test_size(self, lot: int, share: str, size: int) -> None:
        assert share_size(lot, share) == size

    @pytest.mark.parametrize("share", ["-0.1", "1.1", "NaN"])
    def test_bad_share(self, share: str) -> None:
        with pytest.raises(ValueError, match="must lie"):
            share_size(10, share)

    @given(members=st.sets(st.text(max_size=8), max_size=30), share=st.sampled_from(["0", "0.1", "0.5", "1"]))
    def test_same_for_any_order_and_never_empty(self, members: set[str], share: str) -> None:
        drawn = draw_share(members, share, "seed")
        assert drawn == draw_share(sorted(members, reverse=True), share, "seed")
        assert set(drawn) <= members
        assert len(drawn) == share_size(len(members), share)
        assert not members or drawn

    def test_another_seed_draws_others_evenly(self) -> None:
        members = [str(number) for number in range(10)]
        hits = dict.fromkeys(members, 0)
        for seed in range(2000):
            for member in draw(members, 3, str(seed)):
                hits[member] += 1
        assert all(500 < count < 700 for count in hits.values())
