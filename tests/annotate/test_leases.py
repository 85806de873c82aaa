"""The life of a lease, as CONTRACTS section 4 says it; times by a frozen clock."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from tongguan.annotate.schemas import CommandsIn, CommandsOut, HeartbeatOut, NoWork, SkipIn, Work
from tongguan.annotate.service import claim, drafts, keeping, tasks
from tongguan.annotate.service.refusing import Refused
from tongguan.core import clock
from tongguan.core.errors import Conflict, NotFound, TongguanError
from tongguan.core.events import emit
from tongguan.core.ids import new_id

START = datetime.fromisoformat("2026-03-02T04:00:00+00:00")
BOX = {"kind": "box", "label": "scratches", "x": 10, "y": 10, "width": 30, "height": 20}


def emit_event(desk: Desk, kind: str, payload: dict[str, Any]) -> None:
    """What a stage below would have written."""
    desk.call(emit, kind, payload)


class Desk:
    """A person at work, with a clock that the test moves."""

    def __init__(self, world: Any, person: Any) -> None:
        self.world, self.person, self.moment = world, person, START

    def later(self, **delta: float) -> Desk:
        self.moment += timedelta(**delta)
        return self

    def call(self, function: Any, *args: Any) -> Any:
        with clock.frozen(self.moment), self.world.database.transaction(self.world.org_id, self.person.id) as session:
            return function(session, *args)

    def claim(self, slot: str = "open") -> Work:
        with clock.frozen(self.moment):
            work: Work = self.world.work(self.person, slot)
            return work

    def open(self, lease_id: UUID) -> Work | Refused:
        caller = self.world.caller(self.person)
        opened: Work | Refused = self.call(claim.open_work, caller, self.world.project.id, lease_id)
        return opened

    def beat(self, lease_id: UUID) -> HeartbeatOut | Refused:
        beaten: HeartbeatOut | Refused = self.call(keeping.beat, self.world.project.id, self.person.id, lease_id)
        return beaten

    def save(self, lease_id: UUID, first: int, count: int = 1, **more: Any) -> CommandsOut | Refused:
        labels = more.pop("labels", [BOX])
        commands = more.pop("commands", [{"type": "add", "n": first + number} for number in range(count)])
        wish = CommandsIn(seq_from=first, commands=commands, labels=labels, **more)
        saved: CommandsOut | Refused = self.call(
            keeping.save_commands, self.world.project.id, self.person.id, lease_id, wish
        )
        return saved

    def submit(self, lease_id: UUID, **more: Any) -> Any:
        with clock.frozen(self.moment):
            return self.world.submit(self.person, lease_id, **more)

    def state(self, lease_id: UUID) -> tuple[str, str | None]:
        row = self.world.rows("SELECT state, end_reason FROM lease WHERE id = :id", id=lease_id)[0]
        return row.state, row.end_reason

    def sweep(self) -> int:
        return int(self.call(tasks.sweep))

    def kept(self) -> list[Any]:
        return list(self.call(drafts.list_kept, self.world.project.id, self.person.id))


@pytest.fixture
def desk(world: Any) -> Desk:
    world.tasks(world.items(5))
    return Desk(world, world.person())


def lost(outcome: object, reason: str) -> dict[str, Any]:
    assert isinstance(outcome, Refused), outcome
    assert outcome.error.code == "lease.lost"
    assert outcome.error.params["reason"] == reason
    return outcome.error.params


class TestPreloading:
    def test_opening_next(self, desk: Desk) -> None:
        first, ahead = desk.claim(), desk.claim("next")
        with pytest.raises(Conflict, match="another open task"):
            desk.open(ahead.lease_id)
        out = desk.submit(first.lease_id)
        assert out.next == ahead.lease_id
        desk.later(seconds=5)
        work = desk.open(ahead.lease_id)
        assert isinstance(work, Work)
        assert (work.state, work.opened_at) == ("open", desk.moment)
        assert desk.open(ahead.lease_id) == work

    def test_claiming_open_opens_what_is_preloaded(self, desk: Desk) -> None:
        first, ahead = desk.claim(), desk.claim("next")
        desk.submit(first.lease_id)
        assert desk.claim().lease_id == ahead.lease_id

    def test_next_goes_back_after_ten_minutes_while_heard(self, desk: Desk) -> None:
        first, ahead = desk.claim(), desk.claim("next")
        for _ in range(10):
            answer = desk.later(minutes=1).beat(first.lease_id)
        assert isinstance(answer, HeartbeatOut)
        assert [(ended.lease_id, ended.reason) for ended in answer.ended] == [(ahead.lease_id, "unopened")]
        assert desk.state(ahead.lease_id) == ("expired", "unopened")
        assert desk.state(first.lease_id) == ("open", None)
        with pytest.raises(TongguanError) as caught:
            desk.open(ahead.lease_id)
        assert (caught.value.code, caught.value.status) == ("lease.lost", 410)
        assert desk.claim("next").lease_id != ahead.lease_id

    def test_next_stays_within_ten_minutes(self, desk: Desk) -> None:
        first, ahead = desk.claim(), desk.claim("next")
        desk.later(minutes=9, seconds=59).beat(first.lease_id)
        assert desk.state(ahead.lease_id) == ("next", None)
        desk.submit(first.lease_id)
        assert isinstance(desk.later(seconds=20).open(ahead.lease_id), Work)

    def test_an_unheard_client_keeps_both_for_thirty_minutes(self, desk: Desk) -> None:
        first, ahead = desk.claim(), desk.claim("next")
        desk.later(minutes=2).beat(first.lease_id)
        desk.later(minutes=30)
        assert desk.sweep() == 0
        assert desk.state(first.lease_id) == ("open", None)
        assert desk.state(ahead.lease_id) == ("next", None)
        desk.later(seconds=1)
        assert desk.sweep() == 2
        assert desk.state(first.lease_id) == ("expired", "unheard")
        assert desk.state(ahead.lease_id) == ("expired", "unheard")
        assert desk.world.rows("SELECT DISTINCT state, open_slots FROM task") == [("open", 1)]
        assert desk.world.one("SELECT count(*) FROM work") == 0

    def test_replay_opening_next_included(self, desk: Desk) -> None:
        first, ahead = desk.claim(), desk.claim("next")
        desk.later(minutes=29)
        assert desk.save(first.lease_id, 1, 2, offline=True) == CommandsOut(seq=2)
        desk.submit(first.lease_id)
        assert isinstance(desk.open(ahead.lease_id), Work)
        assert desk.save(ahead.lease_id, 1, 3, offline=True) == CommandsOut(seq=3)
        assert desk.submit(ahead.lease_id).revision == 1

    def test_a_later_replay_becomes_a_draft(self, desk: Desk) -> None:
        first = desk.claim()
        desk.later(minutes=30, seconds=1)
        params = lost(desk.save(first.lease_id, 1, 2, offline=True), "unheard")
        (kept,) = desk.kept()
        assert (str(kept.id), kept.reason, kept.labels) == (params["draft_id"], "unheard", [BOX])
        params = lost(desk.submit(first.lease_id, labels=[BOX, BOX]), "unheard")
        (kept,) = desk.kept()
        assert (str(kept.id), kept.labels) == (params["draft_id"], [BOX, BOX])
        assert desk.world.one("SELECT count(*) FROM annotation") == 0

    def test_an_expired_task_goes_to_someone_else_at_the_next_claim(self, world: Any) -> None:
        (task,) = world.tasks(world.items(1))
        li, wang = Desk(world, world.person("小李")), Desk(world, world.person("小王"))
        mine = li.claim()
        wang.later(minutes=30)
        with clock.frozen(wang.moment):
            assert isinstance(world.claim(wang.person), NoWork)
        theirs = wang.later(seconds=1).claim()  # nobody swept: the claim itself does
        assert theirs.task_id == mine.task_id == task
        li.moment = wang.moment
        lost(li.submit(mine.lease_id), "unheard")


class TestClock:
    def seconds(self, desk: Desk, lease_id: UUID) -> tuple[float, float]:
        row = desk.world.rows("SELECT counted_seconds, offline_seconds FROM lease WHERE id = :id", id=lease_id)[0]
        return row.counted_seconds, row.offline_seconds

    def test_runs_from_open_and_stops_after_a_minute_without_a_command(self, desk: Desk) -> None:
        first, ahead = desk.claim(), desk.claim("next")
        desk.later(seconds=40).save(first.lease_id, 1)
        desk.later(seconds=30).save(first.lease_id, 2)
        assert self.seconds(desk, first.lease_id) == (70, 0)
        for _ in range(5):  # heartbeats are no commands
            beat = desk.later(seconds=55).beat(first.lease_id)
        assert isinstance(beat, HeartbeatOut)
        assert beat.seconds == 130
        desk.save(first.lease_id, 3)
        assert self.seconds(desk, first.lease_id) == (130, 0)
        out = desk.later(seconds=10).submit(first.lease_id)
        assert desk.world.one("SELECT seconds FROM annotation_revision WHERE id = :id", id=out.revision_id) == 140
        desk.open(ahead.lease_id)  # preloaded for minutes, its clock starts now
        desk.later(seconds=7)
        out = desk.submit(ahead.lease_id)
        assert desk.world.one("SELECT seconds FROM annotation_revision WHERE id = :id", id=out.revision_id) == 7

    def times(self, *seconds: float) -> list[dict[str, Any]]:
        return [{"type": "move", "at": 1_772_000_000_000 + at * 1000} for at in seconds]

    def test_offline_time_is_the_gaps_each_at_most_a_minute(self, desk: Desk) -> None:
        work = desk.claim()
        desk.later(seconds=10).save(work.lease_id, 1, commands=self.times(0))
        desk.later(seconds=20).beat(work.lease_id)
        desk.later(minutes=9, seconds=30)
        # Made at +25 s, +40 s, +5 min: gaps of 15 s and (capped) 60 s. Online the clock ran 20 s to the last contact.
        desk.save(work.lease_id, 2, commands=self.times(25, 40, 300), offline=True)
        assert self.seconds(desk, work.lease_id) == (30, 75)

    def test_offline_time_is_capped_by_the_time_since_the_last_contact(self, desk: Desk) -> None:
        work = desk.claim()
        desk.later(seconds=12).save(work.lease_id, 1, commands=self.times(0, 50, 100, 150), offline=True)
        assert self.seconds(desk, work.lease_id) == (0, 12)

    def test_commands_sent_again_count_once(self, desk: Desk) -> None:
        work = desk.claim()
        desk.later(minutes=5).save(work.lease_id, 1, commands=self.times(0, 10, 20), offline=True)
        desk.later(minutes=5).save(work.lease_id, 1, commands=self.times(0, 10, 20, 35), offline=True)
        assert self.seconds(desk, work.lease_id) == (0, 35)

    def test_a_clock_that_runs_backwards_counts_nothing(self, desk: Desk) -> None:
        work = desk.claim()
        desk.later(minutes=5).save(work.lease_id, 1, commands=self.times(100, 50, 0), offline=True)
        assert self.seconds(desk, work.lease_id) == (0, 0)


class TestSaves:
    def test_numbers(self, desk: Desk) -> None:
        lease_id = desk.claim().lease_id
        assert desk.save(lease_id, 1, 3) == CommandsOut(seq=3)
        assert desk.save(lease_id, 1, 3) == CommandsOut(seq=3)  # sent again
        assert desk.save(lease_id, 2, 4) == CommandsOut(seq=5)  # overlapping
        assert desk.save(lease_id, 9, 1, labels=[]) == CommandsOut(seq=5)  # a gap: resend from 6
        (work,) = desk.call(claim.my_work, desk.world.caller(desk.person), desk.world.project.id)
        assert (work.seq, work.labels, work.draft) == (5, [BOX], True)
        chunks = desk.world.rows("SELECT seq_from, seq_to, commands FROM draft_command ORDER BY seq_from")
        assert [(row.seq_from, row.seq_to) for row in chunks] == [(1, 3), (4, 5)]
        assert [command["n"] for row in chunks for command in row.commands] == [1, 2, 3, 4, 5]

    def test_an_older_save_does_not_bring_older_labels_back(self, desk: Desk) -> None:
        lease_id = desk.claim().lease_id
        desk.save(lease_id, 1, 1, labels=[BOX])
        desk.save(lease_id, 2, 1, labels=[BOX, BOX])
        assert desk.save(lease_id, 1, 1, labels=[BOX]) == CommandsOut(seq=2)
        assert desk.claim().labels == [BOX, BOX]

    def test_labels_alone(self, desk: Desk) -> None:
        lease_id = desk.claim().lease_id
        wish = CommandsIn(labels=[], nothing=True)
        desk.call(keeping.save_commands, desk.world.project.id, desk.person.id, lease_id, wish)
        work = desk.claim()
        assert (work.labels, work.nothing, work.draft) == ([], True, True)

    def test_on_preloaded_and_unknown_work(self, desk: Desk) -> None:
        ahead = desk.claim("next")
        with pytest.raises(Conflict, match="Open the task first"):
            desk.save(ahead.lease_id, 1)
        with pytest.raises(NotFound):
            desk.save(new_id(), 1)

    def test_someone_elses_lease_is_unknown(self, desk: Desk) -> None:
        work = desk.claim()
        other = Desk(desk.world, desk.world.person("别人"))
        with pytest.raises(NotFound):
            other.save(work.lease_id, 1)
        with pytest.raises(NotFound):
            other.submit(work.lease_id)
        with pytest.raises(NotFound):
            other.beat(work.lease_id)


class TestHandingBack:
    def give_back(self, desk: Desk, lease_id: UUID) -> None:
        desk.call(keeping.hand_back, desk.world.project.id, desk.person.id, lease_id)

    def test_return_keeps_the_draft_and_frees_the_task(self, desk: Desk) -> None:
        work = desk.claim()
        desk.save(work.lease_id, 1)
        self.give_back(desk, work.lease_id)
        self.give_back(desk, work.lease_id)
        assert desk.state(work.lease_id) == ("returned", "returned")
        (kept,) = desk.kept()
        assert kept.reason == "returned"
        again = desk.claim()
        assert (again.task_id, again.labels, again.kept_draft_id) == (work.task_id, [], kept.id)

    def test_adopting_a_kept_draft(self, desk: Desk) -> None:
        work = desk.claim()
        desk.save(work.lease_id, 1, labels=[BOX, BOX])
        self.give_back(desk, work.lease_id)
        (kept,) = desk.kept()
        caller, settings = desk.world.caller(desk.person), desk.world.settings()
        going_on = desk.call(drafts.adopt, caller, desk.world.project.id, settings, kept.id)
        assert (going_on.task_id, going_on.labels) == (work.task_id, [BOX, BOX])
        assert desk.kept() == []
        assert desk.submit(going_on.lease_id, labels=going_on.labels).revision == 1

    def test_adopting_when_the_task_is_taken(self, world: Any) -> None:
        world.tasks(world.items(1))
        li, wang = Desk(world, world.person("小李")), Desk(world, world.person("小王"))
        work = li.claim()
        li.save(work.lease_id, 1)
        self.give_back(li, work.lease_id)
        wang.claim()
        (kept,) = li.kept()
        assert not kept.task_open
        with pytest.raises(Conflict, match="in other hands"):
            li.call(drafts.adopt, world.caller(li.person), world.project.id, world.settings(), kept.id)
        assert li.kept() == [kept]
        li.call(drafts.discard, world.project.id, li.person.id, kept.id)
        assert li.kept() == []

    def test_skip_with_a_reason(self, desk: Desk) -> None:
        seen = set()
        for _ in range(5):
            work = desk.claim()
            seen.add(work.task_id)
            wish = SkipIn(reason="bad_picture", note="全黑")
            desk.call(keeping.skip, desk.world.project.id, desk.person.id, work.lease_id, wish, 50)
        assert len(seen) == 5
        with clock.frozen(desk.moment):
            assert desk.world.claim(desk.person) == NoWork(reason="queue.empty")
        assert desk.world.rows("SELECT DISTINCT reason, note FROM skip") == [("bad_picture", "全黑")]
        assert desk.world.rows("SELECT DISTINCT state, open_slots, skips FROM task") == [("open", 1, 1)]
        assert isinstance(desk.world.claim(desk.world.person("别人")), Work)

    def test_skip_limit_of_a_day(self, desk: Desk) -> None:
        def skip() -> Any:
            work = desk.claim()
            return desk.call(keeping.skip, desk.world.project.id, desk.person.id, work.lease_id, SkipIn(), 2)

        skip()
        skip()
        with pytest.raises(Conflict, match="as many tasks as one day"):
            skip()
        desk.later(hours=12)  # past midnight in Shanghai
        skip()

    def test_skipped_rework_goes_to_everybody(self, world: Any) -> None:
        li, wang = Desk(world, world.person("小李")), Desk(world, world.person("小王"))
        world.tasks(world.items(1))
        out = li.submit(li.claim().lease_id)
        item = world.one("SELECT item_id FROM annotation")
        (task,) = world.tasks([item], person_id=li.person.id, rework_of=out.annotation_id, rework={"findings": []})
        work = li.claim()
        assert work.task_id == task
        li.call(keeping.skip, world.project.id, li.person.id, work.lease_id, SkipIn(), 50)
        assert wang.claim().task_id == task


class TestLeaving:
    def test_a_deactivated_person_gives_everything_back(self, desk: Desk, run_jobs: Any) -> None:
        first, ahead = desk.claim(), desk.claim("next")
        desk.save(first.lease_id, 1)
        emit_event(desk, "person.deactivated", {"person_id": str(desk.person.id)})
        run_jobs()
        assert desk.state(first.lease_id) == ("returned", "deactivated")
        assert desk.state(ahead.lease_id) == ("returned", "deactivated")
        assert [kept.reason for kept in desk.kept()] == ["deactivated"]
        assert desk.world.rows("SELECT DISTINCT state, open_slots FROM task") == [("open", 1)]

    def test_a_role_that_ends_gives_the_projects_work_back(self, desk: Desk, run_jobs: Any) -> None:
        first = desk.claim()
        desk.world.admit(desk.person, qualified=False, roles=("client",))
        payload = {"project_id": str(desk.world.project.id), "person_id": str(desk.person.id)}
        emit_event(desk, "project.members", payload)
        run_jobs()
        assert desk.state(first.lease_id) == ("returned", "role_ended")

    def test_closing_a_task_takes_it_away_and_keeps_the_draft(self, desk: Desk) -> None:
        work = desk.claim()
        desk.save(work.lease_id, 1)
        assert desk.call(tasks.change_state, desk.world.project.id, [work.task_id], "closed") == 1
        assert desk.state(work.lease_id) == ("returned", "task_closed")
        params = lost(desk.submit(work.lease_id), "task_closed")
        assert [str(kept.id) for kept in desk.kept()] == [params["draft_id"]]
        assert desk.claim().task_id != work.task_id
