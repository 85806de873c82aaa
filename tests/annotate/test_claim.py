"""Who gets which task, and who gets none."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tongguan.annotate import interface as annotate
from tongguan.annotate.schemas import NoWork, Work
from tongguan.core import clock
from tongguan.core.errors import Conflict, Forbidden, TongguanError
from tongguan.core.ids import new_id
from tongguan.people.interface import close_qualifications, grant_qualification


def code_of(world: Any, person: Any, slot: str = "open") -> str:
    """The refusal of a claim."""
    try:
        given = world.claim(person, slot)
    except TongguanError as error:
        return error.code
    assert isinstance(given, NoWork), given
    return given.reason


def test_a_claim_gives_each_task_once(world: Any) -> None:
    items = world.items(3)
    world.tasks(items)
    li = world.person()
    seen = set()
    for _ in items:
        work = world.work(li)
        assert work.state == "open"
        assert (work.base, work.seq, work.labels, work.rework) == (0, 0, [], None)
        seen.add(work.item.id)
        assert world.done(li, work.lease_id).revision == 1
    assert seen == set(items)
    assert world.claim(li) == NoWork(reason="queue.empty")
    assert world.rows("SELECT DISTINCT state, open_slots, answered FROM task") == [("done", 0, 1)]


def test_claiming_again_gives_the_same_work(world: Any) -> None:
    world.tasks(world.items(3))
    li = world.person()
    with clock.frozen(clock.now()):
        first, again = world.work(li), world.work(li)
        assert first == again
        ahead, ahead_again = world.work(li, "next"), world.work(li, "next")
        assert ahead == ahead_again
        assert ahead.lease_id != first.lease_id
        assert ahead.state == "next"
    assert world.one("SELECT count(*) FROM lease") == 2


def test_priority_first_then_rank(world: Any) -> None:
    items = world.items(6)
    world.tasks(items[:3])
    urgent = set(world.tasks(items[3:5], priority=5))
    most = world.tasks(items[5:], priority=9)[0]
    li = world.person()
    order = []
    for _ in items:
        work = world.work(li)
        order.append(work.task_id)
        world.done(li, work.lease_id)
    assert order[0] == most
    assert set(order[1:3]) == urgent
    ranks = [world.one("SELECT rank FROM task WHERE id = :id", id=task) for task in order[3:]]
    assert ranks == sorted(ranks)


def test_a_task_from_a_level_on_is_passed_over_by_others(world: Any) -> None:
    plain, urgent = world.items(2)
    low = world.tasks([plain])[0]
    high = world.tasks([urgent], priority=100, min_level=4)[0]
    beginner, expert = world.person(level=2), world.person(level=4)
    first = world.work(beginner)
    assert first.task_id == low
    world.done(beginner, first.lease_id)
    empty = world.claim(beginner)
    assert empty.reason == "queue.empty"
    assert world.work(expert).task_id == high


def test_an_unfinished_task_is_found_and_comes_earlier(world: Any) -> None:
    item, other = world.items(2)
    world.tasks([other], priority=5)
    task = world.tasks([item])[0]
    with world.database.transaction(world.org_id) as session:
        assert annotate.unfinished_task(session, item) == task
        annotate.raise_priority(session, task, 100)
        annotate.raise_priority(session, task, 1)
    assert world.one("SELECT priority FROM task WHERE id = :id", id=task) == 100
    li = world.person()
    assert world.work(li).task_id == task
    with world.database.transaction(world.org_id) as session:
        assert annotate.unfinished_task(session, item) == task
        annotate.set_state(session, [], "accepted")
        assert not annotate.reserved_item(session, item)
        annotate.reserve_items(session, world.project.id, [other])
        assert annotate.reserved_item(session, other)
        assert annotate.unfinished_task(session, other) is None


def test_rework_comes_first_and_only_to_its_author(world: Any) -> None:
    items = world.items(2)
    world.tasks(items, priority=50)
    li, wang = world.person("小李"), world.person("小王")
    work = world.work(li)
    out = world.done(li, work.lease_id)
    facts = {"findings": [{"type": "missed", "note": "右下"}]}
    (task,) = world.tasks([work.item.id], person_id=li.id, rework_of=out.annotation_id, rework=facts)
    other = world.work(wang)
    assert other.task_id != task
    again = world.work(li)
    assert (again.task_id, again.base, again.rework) == (task, 1, facts)
    assert again.labels[0]["label"] == "scratches"
    redone = world.done(li, again.lease_id, base=1)
    with world.database.transaction(world.org_id) as session:
        assert annotate.unfinished_task(session, work.item.id) == work.task_id, "not the rework, whose answer is there"
    assert (redone.annotation_id, redone.revision) == (out.annotation_id, 2)
    assert world.rows("SELECT number, base, reason FROM annotation_revision ORDER BY number") == [
        (1, 0, "submit"),
        (2, 1, "rework"),
    ]


def test_overlap_gives_an_item_to_so_many_people(world: Any) -> None:
    (item,) = world.items(1)
    (task,) = world.tasks([item], needed=2)
    people = [world.person(f"p{number}") for number in range(3)]
    first = world.work(people[0])
    second = world.work(people[1])
    assert first.task_id == second.task_id == task
    assert code_of(world, people[2]) == "queue.empty"
    world.done(people[0], first.lease_id)
    assert code_of(world, people[0]) == "queue.empty"  # nobody answers the same item twice
    assert world.one("SELECT state FROM task") == "full"
    world.done(people[1], second.lease_id)
    assert world.one("SELECT state FROM task") == "done"
    done = world.rows("SELECT payload FROM event WHERE kind = 'task.done'")
    assert [row.payload["task_id"] for row in done] == [str(task)]


def test_an_item_answered_in_practice_is_not_given_as_work(world: Any) -> None:
    (item,) = world.items(1)
    li = world.person()
    tasks = world.tasks([item], purpose="practice", person_id=li.id, gold_id=new_id(), attempt_id=new_id())
    world.tasks([item])
    with world.database.transaction(world.org_id) as session:
        session.execute(
            text("INSERT INTO work (id, task_id, person_id, item_id) VALUES (:id, :task, :person, :item)"),
            {"id": new_id(), "task": tasks[0], "person": li.id, "item": item},
        )
    assert code_of(world, li) == "queue.empty"


def test_practice_and_exam_are_never_drawn(world: Any) -> None:
    items = world.items(2)
    li = world.person()
    for purpose, item in zip(("practice", "exam"), items, strict=True):
        world.tasks([item], purpose=purpose, person_id=li.id, gold_id=new_id(), attempt_id=new_id())
    assert code_of(world, li) == "queue.empty"


class TestRefusals:
    def test_without_qualification(self, world: Any) -> None:
        world.tasks(world.items(1))
        li = world.person(qualified=False)
        with pytest.raises(Forbidden) as caught:
            world.claim(li)
        assert caught.value.code == "qualification.missing"

    def test_for_an_older_major_version(self, world: Any) -> None:
        world.tasks(world.items(1))
        li = world.person()
        world.publish(2, 0)
        assert code_of(world, li) == "qualification.missing"
        with world.database.transaction(world.org_id) as session:
            grant_qualification(session, li.id, world.project.id, 2, "granted")
        assert isinstance(world.claim(li), Work)

    def test_with_a_closed_qualification(self, world: Any) -> None:
        world.tasks(world.items(1))
        li = world.person()
        with world.database.transaction(world.org_id) as session:
            close_qualifications(session, world.project.id, 2)
        assert code_of(world, li) == "qualification.missing"

    def test_without_a_working_role(self, world: Any) -> None:
        world.tasks(world.items(1))
        assert code_of(world, world.person(roles=("client",))) == "auth.role"

    def test_inactive(self, world: Any) -> None:
        world.tasks(world.items(1))
        li = world.person()
        with world.database.transaction(world.org_id) as session:
            session.execute(text("UPDATE person SET active = false WHERE id = :id"), {"id": li.id})
        assert code_of(world, li) == "person.inactive"

    def test_paused_project_takes_submits_but_gives_no_work(self, world: Any) -> None:
        world.tasks(world.items(2))
        li = world.person()
        work = world.work(li)
        with world.database.transaction(world.org_id) as session:
            session.execute(text("UPDATE project SET state = 'paused' WHERE id = :id"), {"id": world.project.id})
        assert world.work(li).lease_id == work.lease_id  # what one holds one may finish
        assert code_of(world, li, "next") == "project.paused"
        world.done(li, work.lease_id)
        assert code_of(world, li) == "project.paused"

    def test_a_lease_in_another_project(self, make_world: Any) -> None:
        here, there = make_world(), make_world()
        here.tasks(here.items(2))
        there.tasks(there.items(2))
        li = here.person()
        there.admit(li)
        work = here.work(li)
        with pytest.raises(Conflict) as caught:
            there.claim(li)
        assert caught.value.code == "lease.elsewhere"
        assert caught.value.params["project_id"] == str(here.project.id)
        here.done(li, work.lease_id)
        assert isinstance(there.claim(li), Work)


class TestTrigger:
    """Not even direct SQL hands out work without a qualification."""

    INSERT = text(
        "INSERT INTO lease (id, project_id, task_id, person_id, rule_version_id, state, claimed_at, heartbeat_at) "
        "VALUES (:id, :project, :task, :person, :version, 'next', now(), now())"
    )

    def insert(self, world: Any, task: Any, person: Any, version: Any = None) -> None:
        values = {
            "id": new_id(),
            "project": world.project.id,
            "task": task,
            "person": person.id,
            "version": version or world.version_id,
        }
        with world.database.transaction(world.org_id) as session:
            session.execute(self.INSERT, values)

    def test_without_a_qualification(self, world: Any) -> None:
        (task,) = world.tasks(world.items(1))
        with pytest.raises(DBAPIError, match=r"qualification\.missing"):
            self.insert(world, task, world.person(qualified=False))

    def test_with_one(self, world: Any) -> None:
        (task,) = world.tasks(world.items(1))
        self.insert(world, task, world.person())

    def test_for_other_rules(self, world: Any) -> None:
        (task,) = world.tasks(world.items(1))
        li = world.person()
        with pytest.raises(DBAPIError, match=r"qualification\.missing"):
            self.insert(world, task, li, world.publish(2, 0))

    def test_on_a_task_reserved_for_someone_else(self, world: Any) -> None:
        li, wang = world.person(), world.person()
        (task,) = world.tasks(world.items(1), purpose="gold", person_id=li.id, gold_id=new_id())
        with pytest.raises(DBAPIError, match=r"task\.reserved"):
            self.insert(world, task, wang)

    def test_by_waking_an_ended_lease(self, world: Any) -> None:
        (task,) = world.tasks(world.items(1))
        li = world.person()
        self.insert(world, task, li)
        with world.database.transaction(world.org_id) as session:
            session.execute(text("UPDATE lease SET state = 'returned', ended_at = now()"))
            close_qualifications(session, world.project.id, 2)
        with (
            pytest.raises(DBAPIError, match=r"qualification\.missing"),
            world.database.transaction(world.org_id) as session,
        ):
            session.execute(text("UPDATE lease SET state = 'next', ended_at = NULL"))

    def test_two_leases_of_one_kind(self, world: Any) -> None:
        tasks = world.tasks(world.items(2))
        li = world.person()
        self.insert(world, tasks[0], li)
        with pytest.raises(DBAPIError, match="uq_lease_slot"):
            self.insert(world, tasks[1], li)


class TestHiddenGold:
    def drawn(self, make_world: Any, share: float, rounds: int = 8, gold: int = 4) -> tuple[Any, list[Work]]:
        world = make_world(quality={"gold_share": {"2": share}})
        items = world.items(rounds + gold)
        world.tasks(items[:rounds])
        li = world.person()
        for item in items[rounds:]:
            world.tasks([item], purpose="gold", person_id=li.id, gold_id=new_id())
        works = []
        for _ in range(rounds):
            work = world.work(li)
            works.append(work)
            world.done(li, work.lease_id)
        return world, works

    def purposes(self, world: Any, works: list[Work]) -> list[str]:
        return [world.one("SELECT purpose FROM task WHERE id = :id", id=work.task_id) for work in works]

    def test_drawn_by_its_share(self, make_world: Any) -> None:
        assert set(self.purposes(*self.drawn(make_world, 0.0))) == {"ordinary"}
        assert self.purposes(*self.drawn(make_world, 1.0)) == ["gold"] * 4 + ["ordinary"] * 4

    def test_looks_like_any_task(self, make_world: Any) -> None:
        _, works = self.drawn(make_world, 1.0)
        gold, plain = works[0].model_dump(), works[-1].model_dump()
        assert gold.keys() == plain.keys()
        for name in ("state", "rule_version_id", "base", "seq", "labels", "nothing", "rework", "prelabels", "draft"):
            assert gold[name] == plain[name]
        # The ids carry no later time than those of the ordinary tasks of the project.
        assert works[0].task_id.hex[:12] in {work.task_id.hex[:12] for work in works[4:]}

    def test_not_given_where_no_ordinary_work_is_left(self, make_world: Any) -> None:
        world = make_world(quality={"gold_share": {"2": 1.0}})
        li = world.person()
        world.tasks(world.items(1), purpose="gold", person_id=li.id, gold_id=new_id())
        assert code_of(world, li) == "queue.empty"

    def test_only_to_its_person(self, make_world: Any) -> None:
        world = make_world(quality={"gold_share": {"2": 1.0}})
        items = world.items(2)
        li, wang = world.person(), world.person()
        world.tasks(items[:1])
        (gold,) = world.tasks(items[1:], purpose="gold", person_id=li.id, gold_id=new_id())
        assert world.work(wang).task_id != gold
