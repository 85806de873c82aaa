"""A person who was stopped: nothing waits for them, what was returned to them goes to everybody."""

from __future__ import annotations

from typing import Any

import pytest
from tests.quality.conftest import MakeFloor
from tests.quality.floor import Floor, box

from tongguan.people.interface import grant_qualification
from tongguan.people.models import Person

LINE = {"accept_threshold": 0.9, "stop_below": 0.8}


@pytest.fixture
def careless(make_floor: MakeFloor) -> tuple[Floor, Person, Person]:
    """A person with nine answers, and the inspector who will reject them."""
    floor = make_floor(quality=LINE)
    ann, ins = floor.annotator("马虎"), floor.inspector()
    floor.answer(ann, box(), count=9)
    return floor, ann, ins


def open_rework(floor: Floor) -> list[Any]:
    """(person, of which answer) of returned work that waits."""
    query = "SELECT person_id, rework_of FROM task WHERE state = 'open' AND priority = 100 ORDER BY id"
    return [tuple(row) for row in floor.world.rows(query)]


def test_returned_work_of_a_stopped_person_goes_to_everybody(careless: tuple[Floor, Person, Person]) -> None:
    floor, ann, ins = careless
    for _ in range(4):
        floor.judge(ins, "reject")
    assert [person for person, _ in open_rework(floor)] == [ann.id] * 4
    for _ in range(5):
        floor.judge(ins, "reject")
    assert floor.world.one("SELECT stopped FROM quality_flag") is True
    # What was returned before the stop and what was returned after it: both are ordinary work now.
    assert open_rework(floor) == [(None, None)] * 9
    other = floor.annotator("仔细")
    done = floor.work_off(other, box(), count=9)
    assert len(done) == 9
    authors = floor.world.rows("SELECT DISTINCT person_id FROM annotation WHERE id = ANY(:ids)", ids=done)
    assert [row.person_id for row in authors] == [other.id]


def test_what_a_stopped_person_holds_goes_back_and_the_drawing_is_kept(careless: tuple[Floor, Person, Person]) -> None:
    floor, ann, ins = careless
    floor.world.tasks(floor.world.items(2))
    held = floor.world.work(ann)
    floor.post(ann, f"work/{held.lease_id}/commands", {"seq_from": 1, "commands": [{"n": 1}], "labels": [box()]})
    for _ in range(9):
        floor.judge(ins, "reject")
    lease = floor.world.rows("SELECT state, end_reason FROM lease WHERE id = :id", id=held.lease_id)
    assert [tuple(row) for row in lease] == [("returned", "stopped")]
    assert floor.world.one("SELECT count(*) FROM task WHERE state = 'open' AND open_slots > 0 AND priority = 0") == 2


def test_who_qualifies_again_gets_returned_work_again(careless: tuple[Floor, Person, Person]) -> None:
    floor, ann, ins = careless
    for _ in range(8):
        floor.judge(ins, "reject")
    assert {person for person, _ in open_rework(floor)} == {None}
    with floor.world.database.transaction(floor.world.org_id) as session:
        grant_qualification(session, ann.id, floor.world.project.id, 1, "granted")
    floor.run_jobs()
    boss = floor.manager()
    floor.post(boss, f"quality/flags/{ann.id}/clear", {"note": "谈过了"})
    floor.judge(ins, "reject")
    assert ann.id in {person for person, _ in open_rework(floor)}
