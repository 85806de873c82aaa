"""`kill -9` of everything while twenty people save and submit: nothing acknowledged is lost, nothing is doubled."""

from __future__ import annotations

import signal
import threading
import time
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import orjson
import pytest

from tests.kill.server import Installation, Plant, installation, stocked, until
from tongguan.cli.simulation.site import Site, SiteError

pytestmark = [pytest.mark.kill, pytest.mark.slow, pytest.mark.timeout(600)]
PEOPLE, PICTURES = 20, 200
AWAY = (503, "database.away")


@dataclass
class Memory:
    """What the server has acknowledged to one person."""

    submits: dict[str, tuple[str, dict[str, Any], dict[str, Any]]] = field(default_factory=dict)
    seqs: dict[str, int] = field(default_factory=dict)
    commands: dict[str, list[str]] = field(default_factory=dict)
    broken: int = 0
    errors: list[str] = field(default_factory=list)


@dataclass
class Person:
    """Labels until told to stop; what gets no answer is sent again, as the page does."""

    site: Site
    project: str
    stop: threading.Event
    memory: Memory = field(default_factory=Memory)

    def live(self) -> None:
        """The person's day."""
        try:
            while not self.stop.is_set():
                work = self._sure(f"{self.project}/work/claim", {"slot": "open"})
                if work.get("task_id") is None:
                    return
                self._label(work)
        except (SiteError, AssertionError) as error:
            self.memory.errors.append(str(error))

    def _label(self, work: dict[str, Any]) -> None:
        memory, lease = self.memory, work["lease_id"]
        path = f"{self.project}/work/{lease}"
        labels = list(work["labels"])
        seq = int(work["seq"])
        names = memory.commands.setdefault(lease, [])
        for _ in range(3):
            box = {"kind": "box", "label": "scratches", "id": uuid4().hex[:8], "x": 4, "y": 4, "width": 20, "height": 9}
            labels.append(box)
            save = {"seq_from": seq + 1, "commands": [{"type": "add", "label": box["id"]}], "labels": labels}
            seq = int(self._sure(f"{path}/commands", save)["seq"])
            memory.seqs[lease] = seq
            names.append(str(box["id"]))
        key = uuid4().hex
        body = {"submit_key": key, "base": work["base"], "labels": labels, "nothing": False, "seq": seq}
        memory.submits[key] = (lease, body, self._sure(f"{path}/submit", body))

    def _sure(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Sends until there is an answer; only a server that is away is asked again."""
        for _ in range(600):
            try:
                answer: dict[str, Any] = self.site.post(path, body)
            except httpx.TransportError:
                self.memory.broken += 1
            except SiteError as error:
                if (error.status, error.code) != AWAY:
                    raise
                self.memory.broken += 1
            else:
                return answer
            time.sleep(0.1)
        raise AssertionError(f"{path}: the server stayed away")


@dataclass
class Crowd:
    """Twenty people at work."""

    people: list[Person]
    threads: list[threading.Thread]
    stop: threading.Event

    @classmethod
    def of(cls, made: Plant) -> Crowd:
        """They begin at once."""
        stop = threading.Event()
        people = [Person(site, made.project, stop) for site in made.annotators(PEOPLE)]
        threads = [threading.Thread(target=person.live) for person in people]
        for thread in threads:
            thread.start()
        return cls(people, threads, stop)

    def submitted(self) -> int:
        """Acknowledged submits so far."""
        return sum(len(person.memory.submits) for person in self.people)

    def go_home(self) -> None:
        """Everybody finishes the task at hand."""
        self.stop.set()
        for thread in self.threads:
            thread.join(60)
        assert [error for person in self.people for error in person.memory.errors] == []


def check(home: Installation, crowd: Crowd) -> None:
    """Every acknowledged submit and command is stored, once."""
    stored = {
        key: (str(lease), str(revision), labels, bytes(commands or b""))
        for key, lease, revision, labels, commands in home.ask(
            "SELECT submit_key, lease_id, id, labels, commands FROM annotation_revision"
        )
    }
    acknowledged = {key: what for person in crowd.people for key, what in person.memory.submits.items()}
    assert len(stored) == home.ask("SELECT count(*) FROM annotation_revision")[0][0]
    assert set(stored) == set(acknowledged)
    names = {lease: ids for person in crowd.people for lease, ids in person.memory.commands.items()}
    for key, (lease, body, answer) in acknowledged.items():
        assert stored[key][:2] == (lease, answer["revision_id"])
        assert [label["id"] for label in stored[key][2]] == [label["id"] for label in body["labels"]]
        log = orjson.loads(zlib.decompress(stored[key][3]))
        assert [command["label"] for command in log] == names[lease]
    seqs = {str(lease): seq for lease, seq in home.ask("SELECT id, last_seq FROM lease")}
    for person in crowd.people:
        for lease, seq in person.memory.seqs.items():
            assert seqs[lease] >= seq
    twice = "SELECT task_id FROM lease WHERE state IN ('open', 'submitted') GROUP BY task_id HAVING count(*) > 1"
    assert home.ask(twice) == []
    assert home.ask("SELECT task_id FROM annotation GROUP BY task_id HAVING count(*) > 1") == []


def send_again(crowd: Crowd, home: Installation) -> None:
    """The same submit once more gives the same answer and stores nothing."""
    before = home.ask("SELECT count(*) FROM annotation_revision")[0][0]
    for person in crowd.people[:5]:
        lease, body, answer = next(iter(person.memory.submits.values()))
        again = person.site.post(f"{person.project}/work/{lease}/submit", body)
        assert (again["annotation_id"], again["revision_id"]) == (answer["annotation_id"], answer["revision_id"])
    assert home.ask("SELECT count(*) FROM annotation_revision")[0][0] == before


def lose_database(home: Installation, crowd: Crowd, way: signal.Signals) -> None:
    """PostgreSQL ends under load; people get a clear answer until the supervisor has started it again, then go on."""
    broken = sum(person.memory.broken for person in crowd.people)
    dead = home.postmaster()
    dead.send_signal(way)
    until(lambda: sum(person.memory.broken for person in crowd.people) > broken, 30, "an answer 503")
    before = crowd.submitted()
    until(lambda: crowd.submitted() >= before + 12, 60, "work after PostgreSQL's return")
    assert home.postmaster().pid != dead.pid


def test_twenty_people_and_kill_9(tmp_path: Path) -> None:
    """Killed: the server's own processes; then PostgreSQL with them; then PostgreSQL alone, under a supervisor; at last
    it is stopped at once, without telling anybody."""
    with installation(tmp_path) as home:
        crowd = Crowd.of(stocked(home, PICTURES))
        try:
            for postgres in (False, True):
                before = crowd.submitted()
                until(lambda had=before: crowd.submitted() >= had + 20, 60, "work")  # type: ignore[misc]
                home.kill(postgres=postgres)
                home.start()
            before = crowd.submitted()
            until(lambda: crowd.submitted() >= before + 20, 60, "work after both kills")
            assert sum(person.memory.broken for person in crowd.people) > 0
            # SIGQUIT is what `pg_ctl stop -m immediate` sends: no checkpoint, recovery at the next start.
            for way in (signal.SIGKILL, signal.SIGQUIT):
                lose_database(home, crowd, way)
        finally:
            crowd.stop.set()
        crowd.go_home()
        check(home, crowd)
        send_again(crowd, home)
        until(lambda: home.ask("SELECT count(*) FROM event WHERE delivered_at IS NULL")[0][0] == 0, 60, "delivery")
        lots = home.ask("SELECT count(*), count(DISTINCT annotation_id) FROM lot_member")[0]
        assert lots[0] == lots[1]
