"""Several answers to one item: agreement, and a disagreement that an inspector settles."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from tests.conftest import assert_error
from tests.quality.floor import Floor, box

from tongguan.people.models import Person
from tongguan.quality.interface import settled_revisions


def both_answer(floor: Floor, one: Person, two: Person, first: list[Any], second: list[Any]) -> tuple[UUID, UUID, UUID]:
    """Two people answer one item; returns item and annotations."""
    [item] = floor.world.items(1)
    floor.world.tasks([item], needed=2)
    [a] = floor.work_off(one, *first)
    assert floor.world.one("SELECT count(*) FROM lot_member") == 0  # it waits for the other answer
    [b] = floor.work_off(two, *second)
    return item, a, b


def settled(floor: Floor) -> list[tuple[UUID, UUID]]:
    """(item, annotation) of every settled answer."""
    with floor.world.database.transaction(floor.world.org_id) as session:
        return [(row.item_id, row.annotation_id) for row in settled_revisions(session, floor.world.project.id)]


def test_answers_that_agree_go_the_ordinary_way_and_one_is_settled(floor: Floor) -> None:
    one, two, ins = floor.annotator("甲"), floor.annotator("乙"), floor.inspector()
    item, a, b = both_answer(floor, one, two, [box()], [box(x=12)])
    assert floor.get(ins, "disagreements").json()["items"] == []
    assert floor.judge_all(ins) == 2
    assert {floor.state(a), floor.state(b)} == {"accepted"}
    assert settled(floor) == [(item, a)]
    assert sorted(floor.judgements()) == [("乙", "accepted", 1, "review"), ("甲", "accepted", 1, "review")]


def test_a_disagreement_is_settled_by_picking_one_answer(floor: Floor) -> None:
    one, two, ins = floor.annotator("甲"), floor.annotator("乙"), floor.inspector()
    item, a, b = both_answer(floor, one, two, [box(), box(x=100)], [box(x=102), box(x=10, y=100), box(x=60, y=150)])
    assert floor.get(ins, "review/next").json()["review"] is None
    answer = floor.get(ins, "disagreements")
    [case] = answer.json()["items"]
    assert (case["item_id"], case["own"], len(case["answers"])) == (str(item), False, 2)
    assert str(one.id) not in answer.text
    assert settled(floor) == []
    done = floor.post(ins, f"disagreements/{item}/settle", {"annotation_id": str(a), "revision": 1})
    assert done.status_code == 200, done.text
    floor.run_jobs()
    assert settled(floor) == [(item, a)]
    assert (floor.state(a), floor.state(b)) == ("accepted", "rejected")
    assert floor.judgements(a) == [("甲", "accepted", 2, "settle")]
    assert floor.judgements(b) == [("乙", "accepted", 1, "settle"), ("乙", "rejected", 2, "settle")]
    types = sorted(row["type"] for row in floor.get(two, "findings?person=me").json()["items"])
    assert types == ["extra", "extra", "missed"]
    again = floor.post(ins, f"disagreements/{item}/settle", {"annotation_id": str(b)})
    assert_error(again, 409, "disagreement.settled")
    assert floor.world.one("SELECT count(*) FROM task WHERE rework_of IS NOT NULL") == 0


def test_a_disagreement_is_settled_by_an_edited_answer(floor: Floor) -> None:
    one, two, ins = floor.annotator("甲"), floor.annotator("乙"), floor.inspector()
    item, a, b = both_answer(floor, one, two, [box(id="a1"), box(id="a2", x=60)], [box()])
    labels = [box(id="a1"), box(id="new", x=100, y=100)]
    done = floor.post(ins, f"disagreements/{item}/settle", {"annotation_id": str(a), "labels": labels})
    assert done.status_code == 200, done.text
    assert floor.judgements(a) == [
        ("甲", "accepted", 1, "settle"),
        ("甲", "rejected", 1, "settle"),
        ("老张", "accepted", 1, "settle"),
    ]
    assert floor.judgements(b) == [("乙", "accepted", 1, "settle")]
    assert floor.world.one("SELECT reason FROM annotation_revision WHERE number = 2") == "settle"
    assert settled(floor) == [(item, a)]


def test_who_answered_does_not_settle(floor: Floor) -> None:
    one = floor.annotator("甲")
    both = floor.world.person("两样", 1, roles=("annotator", "inspector"))
    ins = floor.inspector()
    item, a, _ = both_answer(floor, one, both, [box()], [box(x=100)])
    assert floor.get(both, "disagreements").json()["items"][0]["own"] is True
    wish = {"annotation_id": str(a)}
    assert_error(floor.post(both, f"disagreements/{item}/settle", wish), 403, "review.own_work")
    assert_error(floor.post(ins, f"disagreements/{one.id}/settle", wish), 404, "disagreement.not_found")
    other = {"annotation_id": str(one.id)}
    assert_error(floor.post(ins, f"disagreements/{item}/settle", other), 404, "annotation.not_found")
    stale = {**wish, "revision": 9}
    assert_error(floor.post(ins, f"disagreements/{item}/settle", stale), 409, "review.stale")
    bad = {**wish, "labels": [box(width=1)]}
    assert_error(floor.post(ins, f"disagreements/{item}/settle", bad), 422, "labels.invalid")
    assert_error(floor.post(one, f"disagreements/{item}/settle", wish), 403, "auth.role")
    assert settled(floor) == []
