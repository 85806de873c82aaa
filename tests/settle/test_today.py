"""The page of a person who works."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import text
from tests.conftest import assert_error
from tests.quality.floor import box
from tests.settle.conftest import PayFloor

from tongguan.core import clock


def test_units_pay_and_quality_of_today(floor: PayFloor) -> None:
    ann, ins = floor.annotator(), floor.inspector()
    floor.rates()
    noon = datetime(2026, 3, 10, 4, 0, tzinfo=UTC)
    with clock.frozen(noon - timedelta(days=1)):
        floor.answer(ann, box(), box(x=80), box(x=140))
        floor.judge(ins)
    with clock.frozen(noon):
        floor.answer(ann, box(), box(x=80))
        floor.judge(ins)
        floor.answer(ann, box())
        floor.judge(ins, "reject")
    with clock.frozen(noon + timedelta(minutes=1)):
        today = floor.get(ann, "today").json()
    assert (today["date"], today["time_zone"], today["rule_version"]) == ("2026-03-10", "Asia/Shanghai", "1.0")
    assert today["units"] == [{"unit": "box", "today": "2", "month": "5"}]
    assert (today["quality"]["part"], today["quality"]["whole"]) == (5, 6)
    pay = today["pay"]
    # 5 of 6 accepted: coefficient 0.8. 3 beyond the quota of 2: 15.6 → 16; yesterday 1 x 6.5 x 1.1 = 7.15 → 7
    assert (pay["base_fen"], pay["beyond_fen"], pay["today_fen"], pay["total_fen"]) == (1000, 16, 9, 1016)
    assert (pay["estimate"], pay["coefficient"], pay["units_in_quota"]) == (True, "0.8", "2")
    assert pay["lines"][1]["explanation"]["rate"] == "6.5"


def test_what_is_next_and_why(floor: PayFloor) -> None:
    ann, ins = floor.annotator(), floor.inspector()
    assert floor.get(ann, "today").json()["next"]["code"] == "empty"
    floor.answer(ann, box())
    floor.judge(ins, "reject")
    redo = floor.get(ann, "today").json()["next"]
    assert (redo["code"], redo["waiting"]) == ("rework", 1)
    floor.work_off(ann, box())
    tasks = floor.world.tasks(floor.world.items(1))
    assert floor.get(ann, "today").json()["next"]["code"] == "queue"
    with floor.world.database.transaction(floor.world.org_id) as session:
        session.execute(text("UPDATE task SET priority = 5 WHERE id = :id"), {"id": tasks[0]})
    first = floor.get(ann, "today").json()["next"]
    assert (first["code"], first["batch"]) == ("priority", "b")
    floor.world.work(ann)
    assert floor.get(ann, "today").json()["next"]["code"] == "held"
    new = floor.world.person("新人", 1, qualified=False)
    assert floor.get(new, "today").json()["next"]["code"] == "not_qualified"


def test_what_is_left_to_clear_the_next_level(floor: PayFloor) -> None:
    ann, ins = floor.annotator(), floor.inspector()
    floor.answer(ann, box(), box(x=80))
    floor.judge(ins)
    level = floor.get(ann, "today").json()["level"]
    assert (level["level"], level["next"]) == (1, 2)
    by_kind = {condition["kind"]: condition for condition in level["conditions"]}
    assert (by_kind["accepted_units"]["have"], by_kind["accepted_units"]["need"]) == (2, 200)
    assert (by_kind["quality"]["have"], by_kind["quality"]["met"]) == (1.0, True)
    assert by_kind["promotion"]["met"] is False
    top = floor.manager()
    assert floor.get(top, "today").json()["level"] == {"level": 5, "next": None, "conditions": []}


def test_findings_and_rule_changes_to_read(floor: PayFloor) -> None:
    ann, ins = floor.annotator(), floor.inspector()
    assert [rule["number"] for rule in floor.get(ann, "today").json()["rules_to_read"]] == ["1.0"]
    floor.answer(ann, box(id="b"))
    floor.judge(ins, "reject", findings=[{"type": "loose_box", "severity": "major", "label_id": "b"}])
    floor.world.publish(1, 1)
    today = floor.get(ann, "today").json()
    assert [(rule["number"], rule["major"]) for rule in today["rules_to_read"]] == [("1.1", False)]
    [finding] = today["findings"]
    assert finding["item"]["thumb_url"].startswith("/files/")
    assert finding["region"]["width"] == 30
    assert today["reviews_waiting"] is None
    assert floor.get(ins, "today").json()["reviews_waiting"] == 0
    assert floor.get(ins, "today").json()["findings"] == []


def test_a_new_person_sees_an_empty_day(floor: PayFloor) -> None:
    ann = floor.annotator()
    today = floor.get(ann, "today").json()
    assert today["units"] == []
    assert (today["pay"]["total_fen"], today["quality"]["share"]) == (0, None)
    client = floor.world.person("客户", 1, roles=("client",))
    assert_error(floor.get(client, "today"), 403, "auth.role")
