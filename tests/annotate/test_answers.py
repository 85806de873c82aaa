"""Answers after their submit, imported answers, pre-labels."""

from __future__ import annotations

from typing import Any

import pytest

from tongguan.annotate import interface
from tongguan.annotate.service import prelabels, revising
from tongguan.core.errors import Conflict, NotFound
from tongguan.core.ids import new_id


def box(x: float = 10, **more: Any) -> dict[str, Any]:
    """A box of the class scratches."""
    return {"kind": "box", "label": "scratches", "x": x, "y": 10, "width": 30, "height": 20, **more}


@pytest.fixture
def li(world: Any) -> Any:
    world.tasks(world.items(3))
    return world.person("小李")


def call(world: Any, function: Any, *args: Any, **more: Any) -> Any:
    """A function of the interface in its own transaction."""
    with world.database.transaction(world.org_id, world.owner) as session:
        return function(session, *args, **more)


class TestStates:
    def test_accepting_settles_the_task(self, world: Any, li: Any) -> None:
        work = world.work(li)
        out = world.done(li, work.lease_id)
        call(world, interface.set_state, out.annotation_id, "accepted")
        assert world.one("SELECT state FROM task WHERE id = :id", id=work.task_id) == "settled"
        assert world.one("SELECT label_state FROM item WHERE id = :id", id=work.item.id) == "accepted"
        assert call(world, interface.annotation, out.annotation_id).state == "accepted"

    def test_many_at_once(self, world: Any, li: Any) -> None:
        outs = [world.done(li, world.work(li).lease_id) for _ in range(3)]
        call(world, interface.set_state, [out.annotation_id for out in outs], "rejected")
        assert world.rows("SELECT DISTINCT state FROM annotation") == [("rejected",)]

    def test_one_of_two_answers_does_not_settle(self, world: Any) -> None:
        (item,) = world.items(1)
        world.tasks([item], needed=2)
        people = [world.person(), world.person()]
        outs = [world.done(person, world.work(person).lease_id) for person in people]
        call(world, interface.set_state, outs[0].annotation_id, "accepted")
        assert world.one("SELECT state FROM task") == "done"
        call(world, interface.settle_tasks, [world.one("SELECT id FROM task")], [item])
        assert world.one("SELECT state FROM task") == "settled"


class TestDeleting:
    def deleted(self, world: Any, li: Any, reopen: bool = False) -> tuple[Any, Any]:
        work = world.work(li)
        out = world.done(li, work.lease_id)
        call(world, interface.set_state, out.annotation_id, "accepted")
        call(world, interface.delete, world.project.id, out.annotation_id, world.owner, reopen)
        return work, out

    def test_marks_and_undeletes(self, world: Any, li: Any) -> None:
        _, out = self.deleted(world, li)
        assert world.rows("SELECT state, deleted_at IS NOT NULL FROM annotation") == [("deleted", True)]
        assert world.one("SELECT count(*) FROM annotation_revision") == 1
        call(world, interface.delete, world.project.id, out.annotation_id, world.owner)
        call(world, interface.undelete, world.project.id, out.annotation_id, world.owner)
        assert world.rows("SELECT state, deleted_at FROM annotation") == [("accepted", None)]
        kinds = world.rows("SELECT kind FROM event WHERE kind LIKE 'annotation.%' ORDER BY id")
        assert [row.kind for row in kinds][1:] == ["annotation.deleted", "annotation.restored"]
        actions = world.rows("SELECT action FROM audit WHERE object_kind = 'annotation' ORDER BY id")
        assert [row.action for row in actions] == ["deleted", "restored"]

    def test_reopening_gives_the_item_to_someone_else(self, world: Any, li: Any) -> None:
        work, out = self.deleted(world, li, reopen=True)
        assert world.rows("SELECT state, open_slots, answered FROM task WHERE id = :id", id=work.task_id) == [
            ("open", 1, 0)
        ]
        call(world, interface.undelete, world.project.id, out.annotation_id, world.owner)
        assert world.one("SELECT state FROM task WHERE id = :id", id=work.task_id) == "settled"
        call(world, interface.delete, world.project.id, out.annotation_id, world.owner, True)
        wang = world.person("小王")
        for _ in range(3):
            world.done(wang, world.work(wang).lease_id)
        with pytest.raises(Conflict) as caught:
            call(world, interface.undelete, world.project.id, out.annotation_id, world.owner)
        assert caught.value.code == "annotation.replaced"

    def test_bringing_an_earlier_version_back(self, world: Any, li: Any) -> None:
        out = world.done(li, world.work(li).lease_id, box(1))
        call(world, interface.add_revision, out.annotation_id, 1, world.owner, [box(2), box(60)], False, "fix")
        call(world, revising.restore, world.project.id, out.annotation_id, world.owner, 1, 2)
        history = call(world, interface.revisions, out.annotation_id)
        assert [(row.number, row.reason, row.labels[0]["x"]) for row in history] == [
            (1, "submit", 1),
            (2, "fix", 2),
            (3, "restore", 1),
        ]
        head = call(world, interface.annotation, out.annotation_id)
        assert (head.revision, head.label_count, head.current_revision_id) == (3, 1, history[-1].id)
        with pytest.raises(Conflict):
            call(world, revising.restore, world.project.id, out.annotation_id, world.owner, 1, 2)
        with pytest.raises(NotFound):
            call(world, revising.restore, world.project.id, out.annotation_id, world.owner, 9, None)

    def test_judging_a_deleted_answer_waits_for_its_return(self, world: Any, li: Any) -> None:
        _, out = self.deleted(world, li)
        call(world, interface.set_state, out.annotation_id, "rejected")
        assert world.one("SELECT state FROM annotation") == "deleted"
        call(world, interface.undelete, world.project.id, out.annotation_id, world.owner)
        assert world.one("SELECT state FROM annotation") == "rejected"


class TestCounts:
    def test_touched(self, world: Any, li: Any) -> None:
        world.done(li, world.work(li).lease_id)
        touched = call(world, interface.count_touched, world.project.id, ["scratches", "other"])
        assert touched == {"annotations": 1, "people": 1, "open_tasks": 2}
        assert call(world, interface.count_touched, world.project.id, ["other"])["annotations"] == 0

    def test_activity_and_waiting(self, world: Any, li: Any) -> None:
        before = world.one("SELECT now() - interval '1 minute'")
        out = world.done(li, world.work(li).lease_id, box(), box(60))
        world.work(li, "next")
        item = world.one("SELECT item_id FROM annotation")
        world.tasks([item], person_id=li.id, rework_of=out.annotation_id)
        done = call(world, interface.activity, world.project.id, li.id, before)
        assert (done.submitted, done.labels) == (1, 2)
        left = call(world, interface.waiting, world.project.id, li.id)
        assert (left.rework, left.kept_drafts, left.held, left.queue) == (1, 0, 1, 1)
        totals = call(world, interface.task_totals, world.project.id)
        assert totals == {"created": 3, "closed": 0, "done": 1, "held": 1}

    def test_labels_of_revisions(self, world: Any, li: Any) -> None:
        outs = [world.done(li, world.work(li).lease_id, box(x)) for x in (1, 2)]
        found = call(world, interface.labels_of_revisions, [out.revision_id for out in outs])
        assert [found[out.revision_id].labels[0]["x"] for out in outs] == [1, 2]


class TestImported:
    def test_accepted_answers_are_unpaid_and_have_the_batch_as_author(self, world: Any, li: Any) -> None:
        fresh = world.items(3)
        batch = world.one("SELECT batch_id FROM item WHERE id = :id", id=fresh[0])
        taken = world.work(li)
        answers = [(item, [box()], False) for item in fresh[:2]] + [
            (fresh[2], [], True),
            (taken.item.id, [box()], False),
        ]
        args = (world.project.id, batch, world.version_id, answers)
        assert call(world, interface.store_imported, *args) == 3  # what somebody holds is left alone
        assert call(world, interface.store_imported, *args) == 0
        rows = world.rows("SELECT person_id, batch_id, state, source, label_count FROM annotation ORDER BY label_count")
        assert rows == [(None, batch, "accepted", "import", 0)] + [(None, batch, "accepted", "import", 1)] * 2
        assert world.one("SELECT count(*) FROM task WHERE state = 'settled'") == 3
        assert call(world, interface.task_totals, world.project.id)["done"] == 3
        assert world.one("SELECT count(*) FROM person_count") == 0

    def test_takes_over_untouched_tasks(self, world: Any) -> None:
        (item,) = world.items(1)
        (task,) = world.tasks([item])
        batch = world.one("SELECT batch_id FROM item WHERE id = :id", id=item)
        assert (
            call(world, interface.store_imported, world.project.id, batch, world.version_id, [(item, [box()], False)])
            == 1
        )
        assert world.rows("SELECT id, state, open_slots FROM task") == [(task, "settled", 0)]


class TestPrelabels:
    def test_outcome(self) -> None:
        marks = [box(x, id=f"p:{number}") for number, x in enumerate((10, 50, 90))]
        labels = [
            box(10.004, id="a", origin="p:0", attributes={"severity": "light"}),
            box(55, id="b", origin="p:1"),
            box(120, id="c"),
            box(10, id="d", origin="p:0"),
            box(10, id="e", origin="else:7"),
        ]
        assert prelabels.outcome(marks, labels) == {"kept": 1, "corrected": 1, "thrown": 1, "drawn": 3}
        other = [{**box(10, origin="p:0"), "label": "rust"}]
        assert prelabels.outcome(marks[:1], other) == {"kept": 0, "corrected": 1, "thrown": 0, "drawn": 0}

    def test_handed_out_and_counted(self, world: Any, li: Any) -> None:
        model = new_id()
        items = [row.item_id for row in world.rows("SELECT item_id FROM task")]
        sets = [(item, [box(10, score=0.9), box(60, score=0.4)]) for item in items]
        assert call(world, interface.store_prelabels, world.project.id, model, sets) == 3
        work = world.work(li)
        assert [mark["x"] for mark in work.prelabels] == [10, 60]
        first = work.prelabels[0]
        # A newer model does not change what was handed out.
        call(world, interface.store_prelabels, world.project.id, new_id(), [(work.item.id, [])])
        label = {**first, "id": "mine", "origin": first["id"], "score": None}
        world.done(li, work.lease_id, label, box(120, id="own"))
        assert call(world, interface.prelabel_stats, world.project.id) == [
            {"model_version_id": model, "answers": 1, "kept": 1, "corrected": 0, "thrown": 1, "drawn": 1}
        ]
        assert call(world, interface.prelabel_of_item, world.project.id and work.item.id).labels == []
        assert call(world, interface.drop_prelabels, world.project.id, model) == 2
        assert world.work(li).prelabels == []
