"""Two people with any order of calls, and a clock that jumps: a plain model of CONTRACTS section 4 must agree."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tongguan.annotate.schemas import CommandsIn, CommandsOut, NoWork, SkipIn, SubmitOut, Work
from tongguan.annotate.service import claim, keeping, tasks
from tongguan.annotate.service.refusing import Refused
from tongguan.core import clock
from tongguan.core.errors import Conflict, TongguanError
from tongguan.core.ids import new_id

START = datetime.fromisoformat("2026-03-02T04:00:00+00:00")
BOX = {"kind": "box", "label": "scratches", "x": 10, "y": 10, "width": 30, "height": 20}
TASKS = 4
HOLD, UNOPENED = timedelta(minutes=30), timedelta(minutes=10)


@dataclass
class Held:
    """What the model knows of a lease."""

    lease_id: UUID
    task_id: UUID
    state: str
    claimed: datetime
    heard: datetime
    seq: int = 0
    drawn: bool = False

    def gone(self, moment: datetime) -> bool:
        """Whether it has run out."""
        unopened = self.state == "next" and self.heard >= self.claimed + UNOPENED
        return unopened or moment > self.heard + HOLD


@dataclass
class Side:
    """What the model knows of a person."""

    person: Any
    held: dict[str, Held] = field(default_factory=dict)
    closed: set[UUID] = field(default_factory=set)  # tasks answered or skipped: never again
    ended: list[UUID] = field(default_factory=list)

    def drop(self, slot: str) -> None:
        """The lease of a slot has ended."""
        self.ended.append(self.held.pop(slot).lease_id)

    def expire(self, moment: datetime) -> None:
        """What has run out is gone."""
        for slot in list(self.held):
            if self.held[slot].gone(moment):
                self.drop(slot)

    def hear(self, moment: datetime) -> None:
        """The client of this person was heard."""
        for held in self.held.values():
            if not held.gone(moment):
                held.heard = moment
        self.expire(moment)


class LeaseMachine(RuleBasedStateMachine):
    """The rules; `make` gives a fresh world for each run."""

    make: Callable[[], Any]

    @initialize()
    def begin(self) -> None:
        self.world = type(self).make()
        self.world.tasks(self.world.items(TASKS))
        self.sides = [Side(self.world.person("小李")), Side(self.world.person("小王"))]
        self.moment = START
        self.answered: set[UUID] = set()

    def call(self, side: Side, function: Any, *args: Any) -> Any:
        with clock.frozen(self.moment), self.world.database.transaction(self.world.org_id, side.person.id) as session:
            return function(session, *args)

    def rows(self, query: str, **values: Any) -> list[Any]:
        return list(self.world.rows(query, project=self.world.project.id, **values))

    def side(self, first: bool) -> Side:
        return self.sides[0 if first else 1]

    @rule(seconds=st.sampled_from([1, 20, 59, 61, 300, 599, 601, 1200, 1801]))
    def wait(self, seconds: int) -> None:
        self.moment += timedelta(seconds=seconds)

    @rule(first=st.booleans(), slot=st.sampled_from(["open", "next"]))
    def claims(self, first: bool, slot: str) -> None:
        side = self.side(first)
        with clock.frozen(self.moment):
            given = self.world.claim(side.person, slot)
        side.expire(self.moment)
        if slot == "open" and "open" not in side.held and "next" in side.held:
            promoted = side.held.pop("next")
            promoted.state, promoted.heard = "open", self.moment
            side.held["open"] = promoted
        if slot in side.held:
            assert isinstance(given, Work)
            assert given.lease_id == side.held[slot].lease_id
            return
        # A claim that finds nothing first takes back what others have let run out.
        free = self.free(side)
        if not free:
            for other in self.sides:
                other.expire(self.moment)
            free = self.free(side)
        if not free:
            assert given == NoWork(reason="queue.empty")
            return
        assert isinstance(given, Work)
        assert given.task_id in free
        side.held[slot] = Held(given.lease_id, given.task_id, slot, self.moment, self.moment)

    def free(self, side: Side) -> set[UUID]:
        every = {row.id for row in self.rows("SELECT id FROM task WHERE project_id = :project")}
        taken = {held.task_id for one in self.sides for held in one.held.values()}
        return every - taken - side.closed - self.answered

    @precondition(lambda self: any(side.held for side in self.sides))
    @rule(first=st.booleans(), slot=st.sampled_from(["open", "next"]))
    def beats(self, first: bool, slot: str) -> None:
        side = self.side(first)
        if slot not in side.held:
            return
        held = side.held[slot]
        outcome = self.call(side, keeping.beat, self.world.project.id, side.person.id, held.lease_id)
        side.hear(self.moment)
        assert isinstance(outcome, Refused) == (slot not in side.held)

    @rule(first=st.booleans())
    def opens(self, first: bool) -> None:
        side = self.side(first)
        held = side.held.get("next")
        if held is None:
            return
        args = (self.world.caller(side.person), self.world.project.id, held.lease_id)
        if held.gone(self.moment):
            assert isinstance(self.call(side, claim.open_work, *args), Refused)
            side.drop("next")
            return
        if "open" in side.held:
            with pytest.raises(Conflict):
                self.call(side, claim.open_work, *args)
            return
        assert isinstance(self.call(side, claim.open_work, *args), Work)
        held.state, held.heard = "open", self.moment
        side.held = {"open": held}

    @rule(first=st.booleans(), count=st.integers(1, 3))
    def saves(self, first: bool, count: int) -> None:
        side = self.side(first)
        held = side.held.get("open")
        if held is None:
            return
        wish = CommandsIn(seq_from=held.seq + 1, commands=[{"type": "add"}] * count, labels=[BOX])
        outcome = self.call(side, keeping.save_commands, self.world.project.id, side.person.id, held.lease_id, wish)
        if held.gone(self.moment):
            assert isinstance(outcome, Refused)
            assert "draft_id" in outcome.error.params
            side.drop("open")
            return
        held.seq, held.heard, held.drawn = held.seq + count, self.moment, True
        assert outcome == CommandsOut(seq=held.seq)

    @rule(first=st.booleans())
    def submits(self, first: bool) -> None:
        side = self.side(first)
        held = side.held.get("open")
        if held is None:
            return
        with clock.frozen(self.moment):
            outcome = self.world.submit(side.person, held.lease_id)
        if held.gone(self.moment):
            assert isinstance(outcome, Refused)
            side.drop("open")
            return
        assert isinstance(outcome, SubmitOut)
        self.answered.add(held.task_id)
        side.closed.add(held.task_id)
        side.drop("open")

    @rule(first=st.booleans(), slot=st.sampled_from(["open", "next"]), skips=st.booleans())
    def gives_back(self, first: bool, slot: str, skips: bool) -> None:
        side = self.side(first)
        held = side.held.get(slot)
        if held is None:
            return
        args = (self.world.project.id, side.person.id, held.lease_id)
        if not skips:
            self.call(side, keeping.hand_back, *args)
        else:
            outcome = self.call(side, keeping.skip, *args, SkipIn(), 1000)
            assert isinstance(outcome, Refused) == held.gone(self.moment)
            if not held.gone(self.moment):
                side.closed.add(held.task_id)
        side.drop(slot)

    @rule(first=st.booleans())
    def comes_too_late(self, first: bool) -> None:
        side = self.side(first)
        if not side.ended:
            return
        with clock.frozen(self.moment):
            try:
                outcome = self.world.submit(side.person, side.ended[-1], submit_key=str(new_id()))
            except TongguanError as error:
                assert error.code == "lease.submitted"  # noqa: PT017
                return
        assert isinstance(outcome, Refused)
        assert outcome.error.code == "lease.lost"
        assert self.world.rows("SELECT id FROM draft WHERE id = :id", id=outcome.error.params["draft_id"])

    @rule()
    def sweeps(self) -> None:
        self.call(self.sides[0], tasks.sweep)
        for side in self.sides:
            side.expire(self.moment)

    @invariant()
    def agrees(self) -> None:
        if not hasattr(self, "world"):
            return
        live = self.rows(
            "SELECT id, state, person_id, task_id FROM lease WHERE project_id = :project AND state IN ('open', 'next') "
            "AND annotate_stale(state, claimed_at, heartbeat_at, :now) IS NULL",
            now=self.moment,
        )
        expected = {
            (held.lease_id, held.state, side.person.id, held.task_id)
            for side in self.sides
            for held in side.held.values()
            if not held.gone(self.moment)
        }
        assert {tuple(row) for row in live} == expected
        slots = self.rows(
            "SELECT t.id FROM task t WHERE t.project_id = :project AND t.needed <> t.open_slots + t.answered + "
            "(SELECT count(*) FROM lease l WHERE l.task_id = t.id AND l.state IN ('open', 'next'))"
        )
        assert slots == []
        answers = self.rows("SELECT task_id FROM annotation WHERE project_id = :project")
        assert {row.task_id for row in answers} == self.answered


@pytest.mark.timeout(240)
def test_any_order_of_calls(make_world: Any) -> None:
    none = {"gold_share": {str(level): 0 for level in range(1, 6)}}
    LeaseMachine.make = staticmethod(lambda: make_world(quality=none))
    run_state_machine_as_test(
        LeaseMachine,
        settings=settings(
            max_examples=25,
            stateful_step_count=25,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
