"""Making tasks, at once and by a job; priorities, closing, items that leave."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from tongguan.annotate import interface
from tongguan.annotate.schemas import NoWork, TasksCreateIn
from tongguan.annotate.service import tasks
from tongguan.core.errors import Conflict
from tongguan.core.events import emit
from tongguan.core.ids import new_id
from tongguan.projects.interface import record_gate


def call(world: Any, function: Any, *args: Any, **more: Any) -> Any:
    """A function in its own transaction."""
    with world.database.transaction(world.org_id, world.owner) as session:
        return function(session, *args, **more)


def create(world: Any, **wish: Any) -> int:
    """Tasks made by a wish."""
    made = call(world, tasks.create_for_items, world.project.id, world.owner, TasksCreateIn(**wish))
    return int(made.created)


class TestCreating:
    def test_for_all_items_once(self, world: Any) -> None:
        world.items(5)
        assert create(world) == 5
        assert create(world) == 0
        world.items(2)  # a second batch
        assert create(world) == 2
        ranks = [row.rank for row in world.rows("SELECT rank FROM task ORDER BY id")]
        assert len(set(ranks)) == 7
        assert call(world, interface.task_totals, world.project.id)["created"] == 7

    def test_filters(self, world: Any) -> None:
        first, second = world.items(3), world.items(2)
        assert create(world, item_ids=first[:1]) == 1
        batch = world.one("SELECT batch_id FROM item WHERE id = :id", id=second[0])
        assert create(world, batch_id=batch, priority=7, overlap=2) == 2
        assert world.rows("SELECT DISTINCT needed, open_slots FROM task WHERE priority = 7") == [(2, 2)]
        assert create(world, q="plate_2.") == 1

    def test_overlap_of_the_project(self, make_world: Any) -> None:
        world = make_world(labelling={"overlap": 3})
        world.items(1)
        assert create(world) == 1
        assert world.one("SELECT needed FROM task") == 3

    def test_items_not_in_use_and_reserved_ones_get_none(self, world: Any) -> None:
        items = world.items(4)
        with world.database.transaction(world.org_id) as session:
            session.execute(text("UPDATE item SET state = 'refused' WHERE id = :id"), {"id": items[0]})
        create(world, item_ids=items[2:3])
        call(world, interface.reserve_items, world.project.id, items[1:3], "gold")
        assert world.one("SELECT state FROM task") == "closed"  # nobody had touched it
        assert create(world) == 1
        call(world, interface.release_items, world.project.id, items[1:3])
        assert create(world) == 2

    def test_the_data_gate_and_rules_come_first(self, world: Any) -> None:
        world.items(1)
        call(world, record_gate, world.project.id, 1, "closed", {}, [])
        with pytest.raises(Conflict) as caught:
            create(world)
        assert caught.value.code == "gate.closed"

    def test_many_are_made_by_a_job(self, world: Any, run_jobs: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(tasks, "AT_ONCE", 3)
        monkeypatch.setattr(tasks, "CHUNK", 2)
        world.items(7)
        made = call(world, tasks.create_for_items, world.project.id, world.owner, TasksCreateIn())
        assert (made.created, made.job_id is not None) == (0, True)
        run_jobs()
        (job,) = world.rows("SELECT state, done, result FROM job")
        assert tuple(job) == ("done", 7, {"created": 7})
        assert world.one("SELECT count(*) FROM task") == 7
        with world.database.transaction(world.org_id) as session:  # delivered again: none twice
            session.execute(text("UPDATE job SET state = 'queued'"))
            session.execute(text("UPDATE event SET delivered_at = NULL WHERE kind LIKE 'job.%'"))
        run_jobs()
        assert world.one("SELECT count(*) FROM task") == 7

    def test_a_cancelled_job_keeps_what_was_made(
        self, world: Any, run_jobs: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(tasks, "AT_ONCE", 3)
        world.items(5)
        call(world, tasks.create_for_items, world.project.id, world.owner, TasksCreateIn())
        with world.database.transaction(world.org_id) as session:
            session.execute(text("UPDATE job SET cancel_requested = true"))
        run_jobs()
        assert world.one("SELECT state FROM job") == "cancelled"
        assert world.one("SELECT count(*) FROM task") == 0


class TestLeaving:
    def test_an_erased_item_closes_its_tasks(self, world: Any, run_jobs: Any) -> None:
        (item,) = world.items(1)
        world.tasks([item])
        li = world.person()
        world.work(li)
        asset = str(world.one("SELECT asset_id FROM item"))
        call(world, emit, "item.erased", {"item_id": str(item), "project_id": str(world.project.id), "asset_id": asset})
        run_jobs()
        assert world.one("SELECT state FROM task") == "closed"
        assert world.rows("SELECT state, end_reason FROM lease") == [("returned", "task_closed")]
        assert world.claim(li) == NoWork(reason="queue.empty")

    def test_refused_items_close_theirs(self, world: Any, run_jobs: Any) -> None:
        items = world.items(2)
        world.tasks(items)
        with world.database.transaction(world.org_id) as session:
            session.execute(text("UPDATE item SET state = 'refused' WHERE id = :id"), {"id": items[0]})
            emit(session, "items.changed", {"project_id": str(world.project.id)})
        run_jobs()
        assert sorted(row.state for row in world.rows("SELECT state FROM task")) == ["closed", "open"]

    def test_left_out_and_wanted_again(self, world: Any) -> None:
        (task,) = world.tasks(world.items(1))
        li = world.person()
        call(world, interface.close_tasks, [task], "left_out")
        assert world.claim(li) == NoWork(reason="queue.empty")
        assert call(world, interface.task_totals, world.project.id)["closed"] == 1
        call(world, tasks.change_state, world.project.id, [task], "open")
        assert call(world, interface.task_totals, world.project.id)["closed"] == 0
        assert world.work(li).task_id == task

    def test_closing_what_is_done_changes_nothing(self, world: Any) -> None:
        (task,) = world.tasks(world.items(1))
        li = world.person()
        world.done(li, world.work(li).lease_id)
        assert call(world, interface.close_tasks, [task]) == 0
        assert world.one("SELECT state FROM task") == "done"

    def test_returning_a_persons_rework(self, world: Any) -> None:
        world.tasks(world.items(1))
        li = world.person()
        out = world.done(li, world.work(li).lease_id)
        item = world.one("SELECT item_id FROM annotation")
        world.tasks([item], person_id=li.id, rework_of=out.annotation_id)
        call(world, interface.return_leases, li.id)
        wang = world.person()
        assert world.work(wang).base == 0


def test_reserved_purposes_need_a_person(world: Any) -> None:
    (item,) = world.items(1)
    with pytest.raises(Exception, match="reserved for a person"):
        world.tasks([item], purpose="gold", gold_id=new_id())


def test_unknown_items_make_no_task(world: Any) -> None:
    (item,) = world.items(1)
    assert len(world.tasks([new_id(), item])) == 1
