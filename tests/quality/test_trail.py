"""The way of one answer through review, for those who may see it; and the forecast of the finish."""

from __future__ import annotations

from datetime import date, timedelta

from tests.conftest import assert_error
from tests.quality.floor import Floor, box

from tongguan.quality.service.forecast import forecast

TODAY = date(2026, 3, 2)


def test_the_author_sees_the_way_of_an_answer_without_names(floor: Floor) -> None:
    ann, other, ins, boss = floor.annotator(), floor.annotator(), floor.inspector(), floor.manager()
    floor.answer(ann, box())
    floor.judge(ins, "reject")
    answer = floor.get(boss, "annotations").json()["items"][0]["id"]
    own = floor.get(ann, f"annotations/{answer}/trail").json()
    assert [step["outcome"] for step in own["judgements"]] == ["rejected"]
    assert {(step["via"], step["by"]) for step in own["judgements"]} == {(None, None)}
    assert [finding["annotation_id"] for finding in own["findings"]] == [answer]
    led = floor.get(boss, f"annotations/{answer}/trail").json()
    assert led["judgements"][0]["via"] == "review"
    assert led["judgements"][0]["by"]
    assert_error(floor.get(other, f"annotations/{answer}/trail"), 404, "annotation.unknown")
    assert list(floor.get(ann, f"annotations/{answer}").json()["people"]) == [str(ann.id)]


def test_a_steady_project_is_done_when_arithmetic_says() -> None:
    found = forecast([10] * 20, 95, TODAY)
    assert found is not None
    assert {found.early, found.middle, found.late} == {TODAY + timedelta(days=10)}


def test_an_uneven_project_has_a_band_and_the_same_one_each_time() -> None:
    done = [0, 40, 5, 0, 0, 60, 3, 0, 0, 20, 0, 70, 1, 0]
    found = forecast(done, 300, TODAY)
    assert found is not None
    assert found == forecast(done, 300, TODAY)
    assert found.early is not None
    assert found.late is not None
    assert found.early < found.late
    mean = 300 / (sum(done) / len(done))
    assert abs((found.middle or TODAY) - TODAY - timedelta(days=mean)) < timedelta(days=8)


def test_no_forecast_from_too_little() -> None:
    assert forecast([5, 5], 10, TODAY) is None
    assert forecast([0, 0, 0, 0], 10, TODAY) is None
    assert forecast([5, 5, 5], 0, TODAY) is None


def test_a_finish_beyond_two_years_is_said_so() -> None:
    found = forecast([0, 0, 1, 0], 100_000, TODAY)
    assert found is not None
    assert (found.early, found.middle, found.late) == (None, None, None)


def test_a_new_project_says_how_many_days_it_has(floor: Floor) -> None:
    ann, ins, boss = floor.annotator(), floor.inspector(), floor.manager()
    floor.answer(ann, box(), count=2)
    floor.judge(ins)
    found = floor.get(boss, "forecast").json()
    assert (found["ready"], found["days"], found["needed_days"]) == (False, 0, 3)
    assert floor.get(ann, "forecast").status_code == 403
