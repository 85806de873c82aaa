"""Hidden gold: handed out like anything else, judged by the known answer, never given away."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from tests.conftest import assert_error
from tests.quality.conftest import MakeFloor
from tests.quality.floor import Floor, box

from tongguan.core.errors import Conflict, Invalid
from tongguan.core.events import emit
from tongguan.people.models import Person
from tongguan.quality.interface import add_gold, settled_revisions, top_up_gold
from tongguan.quality.jobs import sweep

ALWAYS = {"gold_share": {str(level): 1 for level in range(1, 6)}}


@pytest.fixture
def golden(make_floor: MakeFloor) -> Floor:
    """A project in which every piece of work is gold while there is any."""
    return make_floor(quality=ALWAYS)


def make_gold(floor: Floor, *labels: dict[str, Any], use: str = "hidden", count: int = 1) -> list[UUID]:
    """Items with a known answer; returns the items."""
    items = floor.world.items(count)
    with floor.world.database.transaction(floor.world.org_id) as session:
        for item_id in items:
            add_gold(session, floor.world.project.id, item_id, list(labels) or [box()], False, use)
        top_up_gold(session, floor.world.project.id)
    return items


def answer_gold(floor: Floor, person: Person, *labels: dict[str, Any]) -> UUID:
    """Answers a gold task (ordinary work must be left, or gold is not handed out)."""
    floor.world.tasks(floor.world.items(1))
    [done] = floor.work_off(person, *labels)
    assert floor.world.one("SELECT purpose FROM annotation WHERE id = :id", id=done) == "gold"
    return done


def test_a_small_stock_waits_for_everybody_who_may_work(golden: Floor) -> None:
    ann = golden.annotator()
    golden.world.person("未上岗", 1, qualified=False)
    golden.world.person("客户", 1, roles=("client",))
    make_gold(golden, count=5)
    query = "SELECT person_id, count(*) AS n FROM task WHERE purpose = 'gold' AND state = 'open' GROUP BY person_id"
    assert [(row.person_id, row.n) for row in golden.world.rows(query)] == [(ann.id, 3)]
    late = golden.annotator("新来的")
    golden.run_jobs()  # the qualification fills the stock
    assert {row.person_id: row.n for row in golden.world.rows(query)} == {ann.id: 3, late.id: 3}
    answer_gold(golden, ann, box())
    assert {row.person_id: row.n for row in golden.world.rows(query)} == {ann.id: 3, late.id: 3}
    items = golden.world.rows("SELECT item_id FROM task WHERE purpose = 'gold' AND person_id = :id", id=ann.id)
    assert len({row.item_id for row in items}) == len(items) == 4  # never the same twice


@pytest.mark.parametrize(("answer", "outcome"), [(box(x=12), "accepted"), (box(x=100), "rejected")])
def test_gold_is_judged_by_its_answer_together_with_ordinary_work(
    make_floor: MakeFloor, answer: dict[str, Any], outcome: str
) -> None:
    floor = make_floor(quality=ALWAYS)
    ann, ins = floor.annotator(), floor.inspector()
    make_gold(floor)
    done = answer_gold(floor, ann, answer)
    assert floor.world.one("SELECT correct FROM gold_result") is (outcome == "accepted")
    # Nothing tells yet: judged within a second it would be known as gold.
    assert (floor.state(done), floor.judgements()) == ("submitted", [])
    assert floor.get(ins, "review/next").json()["review"] is None
    floor.work_off(ann, box())  # an ordinary one
    floor.judge(ins)
    assert floor.state(done) == outcome
    assert floor.judgements(done) == [("小李", outcome, 1, "gold")]


def test_a_wrong_answer_to_gold_shows_only_own_labels(golden: Floor) -> None:
    ann, ins = golden.annotator(), golden.inspector()
    make_gold(golden, box(), box(x=100, y=100))
    done = answer_gold(golden, ann, box(id="mine", x=50, y=150))
    golden.work_off(ann, box())
    golden.judge(ins)
    shown = golden.get(ann, "findings?person=me").json()["items"]
    assert {row["annotation_id"] for row in shown} == {str(done)}
    found = sorted((row["type"], row["label_id"], row["region"] and row["region"]["x"]) for row in shown)
    assert found == [("extra", "mine", 50.0), ("missed", "", None), ("missed", "", None)]
    # and nothing comes back: the answer would be known by then
    assert golden.world.one("SELECT count(*) FROM task WHERE rework_of IS NOT NULL") == 0


def test_gold_that_waits_for_a_day_is_judged_by_the_sweep(golden: Floor) -> None:
    ann = golden.annotator()
    make_gold(golden)
    done = answer_gold(golden, ann, box())
    for age, state in (("23 hours", "submitted"), ("25 hours", "accepted")):
        with golden.world.database.transaction(golden.world.org_id) as session:
            session.execute(
                text("UPDATE gold_result SET answered_at = now() - CAST(:age AS interval) WHERE annotation_id = :id"),
                {"age": age, "id": done},
            )
            sweep(session)
        assert golden.state(done) == state


def test_gold_leaves_ordinary_work_and_is_never_given_out(golden: Floor) -> None:
    ann, ins, boss = golden.annotator(), golden.inspector(), golden.manager()
    done = golden.answer(ann, box(), count=2)
    golden.judge_all(ins)
    items = [golden.world.one("SELECT item_id FROM annotation WHERE id = :id", id=each) for each in done]
    waiting = golden.world.items(1)
    golden.world.tasks(waiting)
    for item_id in (items[0], *waiting):
        body = {"item_id": str(item_id), "use": "hidden", "labels": [box()]}
        assert golden.post(boss, "gold", body).status_code == 201
    with golden.world.database.transaction(golden.world.org_id) as session:
        assert [row.item_id for row in settled_revisions(session, golden.world.project.id)] == [items[1]]
    assert golden.world.one("SELECT state FROM task WHERE item_id = :id", id=waiting[0]) == "closed"


def test_practice_and_exam_are_not_judged_here(golden: Floor) -> None:
    ann = golden.annotator()
    make_gold(golden, use="practice")
    make_gold(golden, use="exam")
    golden.answer(ann, box())
    assert golden.world.one("SELECT count(*) FROM task WHERE purpose <> 'ordinary'") == 0


def test_keeping_gold(golden: Floor) -> None:
    boss, trainer, ann = golden.manager(), golden.world.person("师傅", 4, roles=("trainer",)), golden.annotator()
    [item] = golden.world.items(1)
    body = {"item_id": str(item), "use": "hidden", "labels": [box()]}
    made = golden.post(trainer, "gold", body)
    assert made.status_code == 201
    assert (made.json()["use"], made.json()["answers"]) == ("hidden", 0)
    assert_error(golden.post(boss, "gold", body), 409, "gold.exists")
    assert_error(golden.post(ann, "gold", body), 403, "auth.role")
    assert_error(golden.get(ann, "gold"), 403, "auth.role")
    [other] = golden.world.items(1)
    assert_error(golden.post(boss, "gold", {"item_id": str(other), "use": "hidden"}), 422, "labels.invalid")
    wrong = {"item_id": str(other), "use": "hidden", "labels": [box(label="unknown")]}
    assert_error(golden.post(boss, "gold", wrong), 422, "labels.invalid")
    assert golden.post(boss, "gold", {**body, "item_id": str(boss.id)}).status_code == 404
    assert [row["item_id"] for row in golden.get(boss, "gold", use="hidden").json()] == [str(item)]
    gone = golden.client.as_(boss).delete(golden.url(f"gold/{made.json()['id']}"))
    assert gone.json() == {"count": 1}
    assert golden.get(boss, "gold").json() == []
    again = golden.client.as_(boss).delete(golden.url(f"gold/{made.json()['id']}"))
    assert_error(again, 404, "gold.not_found")
    actions = golden.world.rows("SELECT action FROM audit WHERE object_kind = 'gold' ORDER BY id")
    assert [row.action for row in actions] == ["added", "removed"]


def test_gold_needs_exactly_one_answer(golden: Floor) -> None:
    [item] = golden.world.items(1)
    with golden.world.database.transaction(golden.world.org_id) as session:
        with pytest.raises(Invalid, match="at least one label"):
            add_gold(session, golden.world.project.id, item, [], False, "hidden")
        with pytest.raises(Invalid, match="not both"):
            add_gold(session, golden.world.project.id, item, [box()], True, "hidden")
        add_gold(session, golden.world.project.id, item, [], True, "exam")
        with pytest.raises(Conflict):
            add_gold(session, golden.world.project.id, item, [], True, "hidden")


def test_removed_gold_takes_its_waiting_tasks_along(golden: Floor) -> None:
    ann, boss = golden.annotator(), golden.manager()
    make_gold(golden)
    gold_id = golden.world.one("SELECT id FROM gold")
    golden.client.as_(boss).delete(golden.url(f"gold/{gold_id}"))
    assert golden.world.one("SELECT state FROM task WHERE person_id = :id", id=ann.id) == "closed"


def test_gold_of_classes_that_are_gone_is_retired(golden: Floor) -> None:
    golden.annotator()
    make_gold(golden)
    other = {"key": "inclusion", "kind": "box", "name": {"zh": "夹杂", "en": "Inclusion"}, "color": "#00aaff"}
    version = golden.world.publish(2, 0, [other])
    with golden.world.database.transaction(golden.world.org_id) as session:
        new = {"major_change": True, "major": 2, "minor": 0, "rule_version_id": str(version), "previous_id": None}
        emit(session, "rule.published", {"project_id": str(golden.world.project.id), **new})
    golden.run_jobs()
    assert golden.world.one("SELECT state FROM gold") == "retired"


def test_an_annotator_never_sees_gold_figures(golden: Floor) -> None:
    ann, ins, boss = golden.annotator(), golden.inspector(), golden.manager()
    make_gold(golden)
    answer_gold(golden, ann, box(x=150))
    golden.work_off(ann, box())
    golden.judge(ins)
    own = golden.get(ann, "quality").json()
    assert own["people"][0]["gold"]["whole"] == 0
    assert own["confusion"] == []
    seen = next(row for row in golden.get(boss, "quality").json()["people"] if row["person_id"] == str(ann.id))
    assert (seen["gold"]["part"], seen["gold"]["whole"]) == (0, 1)
