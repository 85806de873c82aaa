"""Reading rates and work: every problem names the place, the field and the remedy."""

from __future__ import annotations

import io
from decimal import Decimal

import pytest

from tongguan.settle.payslip import BadPayInput, Rates, parse_rates, read_work

RATES = """
base_fen = 350000          # paid in full for the month
quota_units = 6000
[rates]
box = "6.5"
[difficulty]
normal = "1.0"
hard = "1.5"
[[quality]]
at_least = "0.98"
coefficient = "1.1"
[[quality]]
at_least = "0"
coefficient = "0.8"
"""
HEADER = "person,accepted_at,unit,quantity,difficulty,outcome\n"
GOOD = "w1,2026-07-01T09:00:00+08:00,box,12,hard,accepted\n"


def good_rates() -> Rates:
    return parse_rates(RATES)


def problems_of_work(data: str | bytes) -> list[tuple[str, str]]:
    with pytest.raises(BadPayInput) as caught:
        read_work(io.BytesIO(data.encode() if isinstance(data, str) else data), good_rates(), "work.csv")
    return [(problem.where, problem.field) for problem in caught.value.problems]


def test_rates_are_exact_decimals() -> None:
    rules = good_rates()
    assert (rules.base_fen, rules.quota_units) == (350000, Decimal(6000))
    assert rules.rates["box"] == Decimal("6.5")
    assert [step.coefficient for step in rules.quality] == [Decimal("1.1"), Decimal("0.8")]


def test_a_bare_toml_number_is_read_as_it_is_written() -> None:
    assert parse_rates('base_fen = 0\nquota_units = "0.5"\n[rates]\nbox = 0.1\n').rates["box"] == Decimal("0.1")


def test_bom_is_allowed_in_both_files() -> None:
    rules = parse_rates(b"\xef\xbb\xbf" + RATES.encode())
    (row,) = read_work(io.BytesIO(b"\xef\xbb\xbf" + (HEADER + GOOD).encode()), rules)
    assert (row.person, row.quantity, row.outcome) == ("w1", Decimal(12), "accepted")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (("base_fen = 350000", "base_fen = 3500.5"), "base_fen"),
        (("base_fen = 350000", "base_fen = -1"), "base_fen"),
        (("base_fen = 350000", "base_fen = true"), "base_fen"),
        (("quota_units = 6000", ""), "quota_units"),
        (("quota_units = 6000", "quota_unit = 6000"), "quota_unit"),
        (('box = "6.5"', 'box = "6,5"'), "rates.box"),
        (('box = "6.5"', 'box = "NaN"'), "rates.box"),
        (('box = "6.5"', "box = true"), "rates.box"),
        (('at_least = "0.98"', 'at_least = "98"'), "quality[1].at_least"),
        (('coefficient = "0.8"', 'coeficient = "0.8"'), "quality[2].coeficient"),
        (("[rates]", "[fees]"), "rates"),
    ],
)
def test_bad_rates_name_the_field(change: tuple[str, str], field: str) -> None:
    with pytest.raises(BadPayInput) as caught:
        parse_rates(RATES.replace(*change), "rates.toml")
    assert field in [problem.field for problem in caught.value.problems]
    assert all(problem.where == "rates.toml" for problem in caught.value.problems)


@pytest.mark.parametrize("data", [b"base_fen = ", RATES.replace("month", "\u6708").encode("gbk"), b"\xff\xfeb\x00"])
def test_rates_that_are_no_toml(data: bytes) -> None:
    with pytest.raises(BadPayInput, match="rates"):
        parse_rates(data)


def test_all_problems_of_a_file_are_named_at_once_by_row_and_field() -> None:
    data = HEADER + GOOD + "w1,yesterday,cube,-3,odd,done\n\nw2,2026-07-01,box,,hard,accepted\n"
    assert problems_of_work(data) == [
        ("work.csv:2", "accepted_at"),
        ("work.csv:2", "quantity"),
        ("work.csv:2", "unit"),
        ("work.csv:2", "difficulty"),
        ("work.csv:2", "outcome"),
        ("work.csv:3", "quantity"),
    ]


def test_messages_say_what_to_do() -> None:
    with pytest.raises(BadPayInput) as caught:
        read_work(io.BytesIO((HEADER + GOOD.replace("box", "cube")).encode()), good_rates(), "work.csv")
    assert str(caught.value) == (
        "work.csv:1: unit: 'cube' has no rate; add it under [rates] (known: box) or correct the row"
    )


@pytest.mark.parametrize(
    "quantity", ["1e3", "1_000", "NaN", "Infinity", "-1", "+1", "１２", "1.2.3", ".5", "9" * 19, '"1,000"']
)
def test_only_plain_numbers(quantity: str) -> None:
    assert problems_of_work(HEADER + GOOD.replace(",12,", f",{quantity},")) == [("work.csv:1", "quantity")]


@pytest.mark.parametrize("data", ["", "person,unit\n", "person;accepted_at;unit;quantity;difficulty;outcome\n"])
def test_missing_columns_are_named(data: str) -> None:
    found = problems_of_work(data)
    assert ("work.csv", "quantity") in found


def test_columns_may_stand_in_any_order_with_others() -> None:
    data = "outcome, note ,difficulty,quantity,unit,accepted_at,person\naccepted,x,hard,1.5,box,2026-07-01 09:00,w1\n"
    (row,) = read_work(io.BytesIO(data.encode()), good_rates())
    assert row.quantity == Decimal("1.5")


@pytest.mark.parametrize(
    "data",
    [
        (HEADER + GOOD.replace("w1", "\u5f20\u4e09")).encode("gbk"),
        (HEADER + GOOD).encode("utf-16"),
        HEADER.encode() + b'w1,"2026',
        (HEADER + GOOD.strip() + ",extra\n").encode(),
    ],
)
def test_unreadable_files_say_where(data: bytes) -> None:
    (problem,) = problems_of_work(data)[:1]
    assert problem[0].startswith("work.csv")


def test_times_with_and_without_zone_cannot_be_ordered() -> None:
    assert problems_of_work(HEADER + GOOD + GOOD.replace("+08:00", "")) == [("work.csv:2", "accepted_at")]


def test_times_are_ordered_across_zones() -> None:
    early = GOOD.replace("09:00:00+08:00", "02:00:00+00:00")
    rows = read_work(io.BytesIO((HEADER + early + GOOD).encode()), good_rates())
    assert rows[0].accepted_at > rows[1].accepted_at
