"""Inspectors: paid by review, with a bonus for findings confirmed; a defect that passed counts against the share."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from tests.quality.floor import box
from tests.settle.conftest import PAID_REVIEWS, PayFloor

from tongguan.core import failpoints


def mine(floor: PayFloor, name: str = "老张") -> list[tuple[str, int, str]]:
    """(unit, quantity, outcome) of an inspector's work rows."""
    return [row[1:] for row in floor.work_rows() if row[0] == name]


def test_each_review_is_one_unit_once(floor: PayFloor) -> None:
    ann, ins = floor.annotator(), floor.inspector()
    floor.rates(PAID_REVIEWS)
    floor.answer(ann, box(), count=4)
    floor.judge(ins)
    floor.judge(ins, "reject")
    floor.judge(ins, "fix", labels=[box(x=100)])
    assert [row for row in mine(floor) if row[0] == "review"] == [("review", 1, "accepted")] * 3
    with floor.world.database.transaction(floor.world.org_id) as session:
        session.execute(text("UPDATE event SET delivered_at = NULL WHERE kind LIKE 'quality.%'"))
    floor.run_jobs()  # delivered again
    assert len([row for row in mine(floor) if row[0] == "review"]) == 3


def test_without_a_rate_reviews_are_not_paid_and_close_as_before(floor: PayFloor) -> None:
    ann, ins = floor.annotator(), floor.inspector()
    floor.rates()
    floor.answer(ann, box())
    floor.judge(ins)
    assert mine(floor) == []
    assert [slip["person"] for slip in floor.close_period()["slips"]] == ["小李"]


def test_a_payslip_of_an_inspector_opens_down_to_the_reviews(floor: PayFloor) -> None:
    ann, ins = floor.annotator(), floor.inspector()
    floor.rates(PAID_REVIEWS)
    floor.answer(ann, box(), count=5)
    floor.judge_all(ins)
    period = floor.close_period()
    slip = next(each for each in period["slips"] if each["person"] == "老张")
    # 5 reviews, 2 in the quota; 3 x 30 x 1.0 x 1.1 = 99
    assert [(line["unit"], line["quantity"], line["amount_fen"]) for line in slip["lines"]] == [
        ("", "2", 1000),
        ("review", "3", 99),
    ]
    rows = floor.get(ins, "pay/work", period=period["id"]).json()["items"]
    assert {row["unit"] for row in rows} == {"review"}
    assert len({row["annotation_id"] for row in rows}) == 5
    units = floor.get(ins, "today").json()["units"]
    assert units == [{"unit": "review", "today": "5", "month": "5"}]


def test_a_finding_that_the_author_s_new_answer_confirms_is_a_bonus(floor: PayFloor) -> None:
    ann, ins, other = floor.annotator(), floor.inspector(), floor.inspector("老李")
    floor.rates(PAID_REVIEWS)
    floor.answer(ann, box())
    two = [{"type": "loose_box", "note": "松"}, {"type": "missed", "note": "漏"}]
    floor.judge(ins, "reject", findings=two)
    assert mine(floor) == [("review", 1, "accepted")]  # nobody has confirmed them yet
    floor.work_off(ann, box(x=60))
    floor.judge(other)
    assert mine(floor) == [("review", 1, "accepted"), ("finding", 1, "accepted"), ("finding", 1, "accepted")]
    assert mine(floor, "老李") == [("review", 1, "accepted")]


@pytest.mark.parametrize(("withdraw", "bonus"), [(True, 0), (False, 1)])
def test_a_contested_finding_is_a_bonus_when_it_is_confirmed(floor: PayFloor, withdraw: bool, bonus: int) -> None:
    ann, ins, other = floor.annotator(), floor.inspector(), floor.inspector("老李")
    floor.rates(PAID_REVIEWS)
    floor.answer(ann, box())
    floor.judge(ins, "reject")
    [finding] = floor.get(ann, "findings?person=me").json()["items"]
    floor.post(ann, f"findings/{finding['id']}/contest", {"text": "不对"})
    floor.post(other, f"findings/{finding['id']}/answer", {"withdraw": withdraw})
    floor.run_jobs()
    assert len([row for row in mine(floor) if row[0] == "finding"]) == bonus


def test_a_bonus_ends_when_the_finding_is_withdrawn_later(floor: PayFloor) -> None:
    ann, ins, other = floor.annotator(), floor.inspector(), floor.inspector("老李")
    floor.rates(PAID_REVIEWS)
    floor.answer(ann, box())
    floor.judge(ins, "reject")
    floor.work_off(ann, box(x=60))
    floor.judge(other)
    [finding] = floor.get(ann, "findings?person=me").json()["items"]
    floor.post(ann, f"findings/{finding['id']}/contest", {"text": "不对"})
    floor.post(other, f"findings/{finding['id']}/answer", {"withdraw": True})
    floor.run_jobs()
    slip = next(each for each in floor.close_period()["slips"] if each["person"] == "老张")
    assert slip["accepted"] == "1"  # the review alone


def test_a_defect_that_passed_counts_against_the_share_once_it_is_confirmed(floor: PayFloor) -> None:
    ann, ins, other, boss = floor.annotator(), floor.inspector(), floor.inspector("老李"), floor.manager()
    floor.rates(PAID_REVIEWS)
    [done] = floor.answer(ann, box())
    floor.judge(ins)
    floor.post(boss, "rework", {"annotation_ids": [str(done)], "cause": "own", "note": "框错了"})
    floor.run_jobs()
    assert mine(floor) == [("review", 1, "accepted")]
    floor.work_off(ann, box(x=60))
    floor.judge(other)
    assert mine(floor) == [("review", 1, "accepted"), ("review", 1, "rejected")]
    slip = next(each for each in floor.close_period()["slips"] if each["person"] == "老张")
    assert (slip["accepted_share"], slip["coefficient"]) == ("0.5", "0.8")


def test_rows_after_a_broken_delivery(floor: PayFloor) -> None:
    ann, ins = floor.annotator(), floor.inspector()
    floor.rates(PAID_REVIEWS)
    floor.answer(ann, box())
    failpoints.arm("settle.reviewed=error")
    with pytest.raises(failpoints.FailpointError):
        floor.judge(ins)
    failpoints.arm("")
    with floor.world.database.transaction(floor.world.org_id) as session:
        session.execute(text("UPDATE event SET delivered_at = NULL WHERE kind LIKE 'quality.%'"))
    floor.run_jobs()
    assert mine(floor) == [("review", 1, "accepted")]
