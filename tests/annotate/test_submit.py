"""Submitting: idempotent, never over a newer revision, never lost, and refused with what was drawn kept."""

from __future__ import annotations

import zlib
from typing import Any, get_type_hints

import orjson
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tongguan.annotate.events import AnnotationSubmitted, TaskDone
from tongguan.annotate.interface import add_revision
from tongguan.annotate.schemas import CommandsIn, SubmitIn
from tongguan.annotate.service import claim, keeping, study
from tongguan.annotate.service.refusing import Refused
from tongguan.annotate.service.submit import submit_work
from tongguan.core.errors import Conflict, Invalid
from tongguan.core.events import emit
from tongguan.core.ids import new_id
from tongguan.people.interface import grant_qualification


def box(x: float = 10, **more: Any) -> dict[str, Any]:
    """A box of the class scratches."""
    return {"kind": "box", "label": "scratches", "x": x, "y": 10, "width": 30, "height": 20, **more}


def refused(outcome: object, code: str, status: int = 409) -> dict[str, Any]:
    """Checks a refusal; returns its params."""
    assert isinstance(outcome, Refused), outcome
    assert (outcome.error.code, outcome.error.status) == (code, status)
    return outcome.error.params


@pytest.fixture
def li(world: Any) -> Any:
    world.tasks(world.items(4))
    return world.person("小李")


def test_what_is_written(world: Any, li: Any) -> None:
    work = world.work(li)
    out = world.done(li, work.lease_id, box(), box(60, id="b", attributes={}))
    (row,) = world.rows("SELECT * FROM annotation")
    assert (row.state, row.revision, row.label_count, row.label_keys) == ("submitted", 1, 2, ["scratches"])
    assert (row.current_revision_id, row.rule_version_id) == (out.revision_id, world.version_id)
    (revision,) = world.rows("SELECT * FROM annotation_revision")
    assert (revision.author_id, revision.number, revision.base, revision.reason) == (li.id, 1, 0, "submit")
    assert [label["x"] for label in revision.labels] == [10, 60]
    assert world.one("SELECT label_state FROM item WHERE id = :id", id=work.item.id) == "submitted"
    (count,) = world.rows("SELECT submitted, labels, done FROM person_count")
    assert tuple(count) == (1, 2, 1)
    events = world.rows("SELECT kind, payload FROM event WHERE kind IN ('annotation.submitted', 'task.done')")
    told = {row.kind: row.payload for row in events}
    assert told["annotation.submitted"].keys() == get_type_hints(AnnotationSubmitted).keys()
    assert told["task.done"].keys() == get_type_hints(TaskDone).keys()
    assert told["annotation.submitted"]["annotation_id"] == str(out.annotation_id)
    assert told["annotation.submitted"]["purpose"] == "ordinary"


def test_sent_again_it_gives_the_same_answer(world: Any, li: Any) -> None:
    work = world.work(li)
    first = world.done(li, work.lease_id, submit_key="k1")
    assert world.done(li, work.lease_id, submit_key="k1") == first
    assert world.one("SELECT count(*) FROM annotation_revision") == 1
    assert world.one("SELECT count(*) FROM event WHERE kind = 'annotation.submitted'") == 1
    with pytest.raises(Conflict) as caught:
        world.submit(li, work.lease_id, submit_key="k2")
    assert caught.value.code == "lease.submitted"
    with pytest.raises(Conflict) as caught:
        world.submit(li, world.work(li).lease_id, submit_key="k1")
    assert caught.value.code == "submit.key_used"


def test_nothing_here(world: Any, li: Any) -> None:
    work = world.work(li)
    outcome = submit_raw(world, li, work.lease_id, labels=[], nothing=True)
    assert outcome.revision == 1
    assert world.rows("SELECT labels, nothing FROM annotation_revision") == [([], True)]


def submit_raw(world: Any, person: Any, lease_id: Any, **values: Any) -> Any:
    """A submit with exactly these values."""
    with world.database.transaction(world.org_id, person.id) as session:
        wish = SubmitIn.model_validate({"submit_key": str(new_id()), **values})
        return submit_work(session, world.project.id, person.id, lease_id, wish)


def test_every_problem_is_named_and_the_draft_kept(world: Any, li: Any) -> None:
    work = world.work(li)
    bad = [box(id="small", width=2), {**box(id="what"), "label": "rust"}, box(190, id="out"), {"kind": "box"}]
    params = refused(world.submit(li, work.lease_id, *bad), "labels.invalid", 422)
    codes = {problem["label_id"]: problem["code"] for problem in params["problems"]}
    assert codes["small"] == "label.too_small"
    assert codes["what"] == "label.unknown_class"
    assert codes["out"] == "label.outside"
    assert len(params["problems"]) >= 4
    params = refused(submit_raw(world, li, work.lease_id, labels=[], nothing=False), "labels.invalid", 422)
    assert params["problems"][0]["code"] == "answer.empty"
    assert world.work(li).lease_id == work.lease_id
    assert world.work(li).draft
    assert world.done(li, work.lease_id, box()).revision == 1


class TestStaleBase:
    def rework(self, world: Any, li: Any) -> tuple[Any, Any]:
        work = world.work(li)
        out = world.done(li, work.lease_id, box(1))
        world.tasks([work.item.id], person_id=li.id, rework_of=out.annotation_id, rework={"findings": []})
        return out, world.work(li)

    def test_a_fix_in_between_is_not_overwritten(self, world: Any, li: Any) -> None:
        out, again = self.rework(world, li)
        with world.database.transaction(world.org_id) as session:
            add_revision(session, out.annotation_id, 1, world.owner, [box(2)], False, "fix")
        params = refused(world.submit(li, again.lease_id, box(3), base=1), "revision.stale")
        assert params["current"]["revision"] == 2
        assert params["current"]["labels"][0]["x"] == 2
        assert params["yours"]["labels"][0]["x"] == 3
        assert world.one("SELECT count(*) FROM annotation_revision") == 2
        assert world.work(li).labels[0]["x"] == 3  # kept as the draft of the lease
        assert world.done(li, again.lease_id, box(3), base=2).revision == 3

    def test_a_base_that_never_was(self, world: Any, li: Any) -> None:
        work = world.work(li)
        params = refused(world.submit(li, work.lease_id, base=3), "revision.stale")
        assert params["current"]["revision"] == 0

    def test_add_revision_refuses_a_stale_base(self, world: Any, li: Any) -> None:
        out, _ = self.rework(world, li)
        with world.database.transaction(world.org_id) as session:
            add_revision(session, out.annotation_id, 1, world.owner, [box(2)], False, "fix")
        with pytest.raises(Conflict) as caught, world.database.transaction(world.org_id) as session:
            add_revision(session, out.annotation_id, 1, world.owner, [box(9)], False, "fix")
        assert caught.value.params["current"]["labels"][0]["x"] == 2
        assert caught.value.params["yours"]["labels"][0]["x"] == 9


class TestRuleChanges:
    def test_under_an_older_minor_version_one_may_finish(self, world: Any, li: Any) -> None:
        work = world.work(li)
        world.publish(1, 1)
        out = world.done(li, work.lease_id)
        assert out.revision == 1
        assert world.one("SELECT rule_version_id FROM annotation_revision") == world.version_id

    def test_under_an_older_major_version_the_draft_is_kept(self, world: Any, li: Any) -> None:
        work = world.work(li)
        newer = world.publish(2, 0)
        for _ in range(2):  # asked again: the same answer
            params = refused(world.submit(li, work.lease_id, box(7), submit_key="k"), "rule.changed")
            assert (params["yours"]["id"], params["yours"]["major"]) == (str(world.version_id), 1)
            assert (params["current"]["id"], params["current"]["major"]) == (str(newer), 2)
        (kept,) = world.rows("SELECT * FROM draft WHERE state = 'kept'")
        assert (str(kept.id), kept.reason, kept.labels[0]["x"]) == (params["draft_id"], "rule_changed", 7)
        assert world.one("SELECT count(*) FROM annotation") == 0
        with world.database.transaction(world.org_id) as session:
            grant_qualification(session, li.id, world.project.id, 2, "granted")
        again = world.work(li)
        assert (again.task_id, again.rule_version_id, again.kept_draft_id) == (work.task_id, newer, kept.id)

    def test_publishing_moves_tasks_and_returns_preloaded_work(self, world: Any, li: Any, run_jobs: Any) -> None:
        work, ahead = world.work(li), world.work(li, "next")
        newer = world.publish(1, 1)
        with world.database.transaction(world.org_id) as session:
            payload = {"project_id": str(world.project.id), "rule_version_id": str(newer), "major": 1, "minor": 1}
            emit(session, "rule.published", {**payload, "major_change": False, "previous_id": str(world.version_id)})
        run_jobs()
        versions = world.rows("SELECT state, rule_version_id, count(*) FROM task GROUP BY 1, 2 ORDER BY 1 DESC")
        assert versions == [("open", newer, 3), ("full", world.version_id, 1)]
        assert world.rows("SELECT state, end_reason FROM lease WHERE id = :id", id=ahead.lease_id) == [
            ("returned", "rule_changed")
        ]
        assert world.work(li).lease_id == work.lease_id
        assert world.work(li, "next").rule_version_id == newer

    def test_preloaded_work_under_old_rules_is_not_opened(self, world: Any, li: Any) -> None:
        work, ahead = world.work(li), world.work(li, "next")
        world.done(li, work.lease_id)
        world.publish(1, 1)
        with world.database.transaction(world.org_id, li.id) as session:
            outcome = claim.open_work(session, world.caller(li), world.project.id, ahead.lease_id)
        assert refused(outcome, "lease.lost", 410)["reason"] == "rule_changed"
        assert world.work(li).rule_version == "1.1"


class TestCommandLog:
    def save(self, world: Any, li: Any, lease_id: Any, first: int, count: int) -> None:
        commands = [{"type": "add", "n": first + number} for number in range(count)]
        with world.database.transaction(world.org_id, li.id) as session:
            wish = CommandsIn(seq_from=first, commands=commands, labels=[box()])
            keeping.save_commands(session, world.project.id, li.id, lease_id, wish)

    def log(self, world: Any) -> list[int]:
        packed = world.one("SELECT commands FROM annotation_revision")
        return [command["n"] for command in orjson.loads(zlib.decompress(packed))]

    def test_is_kept_whole_with_the_revision(self, world: Any, li: Any) -> None:
        work = world.work(li)
        self.save(world, li, work.lease_id, 1, 3)
        rest = [{"type": "add", "n": number} for number in (3, 4, 5)]
        world.done(li, work.lease_id, seq=5, commands=rest)
        assert self.log(world) == [1, 2, 3, 4, 5]
        assert world.one("SELECT count(*) FROM draft_command") == 0

    def test_missing_commands_are_asked_for(self, world: Any, li: Any) -> None:
        work = world.work(li)
        self.save(world, li, work.lease_id, 1, 3)
        assert refused(world.submit(li, work.lease_id, seq=9), "commands.missing") == {"seq": 3}
        late = [{"type": "add", "n": 9}]
        assert refused(world.submit(li, work.lease_id, seq=9, commands=late), "commands.missing") == {"seq": 3}
        with pytest.raises(Invalid):
            world.submit(li, work.lease_id, commands=late)

    def test_sent_again_with_its_commands(self, world: Any, li: Any) -> None:
        work = world.work(li)
        rest = [{"type": "add", "n": 1}]
        first = world.done(li, work.lease_id, seq=1, commands=rest, submit_key="k")
        assert world.done(li, work.lease_id, seq=1, commands=rest, submit_key="k") == first
        assert self.log(world) == [1]


def test_revisions_cannot_be_changed_or_removed(world: Any, li: Any) -> None:
    world.done(li, world.work(li).lease_id)
    for statement in ("UPDATE annotation_revision SET labels = '[]'", "DELETE FROM annotation_revision"):
        with pytest.raises(DBAPIError, match="permission denied"), world.database.transaction(world.org_id) as session:
            session.execute(text(statement))


class TestStudy:
    def test_practice_and_exam(self, world: Any, li: Any) -> None:
        item = world.items(1)[0]
        attempt, gold = new_id(), new_id()
        options = {"purpose": "exam", "person_id": li.id, "attempt_id": attempt, "gold_id": gold}
        (task,) = world.tasks([item], **options)
        held = world.work(li)  # paid work goes on beside it
        caller = world.caller(li)
        with world.database.transaction(world.org_id, li.id) as session:
            work = study.start_reserved(session, caller, task)
            assert study.start_reserved(session, caller, task).lease_id == work.lease_id
            assert work.task_id == task
        assert world.work(li).lease_id == held.lease_id
        with world.database.transaction(world.org_id, li.id) as session:
            out = study.submit_reserved(session, caller, task, [box()], False)
        with world.database.transaction(world.org_id, li.id) as session:
            assert study.submit_reserved(session, caller, task, [box()], False) == out
        payload = world.one("SELECT payload FROM event WHERE kind = 'annotation.submitted'")
        assert (payload["purpose"], payload["attempt_id"], payload["gold_id"]) == ("exam", str(attempt), str(gold))
        assert world.one("SELECT count(*) FROM person_count") == 0
        with pytest.raises(Conflict), world.database.transaction(world.org_id, li.id) as session:
            study.start_reserved(session, caller, task)

    def test_needs_no_qualification_but_its_person(self, world: Any) -> None:
        item = world.items(1)[0]
        new, other = world.person(qualified=False), world.person()
        (task,) = world.tasks([item], purpose="practice", person_id=new.id, attempt_id=new_id(), gold_id=new_id())
        with world.database.transaction(world.org_id, other.id) as session, pytest.raises(Conflict):
            study.start_reserved(session, world.caller(other), task)
        with world.database.transaction(world.org_id, new.id) as session:
            assert study.start_reserved(session, world.caller(new), task).task_id == task

    def test_problems_are_told(self, world: Any, li: Any) -> None:
        (task,) = world.tasks(
            world.items(1), purpose="practice", person_id=li.id, attempt_id=new_id(), gold_id=new_id()
        )
        with pytest.raises(Invalid) as caught, world.database.transaction(world.org_id, li.id) as session:
            study.submit_reserved(session, world.caller(li), task, [box(width=1)], False)
        assert caught.value.code == "labels.invalid"
