"""Live figures: people, label classes, confusion, gate 3, and who is careless."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError
from tests.conftest import assert_error
from tests.quality.conftest import MakeFloor
from tests.quality.floor import Floor, box

from tongguan.projects.interface import gate_states
from tongguan.quality.interface import compare, quality_of, quality_over
from tongguan.quality.service.intervals import Share


def gate(floor: Floor) -> str:
    """The written state of gate 3."""
    with floor.world.database.transaction(floor.world.org_id) as session:
        return gate_states(session, floor.world.project.id).get(3, "closed")


def test_gate_3_opens_at_the_accepted_share_and_closes_again(floor: Floor) -> None:
    ann, ins, boss = floor.annotator(), floor.inspector(), floor.manager()
    floor.answer(ann, box(), count=4)
    floor.judge(ins)
    assert gate(floor) == "open"
    floor.judge(ins, "reject")
    assert gate(floor) == "reclosed"
    figure = floor.get(boss, "quality").json()["gate"]
    assert (figure["accepted"], figure["judged"], figure["share"], figure["threshold"]) == (1, 2, 0.5, 0.95)
    assert figure["low"] == pytest.approx(0.0945, abs=1e-4)  # Wilson, 1 of 2
    assert figure["high"] == pytest.approx(0.9055, abs=1e-4)
    floor.judge_all(ins)
    floor.work_off(ann, box())
    assert gate(floor) == "reclosed"
    floor.judge(ins)
    assert gate(floor) == "open"
    figure = floor.get(boss, "quality").json()["gate"]
    assert (figure["accepted"], figure["judged"]) == (4, 4)
    assert figure["first_pass"]["share"] == 0.75
    row = floor.world.rows("SELECT figure, missing FROM project_gate WHERE gate = 3")[0]
    assert (row.figure["value"], row.figure["total"], row.missing) == (1.0, 4, [])
    states = floor.world.rows("SELECT state FROM gate_record WHERE gate = 3 ORDER BY id")
    assert [each.state for each in states] == ["open", "reclosed", "open"]


def test_another_threshold_opens_the_gate(floor: Floor, org: object) -> None:
    ann, ins, boss = floor.annotator(), floor.inspector(), floor.manager()
    floor.answer(ann, box(), count=2)
    floor.judge(ins, "reject")
    floor.judge(ins)
    assert gate(floor) == "working"
    settings = floor.client.as_(boss).get(floor.url("")[:-1]).json()["settings"]
    settings["quality"]["gate_share"] = 0.5
    assert floor.client.as_(boss).put(floor.url("settings"), json=settings).status_code == 200
    floor.run_jobs()
    assert gate(floor) == "open"


def test_quality_of_people_and_label_classes(floor: Floor) -> None:
    ann, ins, boss = floor.annotator(), floor.inspector(), floor.manager()
    floor.answer(ann, box(id="a"), box(id="b", x=80))
    floor.judge(ins, "fix", labels=[box(id="a"), box(id="c", x=10, y=120)])
    report = floor.get(boss, "quality").json()
    row = next(each for each in report["people"] if each["name"] == "小李")
    assert (row["units"]["part"], row["units"]["whole"]) == (1, 2)
    assert row["labels"][0]["label"] == "scratches"
    assert (row["checked"]["part"], row["checked"]["whole"]) == (0, 1)
    cells = {(cell["expected"], cell["answered"]): cell["count"] for cell in report["confusion"]}
    assert cells == {("scratches", "scratches"): 1, ("scratches", ""): 1, ("", "scratches"): 1}
    with floor.world.database.transaction(floor.world.org_id) as session:
        assert quality_of(session, floor.world.project.id, ann.id).units.whole == 2
        assert quality_over(session, ann.id, 1).whole == 1


def test_a_careless_person_is_caught_and_reviewed_in_full(floor: Floor) -> None:
    ann, ins, boss = floor.annotator(level=3), floor.inspector(), floor.manager()
    floor.answer(ann, box(), count=30)
    floor.close_lots(boss)  # draws 6
    floor.answer(ann, box(), count=3)  # the next lot
    for _ in range(5):
        floor.judge(ins, "reject")
    [flag] = floor.get(boss, "quality").json()["flags"]
    assert (flag["person_id"], flag["right"], flag["answers"], flag["stopped"]) == (str(ann.id), 0, 5, False)
    assert flag["high"] < 0.95
    lots = {lot["number"]: lot for lot in floor.lots(boss)}
    assert (lots[1]["state"], lots[1]["drawn"]) == ("screening", 30)
    assert lots[2]["drawn"] == 3
    person = next(row for row in floor.get(boss, "quality").json()["people"] if row["name"] == "小李")
    assert (person["flagged"], person["review_share"]) == (True, 1.0)
    assert_error(floor.post(ins, f"quality/flags/{ann.id}/clear", {"note": "谈过"}), 403, "auth.role")
    assert floor.post(boss, f"quality/flags/{ann.id}/clear", {"note": "谈过"}).status_code == 200
    assert_error(floor.post(boss, f"quality/flags/{ann.id}/clear", {"note": "谈过"}), 404, "flag.none")
    assert floor.get(boss, "quality").json()["flags"] == []
    floor.judge(ins, "reject")  # counting starts anew
    assert floor.get(boss, "quality").json()["flags"] == []


def test_a_good_person_with_one_mistake_is_not_flagged(floor: Floor) -> None:
    ann, ins, boss = floor.annotator(), floor.inspector(), floor.manager()
    floor.answer(ann, box(), count=8)
    floor.judge(ins, "reject")
    floor.judge_all(ins)
    assert floor.get(boss, "quality").json()["flags"] == []


def test_far_below_the_line_the_qualification_closes(make_floor: MakeFloor) -> None:
    floor = make_floor(quality={"stop_below": 0.5})
    ann, ins = floor.annotator(), floor.inspector()
    floor.answer(ann, box(), count=5)
    for _ in range(5):
        floor.judge(ins, "reject")
    state = floor.world.one("SELECT state FROM qualification WHERE person_id = :id", id=ann.id)
    assert state == "closed"
    assert floor.world.one("SELECT stopped FROM quality_flag") is True


@pytest.mark.parametrize("table", ["judgement", "confusion", "rework"])
@pytest.mark.parametrize("change", ["UPDATE {} SET org_id = org_id", "DELETE FROM {}"])
def test_judgements_cannot_be_changed_by_the_application(floor: Floor, table: str, change: str) -> None:
    with floor.world.database.transaction(floor.world.org_id) as session:
        with pytest.raises(ProgrammingError, match="permission denied"), session.begin_nested():
            session.execute(text(change.format(table)))


def test_comparing_answers() -> None:
    right = [box(), box(x=100, label="patches")]
    same = compare([box(x=100, label="patches"), box(x=11)], right, 0.5)
    assert same.correct
    assert len(same.matches) == 2
    other = compare([box(label="patches"), box(x=60, y=150)], right, 0.5)
    assert not other.correct
    assert [(match.answer, match.expected) for match in other.wrong_class] == [(0, 0)]
    assert (other.missed, other.extra) == ((1,), (1,))
    assert other.confusion == {("scratches", "patches"): 1, ("patches", ""): 1, ("", "scratches"): 1}
    assert compare([], [], 0.5).correct
    whole = compare([{"kind": "class", "label": "a"}], [{"kind": "class", "label": "b"}], 0.5)
    assert (whole.correct, len(whole.wrong_class)) == (False, 1)
    twice = compare([box(), box()], [box()], 0.5)
    assert (len(twice.matches), twice.extra) == (1, (1,))


def test_wilson() -> None:
    low, high = Share(90, 100).interval  # 0.8256, 0.9448: Wilson 1927, as in statsmodels
    assert low == pytest.approx(0.8256, abs=1e-4)
    assert high == pytest.approx(0.9448, abs=1e-4)
    assert Share(0, 0).interval == (0.0, 1.0)


def test_burn_up_counts_items_and_accepted_answers_by_day(floor: Floor) -> None:
    ann, ins, boss = floor.annotator(), floor.inspector(), floor.manager()
    floor.answer(ann, box(), count=3)
    floor.judge(ins)
    floor.judge(ins, "reject")
    days = floor.get(boss, "burn-up").json()
    assert len(days) == 1
    assert days[0]["accepted"] == 1
    assert days[0]["items"] >= 3
