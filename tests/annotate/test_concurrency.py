"""Many people at once, each on a connection of their own: no task in two hands, none lost, none answered twice."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import text

from tongguan.annotate.schemas import NoWork, SubmitOut, Work
from tongguan.annotate.service import keeping, tasks
from tongguan.core.database import Database

pytestmark = pytest.mark.timeout(180)
THREADS = 20


@pytest.fixture
def world(committed_world: Any, server: Any) -> Any:
    """A committed world with a connection for each thread."""
    wide = Database.connect(server.app_url, pool_size=THREADS + 2)
    committed_world.database = wide
    yield committed_world
    with wide.transaction(committed_world.org_id) as session:  # later tests deliver events of every organization
        session.execute(text("UPDATE event SET delivered_at = now()"))
    wide.dispose()


def together(count: int, work: Callable[[int], Any]) -> list[Any]:
    """Runs `work(number)` in so many threads that start at the same moment."""
    barrier = threading.Barrier(count)

    def run(number: int) -> Any:
        barrier.wait()
        return work(number)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


def until_empty(world: Any, person: Any, wild: bool = False) -> int:
    """One person claims and submits until nothing is left; `wild`: sometimes preloads, hands back, or asks twice."""
    chance = random.Random(str(person.id))
    done = 0
    while True:
        work = world.claim(person)
        if isinstance(work, NoWork):
            return done
        if wild and chance.random() < 0.2:
            with world.database.transaction(world.org_id, person.id) as session:
                keeping.hand_back(session, world.project.id, person.id, work.lease_id)
            continue
        if wild and chance.random() < 0.3:
            world.claim(person, "next")
        assert isinstance(world.submit(person, work.lease_id), SubmitOut)
        done += 1


@pytest.mark.parametrize("overlap", [1, 2])
def test_no_task_in_two_hands(world: Any, overlap: int) -> None:
    people = [world.person(f"p{number}") for number in range(THREADS)]
    world.tasks(world.items(120), needed=overlap)
    done = together(THREADS, lambda number: until_empty(world, people[number]))
    assert sum(done) == 120 * overlap
    check(world, overlap)


def test_no_task_in_two_hands_when_people_change_their_minds(world: Any) -> None:
    people = [world.person(f"p{number}") for number in range(THREADS)]
    world.tasks(world.items(100), needed=2)
    done = together(THREADS, lambda number: until_empty(world, people[number], wild=True))
    left = sum(until_empty(world, person) for person in people)  # what somebody had preloaded at the end
    assert sum(done) + left == 200
    check(world, 2)


def check(world: Any, overlap: int) -> None:
    """Every task has exactly as many answers as it needs, by different people, and no slot is left or lost."""
    assert world.rows("SELECT state, open_slots, answered, count(*) FROM task GROUP BY 1, 2, 3") == [
        ("done", 0, overlap, world.one("SELECT count(*) FROM task"))
    ]
    assert world.rows("SELECT task_id, person_id FROM annotation GROUP BY 1, 2 HAVING count(*) > 1") == []
    over = "SELECT task_id FROM annotation GROUP BY 1 HAVING count(*) <> :overlap"
    assert world.rows(over, overlap=overlap) == []
    assert world.one("SELECT count(*) FROM lease WHERE state IN ('open', 'next')") == 0
    assert world.one("SELECT sum(submitted) FROM person_count") == world.one("SELECT count(*) FROM annotation")
    # No two leases of a task were held at the same time beyond its slots.
    assert (
        world.one(
            "SELECT count(*) FROM lease a JOIN lease b ON b.task_id = a.task_id AND b.id > a.id "
            "AND b.claimed_at < a.ended_at AND a.state = 'submitted' AND b.state = 'submitted' "
            "JOIN task t ON t.id = a.task_id AND t.needed = 1"
        )
        == 0
    )


def test_one_person_on_many_tabs_gets_one_task(world: Any) -> None:
    world.tasks(world.items(30))
    li = world.person()
    given = together(THREADS, lambda number: world.claim(li))
    assert len({work.lease_id for work in given}) == 1
    ahead = together(THREADS, lambda number: world.claim(li, "next"))
    assert len({work.lease_id for work in ahead}) == 1
    assert world.one("SELECT count(*) FROM work") == 2


def test_the_same_submit_many_times_at_once(world: Any) -> None:
    world.tasks(world.items(2))
    li = world.person()
    work = world.work(li)
    outs = together(THREADS, lambda number: world.submit(li, work.lease_id, submit_key="same"))
    assert all(isinstance(out, SubmitOut) for out in outs)
    assert len({(out.annotation_id, out.revision_id, out.revision) for out in outs}) == 1
    assert world.one("SELECT count(*) FROM annotation_revision") == 1


def test_the_last_slots_are_found_by_somebody(world: Any) -> None:
    people = [world.person(f"p{number}") for number in range(THREADS)]
    world.tasks(world.items(10), needed=2)
    given = together(THREADS, lambda number: world.claim(people[number]))
    assert all(isinstance(work, Work) for work in given), "a locked task is no empty queue"


def test_closing_publishing_and_sweeping_beside_claims(world: Any) -> None:
    people = [world.person(f"p{number}") for number in range(8)]
    ids = world.tasks(world.items(150))
    stop = threading.Event()

    def disturb(number: int) -> int:
        chance = random.Random(number)
        while not stop.is_set():
            with world.database.transaction(world.org_id) as session:
                if number == 0:
                    tasks.sweep(session)
                elif number == 1:
                    tasks.return_outdated(session, world.project.id, world.version_id)
                else:
                    chosen = chance.sample(ids, 5)
                    tasks.change_state(session, world.project.id, chosen, "left_out")
                    tasks.change_state(session, world.project.id, chosen, "open")
        return 0

    def label(number: int) -> int:
        done = 0
        for _ in range(400):
            work = world.claim(people[number])
            if isinstance(work, NoWork):
                break
            out = world.submit(people[number], work.lease_id)
            done += isinstance(out, SubmitOut)
        return done

    with ThreadPoolExecutor(11) as pool:
        others = [pool.submit(disturb, number) for number in range(3)]
        done = sum(pool.map(label, range(8)))
        stop.set()
        assert [other.result() for other in others] == [0, 0, 0]
    left = sum(until_empty(world, person) for person in people)
    assert done + left == 150
    check(world, 1)
