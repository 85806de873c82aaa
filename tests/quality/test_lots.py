"""Lots: what is drawn, when the rest goes with it, and when everything is reviewed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import text
from tests.conftest import assert_error
from tests.quality.conftest import MakeFloor
from tests.quality.floor import Floor, box

from tongguan.core import clock
from tongguan.quality.jobs import sweep
from tongguan.quality.service.lots import day_end


def test_a_share_is_drawn_and_the_rest_is_accepted_with_it(floor: Floor) -> None:
    ann, ins, boss = floor.annotator(level=3), floor.inspector(), floor.manager()
    done = floor.answer(ann, box(), count=10)
    assert floor.get(ins, "review/next").json()["review"] is None  # the lot is open
    [lot] = floor.lots(boss)
    assert (lot["state"], lot["size"], lot["number"], lot["person"]) == ("collecting", 10, 1, "小李")
    assert floor.close_lots(boss) == 1
    [lot] = floor.lots(boss)
    assert (lot["state"], lot["drawn"], lot["judged"]) == ("reviewing", 2, 0)  # 0.2 of level 3
    floor.judge(ins)
    assert sum(floor.state(each) == "accepted" for each in done) == 1
    floor.judge(ins)
    assert all(floor.state(each) == "accepted" for each in done)
    [lot] = floor.lots(boss)
    assert (lot["state"], lot["judged"], lot["accepted"]) == ("accepted", 10, 10)
    vias = [row[3] for row in floor.judgements()]
    assert (vias.count("review"), vias.count("lot")) == (2, 8)


def test_a_rejected_sample_sends_the_rest_to_review(floor: Floor) -> None:
    ann, ins, boss = floor.annotator(level=3), floor.inspector(), floor.manager()
    done = floor.answer(ann, box(), count=6)
    floor.close_lots(boss)
    floor.judge(ins, "reject")
    [lot] = floor.lots(boss)
    assert (lot["state"], lot["drawn"]) == ("reviewing", 2)
    floor.judge(ins)
    [lot] = floor.lots(boss)
    assert (lot["state"], lot["drawn"]) == ("screening", 6)
    assert floor.judge_all(ins) == 4
    [lot] = floor.lots(boss)
    assert (lot["state"], lot["judged"], lot["accepted"]) == ("screened", 6, 5)
    assert sorted(floor.state(each) for each in done) == ["accepted"] * 5 + ["rejected"]
    assert {row[3] for row in floor.judgements()} == {"review"}


def test_at_least_one_of_a_lot_is_drawn(make_floor: MakeFloor) -> None:
    floor = make_floor(quality={"review_share": {str(level): 0 for level in range(1, 6)}})
    ann, boss = floor.annotator(level=3), floor.manager()
    floor.answer(ann, box(), count=3)
    floor.close_lots(boss)
    assert floor.lots(boss)[0]["drawn"] == 1


def test_of_a_trainee_everything_is_reviewed_at_once(floor: Floor) -> None:
    ann, ins, boss = floor.annotator(level=1), floor.inspector(), floor.manager()
    done = floor.answer(ann, box(), count=3)
    floor.judge(ins)
    floor.judge(ins, "reject")
    assert sorted(floor.state(each) for each in done) == ["accepted", "rejected", "submitted"]
    floor.close_lots(boss)
    floor.judge(ins)
    assert floor.lots(boss)[0]["state"] == "screened"


def test_work_after_a_lot_makes_the_next_lot(floor: Floor) -> None:
    ann, boss = floor.annotator(level=3), floor.manager()
    floor.answer(ann, box(), count=2)
    floor.close_lots(boss)
    floor.answer(ann, box())
    assert [(lot["number"], lot["state"], lot["size"]) for lot in floor.lots(boss)] == [
        (2, "collecting", 1),
        (1, "reviewing", 2),
    ]


def test_one_person_s_lot_can_be_closed_alone(floor: Floor) -> None:
    one, two, boss = floor.annotator("甲", 3), floor.annotator("乙", 3), floor.manager()
    floor.answer(one, box())
    floor.answer(two, box())
    answer = floor.post(boss, "lots/close", {"person_id": str(one.id)})
    assert answer.json() == {"count": 1}
    assert {lot["person"]: lot["state"] for lot in floor.lots(boss)} == {"甲": "reviewing", "乙": "collecting"}
    assert_error(floor.post(one, "lots/close"), 403, "auth.role")
    assert [lot["person"] for lot in floor.lots(two)] == ["乙"]  # an annotator sees the own lots


def test_lots_close_at_the_end_of_the_day_of_the_organization(floor: Floor) -> None:
    ann, boss = floor.annotator(level=3), floor.manager()
    evening = datetime(2026, 3, 2, 15, 30, tzinfo=UTC)  # 23:30 in Shanghai
    with clock.frozen(evening):
        floor.answer(ann, box(), count=3)
    for minutes, state in ((20, "collecting"), (31, "reviewing")):
        with clock.frozen(evening + timedelta(minutes=minutes)):
            with floor.world.database.transaction(floor.world.org_id) as session:
                sweep(session)
        assert floor.lots(boss)[0]["state"] == state


def test_the_day_ends_at_local_midnight() -> None:
    zone = ZoneInfo("Asia/Shanghai")
    midnight = datetime(2026, 3, 2, 16, 0, tzinfo=UTC)
    assert day_end(midnight - timedelta(seconds=1), zone) == midnight
    assert day_end(midnight, zone) == midnight + timedelta(days=1)


def test_a_deleted_member_leaves_its_lot(floor: Floor) -> None:
    ann, ins, boss = floor.annotator(level=3), floor.inspector(), floor.manager()
    done = floor.answer(ann, box(), count=5)
    floor.close_lots(boss)
    drawn = floor.world.one("SELECT annotation_id FROM lot_member WHERE drawn")
    with floor.world.database.transaction(floor.world.org_id) as session:
        session.execute(text("UPDATE annotation SET state = 'deleted' WHERE id = :id"), {"id": drawn})
    floor.post(boss, "lots/close")
    assert floor.get(ins, "review/next").json()["review"] is None
    with floor.world.database.transaction(floor.world.org_id) as session:
        sweep(session)
    [lot] = floor.lots(boss)
    assert (lot["size"], lot["drawn"], lot["state"]) == (4, 1, "reviewing")  # another one was drawn
    floor.judge(ins)
    assert floor.lots(boss)[0]["state"] == "accepted"
    assert sum(floor.state(each) == "accepted" for each in done) == 4


def test_a_restored_answer_is_taken_in_again(floor: Floor) -> None:
    ann, ins, boss = floor.annotator(level=1), floor.inspector(), floor.manager()
    before = datetime.now(UTC) - timedelta(hours=1)
    with clock.frozen(before):
        [done] = floor.answer(ann, box())
        floor.client.as_(boss).delete(floor.url(f"annotations/{done}"))
        assert floor.get(ins, "review/next").json()["review"] is None
        assert floor.close_lots(boss) == 0  # nothing is left in it
        floor.post(boss, f"annotations/{done}/restore")
    assert floor.state(done) == "submitted"
    with floor.world.database.transaction(floor.world.org_id) as session:
        assert sweep(session)["adopted"] == 1  # type: ignore[index]
    floor.judge(ins)
    assert floor.state(done) == "accepted"


def test_the_same_submit_delivered_twice_changes_nothing(floor: Floor) -> None:
    ann, boss = floor.annotator(level=1), floor.manager()
    floor.answer(ann, box())
    with floor.world.database.transaction(floor.world.org_id) as session:
        session.execute(text("UPDATE event SET delivered_at = NULL"))
    floor.run_jobs()
    assert floor.world.one("SELECT count(*) FROM review") == 1
    assert floor.lots(boss)[0]["size"] == 1


def test_an_erased_picture_leaves_queue_lot_and_gold(floor: Floor) -> None:
    ann, ins, boss = floor.annotator(level=3), floor.inspector(), floor.manager()
    floor.answer(ann, box(), count=2)
    floor.close_lots(boss)
    review = floor.next_review(ins)
    [gold] = floor.world.items(1)
    assert floor.post(boss, "gold", {"item_id": str(gold), "use": "exam", "labels": [box()]}).status_code == 201
    for item_id in (review["item"]["id"], str(gold)):
        gone = floor.client.as_(floor.world.person("主管", 5, roles=("manager",))).post(
            floor.url(f"items/{item_id}/erase"), json={"reason": "撤回同意"}
        )
        assert gone.status_code < 300, gone.text
    floor.run_jobs()
    assert floor.world.one("SELECT state FROM gold") == "retired"
    assert floor.world.one("SELECT state FROM review WHERE id = :id", id=review["id"]) == "void"
    [lot] = floor.lots(boss)
    assert (lot["size"], lot["drawn"], lot["state"]) == (1, 1, "reviewing")  # the other one was drawn instead
    assert_error(floor.post(ins, f"review/{review['id']}/judge", {"verdict": "accept"}), 409, "review.lost")
    floor.judge(ins)
    assert floor.lots(boss)[0]["state"] == "accepted"
