"""A right box of the right class with a wrong attribute is a wrong answer: gold, several answers, figures."""

from __future__ import annotations

from typing import Any

import pytest
from tests.quality.conftest import MakeFloor
from tests.quality.floor import Floor, box
from tests.quality.test_gold import ALWAYS, answer_gold, make_gold
from tests.quality.test_overlap import both_answer

from tongguan.quality.interface import compare

DEPTH = {
    "key": "depth",
    "name": {"zh": "深度", "en": "Depth"},
    "type": "choice",
    "required": True,
    "options": [{"value": key, "name": {"en": key}} for key in ("deep", "flat")],
}
NOTE = {"key": "note", "name": {"zh": "备注", "en": "Remark"}, "type": "text"}
LABEL_SET = [
    {"key": "scratches", "kind": "box", "name": {"zh": "划痕", "en": "Scratches"}, "attributes": [DEPTH, NOTE]}
]


def deep(depth: str = "deep", **more: Any) -> dict[str, Any]:
    """A scratch of some depth."""
    return box(attributes={"depth": depth, "note": depth}, **more)


@pytest.fixture
def deep_floor(make_floor: MakeFloor) -> Floor:
    """A project whose scratches have a depth that must be stated; everything is gold while there is any."""
    floor = make_floor(quality=ALWAYS)
    floor.world.version_id = floor.world.publish(1, 1, LABEL_SET)
    return floor


def test_gold_with_a_wrong_attribute_is_wrong_in_that_attribute(deep_floor: Floor) -> None:
    ann, ins, boss = deep_floor.annotator(), deep_floor.inspector(), deep_floor.manager()
    make_gold(deep_floor, deep())
    done = answer_gold(deep_floor, ann, deep("flat", x=12, id="mine"))
    result = deep_floor.world.rows("SELECT correct, matched, wrong_attribute, wrong_class FROM gold_result")
    assert [tuple(row) for row in result] == [(False, 1, 1, 0)]
    deep_floor.work_off(ann, deep())
    deep_floor.judge(ins)
    assert deep_floor.judgements(done) == [("小李", "rejected", 1, "gold")]
    [found] = deep_floor.get(ann, "findings?person=me").json()["items"]
    assert (found["type"], found["label"], found["attribute"]) == ("wrong_attribute", "scratches", "depth")
    assert (found["label_id"], found["region"]["x"], found["note"]) == ("mine", 12.0, "")
    seen = deep_floor.get(boss, "quality").json()
    [person] = seen["people"]
    assert (person["gold"]["part"], person["gold"]["whole"], person["findings"]) == (0, 1, {"wrong_attribute": 1})
    for row in (person["attributes"], seen["attributes"]):
        [figure] = row
        assert (figure["label"], figure["attribute"]) == ("scratches", "depth")
        assert (figure["values"]["part"], figure["values"]["whole"]) == (0, 1)
    own = deep_floor.get(ann, "quality").json()
    assert (own["attributes"], own["people"][0]["attributes"]) == ([], [])  # they would tell which was gold


def test_a_right_attribute_is_counted_too(deep_floor: Floor) -> None:
    ann, boss = deep_floor.annotator(), deep_floor.manager()
    make_gold(deep_floor, deep())
    answer_gold(deep_floor, ann, box(attributes={"depth": "deep", "note": "别的话"}))
    assert deep_floor.world.one("SELECT correct FROM gold_result") is True
    [figure] = deep_floor.get(boss, "quality").json()["attributes"]
    assert (figure["attribute"], figure["values"]["part"], figure["values"]["whole"]) == ("depth", 1, 1)


def test_two_answers_with_different_attributes_disagree_and_the_other_is_judged_by_the_settled(
    deep_floor: Floor,
) -> None:
    one, two, ins = deep_floor.annotator("甲"), deep_floor.annotator("乙"), deep_floor.inspector()
    item, a, b = both_answer(deep_floor, one, two, [deep()], [deep("flat")])
    done = deep_floor.post(ins, f"disagreements/{item}/settle", {"annotation_id": str(a), "revision": 1})
    assert done.status_code == 200, done.text
    assert (deep_floor.state(a), deep_floor.state(b)) == ("accepted", "rejected")
    assert deep_floor.judgements(b) == [("乙", "rejected", 1, "settle")]
    [found] = deep_floor.get(two, "findings?person=me").json()["items"]
    assert (found["type"], found["attribute"]) == ("wrong_attribute", "depth")


def test_a_fix_of_an_attribute_counts_in_its_figure(deep_floor: Floor) -> None:
    ann, ins, boss = deep_floor.annotator(), deep_floor.inspector(), deep_floor.manager()
    deep_floor.answer(ann, deep("flat"))
    review = deep_floor.next_review(ins)
    body = {"verdict": "fix", "labels": [{**review["labels"][0], "attributes": {"depth": "deep"}}]}
    assert deep_floor.post(ins, f"review/{review['id']}/judge", body).status_code == 200
    [figure] = deep_floor.get(boss, "quality").json()["people"][0]["attributes"]
    assert (figure["attribute"], figure["values"]["part"], figure["values"]["whole"]) == ("depth", 0, 1)


def test_comparing_attributes() -> None:
    judged = {"scratches": frozenset({"depth"})}
    compared = compare([deep("flat"), deep(x=100)], [deep(x=100), deep()], 0.5, judged)
    assert not compared.correct
    assert [(found.match.answer, found.attributes) for found in compared.wrong_attribute] == [(0, ("depth",))]
    assert compared.right == {1}
    assert len(compared.matches) == 2
    assert compared.attributes == {
        ("scratches", "depth", "deep", "flat"): 1,
        ("scratches", "depth", "deep", "deep"): 1,
    }
    assert compare([deep("flat")], [deep()], 0.5).correct  # nothing is judged without rules
    assert compare([deep("flat")], [box()], 0.5, judged).correct  # the right answer does not say
