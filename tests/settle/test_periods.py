"""Work rows, periods and the ledger, from judgement to money."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError
from tests.conftest import assert_error
from tests.quality.floor import box
from tests.settle.conftest import CARD, PayFloor

from tongguan.core import clock, failpoints
from tongguan.settle.jobs import sweep

MARCH = datetime(2026, 3, 10, 4, 0, tzinfo=UTC)


def test_every_judgement_writes_work_rows_once(floor: PayFloor) -> None:
    ann, ins = floor.annotator(), floor.inspector()
    floor.answer(ann, box(), box(x=80))
    floor.judge(ins, "reject")
    floor.work_off(ann, box(), box(x=80), box(x=140))
    floor.judge(ins)
    assert floor.work_rows() == [("小李", "box", 2, "rejected"), ("小李", "box", 3, "accepted")]
    with floor.world.database.transaction(floor.world.org_id) as session:
        session.execute(text("UPDATE event SET delivered_at = NULL WHERE kind = 'quality.judged'"))
    floor.run_jobs()  # delivered again
    assert len(floor.work_rows()) == 2


def test_a_period_pays_what_the_formula_says(floor: PayFloor) -> None:
    ann, ins = floor.annotator(), floor.inspector()
    floor.rates()
    floor.answer(ann, box(), box(x=80), box(x=140), count=1)
    floor.judge(ins)
    floor.answer(ann, box(), box(x=80))
    floor.judge(ins)
    period = floor.close_period()
    [slip] = period["slips"]
    # 5 accepted, 2 in the quota; 3 x 6.5 x 1.0 x 1.1 = 21.45, half-up 21
    assert (slip["base_fen"], slip["units_in_quota"], slip["accepted_share"]) == (1000, "2", "1")
    assert [(line["kind"], line["quantity"], line["amount_fen"]) for line in slip["lines"]] == [
        ("base", "2", 1000),
        ("line", "3", 21),
    ]
    assert slip["lines"][1]["explanation"]["quality_coefficient"] == "1.1"
    assert (slip["total_fen"], period["total_fen"], period["rate_toml"]) == (1021, 1021, CARD)
    own = floor.get(ann, f"pay/periods/{period['id']}").json()
    assert own["slips"] == [slip]
    assert floor.get(ins, f"pay/periods/{period['id']}").json()["slips"] == []  # others' pay is not theirs to see
    work = floor.get(ann, f"pay/work?period={period['id']}").json()["items"]
    assert [(row["quantity"], row["outcome"], row["period_id"]) for row in work] == [
        ("2", "accepted", period["id"]),
        ("3", "accepted", period["id"]),
    ]


def test_later_rows_fall_into_the_next_period(floor: PayFloor) -> None:
    ann, ins = floor.annotator(), floor.inspector()
    floor.rates()
    with clock.frozen(MARCH):
        floor.answer(ann, box())
        floor.judge(ins)
    with clock.frozen(MARCH + timedelta(minutes=1)):
        first = floor.close_period()
        assert (first["month"], first["starts_on"], first["ends_on"]) == ("2026-03-01", "2026-03-01", "2026-03-10")
        assert first["early"] is True
    with clock.frozen(MARCH + timedelta(minutes=5)):
        floor.answer(ann, box(), box(x=80))
        floor.judge(ins)
        listed = floor.get(ann, "pay/periods").json()
        assert (listed["open"]["month"], listed["open"]["starts_on"]) == ("2026-04-01", "2026-03-10")
        assert listed["open"]["slips"][0]["accepted"] == "2"
        again = floor.post(floor.owner, "pay/periods/close")
        assert_error(again, 409, "pay.not_begun")  # the base wage of a month is paid once
    with clock.frozen(datetime(2026, 4, 2, tzinfo=UTC)):
        second = floor.close_period()
    assert [line["kind"] for line in second["slips"][0]["lines"]] == ["base"]
    assert (second["number"], second["slips"][0]["accepted"]) == (2, "2")
    assert floor.world.one("SELECT count(*) FROM period_work") == 2


def test_a_period_ends_with_the_month_of_the_organization(floor: PayFloor) -> None:
    ann, ins = floor.annotator(), floor.inspector()
    floor.rates()
    end = datetime(2026, 3, 31, 16, 0, tzinfo=UTC)  # midnight in Shanghai
    for moment in (end - timedelta(seconds=1), end):
        with clock.frozen(moment):
            floor.answer(ann, box())
            floor.judge(ins)
    for minutes, closed in ((5, 0), (11, 1)):
        with clock.frozen(end + timedelta(minutes=minutes)):
            with floor.world.database.transaction(floor.world.org_id) as session:
                assert sweep(session) == closed
    with clock.frozen(end + timedelta(minutes=20)):
        listed = floor.get(floor.owner, "pay/periods").json()
    [period] = listed["items"]
    assert (period["month"], period["ends_on"], period["early"], period["closed_by"]) == (
        "2026-03-01",
        "2026-03-31",
        False,
        None,
    )
    assert listed["open"]["slips"][0]["accepted"] == "1"


def test_months_without_work_are_passed_over(floor: PayFloor) -> None:
    ann, ins = floor.annotator(), floor.inspector()
    floor.rates()
    for month in (1, 4):
        with clock.frozen(datetime(2026, month, 10, tzinfo=UTC)):
            floor.answer(ann, box())
            floor.judge(ins)
    with clock.frozen(datetime(2026, 7, 1, tzinfo=UTC)):
        with floor.world.database.transaction(floor.world.org_id) as session:
            assert sweep(session) == 2
        months = [row["month"] for row in floor.get(floor.owner, "pay/periods").json()["items"]]
    assert months == ["2026-04-01", "2026-01-01"]


def test_a_missing_rate_closes_nothing_and_says_which(floor: PayFloor) -> None:
    ann, ins = floor.annotator(), floor.inspector()
    floor.rates('base_fen = 0\nquota_units = 0\n[rates]\ntask = "1"\n[difficulty]\nnormal = "1"\n')
    floor.answer(ann, box())
    floor.judge(ins)
    params = assert_error(floor.post(floor.owner, "pay/periods/close"), 422, "pay.no_rate")
    assert params == {"units": ["box"], "difficulties": []}
    assert floor.world.one("SELECT count(*) FROM pay_period") == 0
    today = floor.get(ann, "today").json()["pay"]
    assert today["total_fen"] is None
    assert "[rates] box" in today["problem"]
    assert floor.get(ann, "pay/rates").json()["without_rate"] == ["rates.box"]


def test_an_empty_period_is_not_closed(floor: PayFloor) -> None:
    assert_error(floor.post(floor.owner, "pay/periods/close"), 409, "pay.nothing")


def test_rates_are_checked_and_only_the_owner_s(floor: PayFloor) -> None:
    ann, boss = floor.annotator(), floor.manager()
    shown = floor.get(ann, "pay/rates").json()
    assert shown["default"] is True
    assert "quota_units = 6000" in shown["toml"]
    put = floor.client.as_(boss).put(floor.url("pay/rates"), json={"toml": CARD})
    assert_error(put, 403, "auth.role")
    assert_error(floor.post(boss, "pay/periods/close"), 403, "auth.role")
    bad = floor.client.as_(floor.owner).put(floor.url("pay/rates"), json={"toml": "base_fen = -1"})
    params = assert_error(bad, 422, "pay.rates")
    assert {problem["field"] for problem in params["problems"]} == {"base_fen", "quota_units", "rates"}
    floor.rates()
    floor.rates(CARD.replace("1000", "2000"))
    assert floor.get(ann, "pay/rates").json()["toml"].strip().startswith("base_fen = 2000")
    assert floor.world.one("SELECT count(*) FROM rate_card") == 2
    assert floor.world.one("SELECT count(*) FROM audit WHERE object_kind = 'rates'") == 2


def test_a_withdrawn_finding_counts_no_more(floor: PayFloor) -> None:
    ann, ins, other = floor.annotator(), floor.inspector(), floor.inspector("老李")
    floor.rates()
    floor.answer(ann, box(), box(x=80), box(x=140))
    floor.judge(ins, "reject")
    [finding] = floor.get(ann, "findings?person=me").json()["items"]
    floor.post(ann, f"findings/{finding['id']}/contest", {"text": "不对"})
    floor.post(other, f"findings/{finding['id']}/answer", {"withdraw": True})
    floor.run_jobs()
    assert floor.work_rows() == [("小李", "box", 3, "rejected"), ("小李", "box", 3, "accepted")]
    [slip] = floor.close_period()["slips"]
    assert (slip["accepted"], slip["rejected"], slip["accepted_share"]) == ("3", "0", "1")
    work = floor.get(ann, "pay/work?person=me").json()["items"]
    assert [(row["outcome"], row["void"], row["period_id"] is None) for row in work] == [
        ("accepted", False, False),
        ("rejected", True, True),
    ]


def test_rework_after_a_rule_change_is_paid_and_after_a_mistake_is_not(floor: PayFloor) -> None:
    ann, ins, boss = floor.annotator(), floor.inspector(), floor.manager()
    floor.rates()
    one, two = floor.answer(ann, box(), box(x=80), count=2)
    floor.judge_all(ins)
    for annotation, cause in ((one, "own"), (two, "rule")):
        floor.post(boss, "rework", {"annotation_ids": [str(annotation)], "cause": cause})
        floor.work_off(ann, box(), box(x=80))
        floor.judge(ins)
    assert sorted(row[3] for row in floor.work_rows()) == ["accepted", "accepted", "rework_own", "rework_rule"]
    [slip] = floor.close_period()["slips"]
    beyond = {line["outcome"]: (line["quantity"], line["amount_fen"]) for line in slip["lines"] if line["outcome"]}
    # accepted: 2 beyond the quota x 6.5 x 1.1 = 14.3; rework_rule: 2 x 6.5 = 13, without the quality coefficient
    assert beyond == {"accepted": ("2", 14), "rework_rule": ("2", 13)}


@pytest.mark.parametrize(
    "table",
    [
        "work_row",
        "work_void",
        "pay_period",
        "period_work",
        "ledger_line",
        "rate_card",
        "pay_appeal",
        "pay_appeal_answer",
    ],
)
@pytest.mark.parametrize("change", ["UPDATE {} SET org_id = org_id", "DELETE FROM {}"])
def test_pay_cannot_be_changed_by_the_application(floor: PayFloor, table: str, change: str) -> None:
    with floor.world.database.transaction(floor.world.org_id) as session:
        with pytest.raises(ProgrammingError, match="permission denied"), session.begin_nested():
            session.execute(text(change.format(table)))


@pytest.mark.parametrize("point", ["settle.period_opened", "settle.lines_written"])
def test_a_closing_that_breaks_leaves_nothing_and_can_be_done_again(floor: PayFloor, point: str) -> None:
    ann, ins = floor.annotator(), floor.inspector()
    floor.rates()
    floor.answer(ann, box())
    floor.judge(ins)
    failpoints.arm(f"{point}=error")
    with pytest.raises(failpoints.FailpointError):
        floor.post(floor.owner, "pay/periods/close")
    failpoints.arm("")
    assert floor.world.one("SELECT count(*) FROM pay_period") == 0
    assert floor.world.one("SELECT count(*) FROM ledger_line") == 0
    assert floor.close_period()["total_fen"] == 1000


def test_work_rows_after_a_broken_delivery(floor: PayFloor) -> None:
    ann, ins = floor.annotator(), floor.inspector()
    floor.answer(ann, box())
    failpoints.arm("settle.work_rows=error")
    with pytest.raises(failpoints.FailpointError):
        floor.judge(ins)
    failpoints.arm("")
    with floor.world.database.transaction(floor.world.org_id) as session:
        session.execute(text("UPDATE event SET delivered_at = NULL WHERE kind = 'quality.judged'"))
    assert floor.work_rows() == []
    floor.run_jobs()
    assert floor.work_rows() == [("小李", "box", 1, "accepted")]


def test_the_cost_line_is_what_the_running_period_would_pay(floor: PayFloor) -> None:
    ann, ins, boss = floor.annotator(), floor.inspector(), floor.manager()
    floor.rates()
    floor.answer(ann, box(), count=3)
    floor.judge_all(ins)
    line = floor.get(boss, "pay/costs").json()
    assert line["problem"] is None
    assert line["days"][-1]["cost_fen"] == floor.get(boss, "pay/periods").json()["open"]["total_fen"]
    assert floor.get(ins, "pay/costs").status_code == 403
    floor.close_period()
    after = floor.get(boss, "pay/costs").json()
    assert [day["cost_fen"] for day in after["days"]] == [line["days"][-1]["cost_fen"]]
