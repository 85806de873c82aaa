"""The worker, killed in the middle of bursts: every submit joins one lot once, every judgement is paid once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from tests.kill.server import Installation, Plant, installation, stocked, until
from tests.kill.test_between_steps import Worker

pytestmark = [pytest.mark.kill, pytest.mark.slow, pytest.mark.timeout(600)]
BOX = {"kind": "box", "label": "scratches", "id": "b1", "x": 4, "y": 4, "width": 20, "height": 9}
PEOPLE, EACH = 3, 8
SUBMITS = ("quality.submitted", "jobs.together", "jobs.together_done")
PAY = ("settle.work_rows", "jobs.together", "jobs.together_done")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """One installation without a worker of its own."""
    with installation(tmp_path_factory.mktemp("bursts"), "--no-worker") as made:
        yield made


def deliver(home: Installation, points: tuple[str, ...], markers: Path) -> None:
    """A worker that is killed once at each point works until no event waits."""
    markers.mkdir()
    worker = Worker(home, ";".join(f"{name}=kill!{markers / name}" for name in points))
    try:
        until(lambda: home.ask("SELECT count(*) FROM event WHERE delivered_at IS NULL") == [(0,)], 200, "the delivery")
        assert worker.deaths == len(points), worker.log.read_text(errors="replace")[-2000:]
        assert sorted(found.name for found in markers.iterdir()) == sorted(points)
    finally:
        worker.stop()


def label(made: Plant) -> None:
    """Everybody submits their share while no worker runs."""
    for person in made.annotators(PEOPLE):
        for _ in range(EACH):
            work = person.post(f"{made.project}/work/claim", {"slot": "open"})
            body = {"submit_key": uuid4().hex, "base": work["base"], "labels": [BOX], "nothing": False}
            person.post(f"{made.project}/work/{work['lease_id']}/submit", body)


def inspect(made: Plant) -> int:
    """The owner accepts whatever is drawn; returns how many reviews that were."""
    judged = 0
    while review := made.owner.get(f"{made.project}/review/next")["review"]:
        made.owner.post(f"{made.project}/review/{review['id']}/judge", {"verdict": "accept"})
        judged += 1
    return judged


def test_killed_in_bursts_of_submits_and_judgements_nothing_is_lost_or_doubled(
    home: Installation, tmp_path: Path
) -> None:
    quiet = Worker(home, "")
    try:
        made = stocked(home, PEOPLE * EACH)
        until(lambda: home.ask("SELECT count(*) FROM task") == [(PEOPLE * EACH,)], 60, "the tasks")
    finally:
        quiet.stop()
    label(made)
    deliver(home, SUBMITS, tmp_path / "submits")
    members = home.ask("SELECT count(*), count(DISTINCT annotation_id) FROM lot_member")
    assert members == [(PEOPLE * EACH, PEOPLE * EACH)]
    assert home.ask("SELECT size FROM lot ORDER BY size") == [(EACH,)] * PEOPLE
    made.owner.post(f"{made.project}/lots/close", {})
    judged = inspect(made)
    assert judged >= PEOPLE
    deliver(home, PAY, tmp_path / "pay")
    pay: list[tuple[Any, ...]] = home.ask("SELECT sum(quantity), count(DISTINCT annotation_id), count(*) FROM work_row")
    assert pay == [(PEOPLE * EACH, PEOPLE * EACH, PEOPLE * EACH)]
    gate = home.ask("SELECT state, figure->>'accepted' FROM gate_record WHERE gate = 3 ORDER BY id DESC LIMIT 1")
    assert gate == [("open", str(judged))], gate
