"""`kill -9` of the real server, and of PostgreSQL, while twenty people save and submit: nothing acknowledged is lost,
nothing is doubled, and everybody can go on with what they held."""

from __future__ import annotations

import importlib.util
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import psutil
import pytest
from sqlalchemy import text

from tongguan.core.ids import new_id
from tongguan.core.provision import open_migrated
from tongguan.core.runtime import Runtime
from tongguan.core.settings import load_settings
from tongguan.people.interface import add_member
from tongguan.people.schemas import TokenIn
from tongguan.people.service.sessions import create_token

pytestmark = [pytest.mark.kill, pytest.mark.timeout(600)]
PEOPLE, TASKS = 20, 400
BOX = {"kind": "box", "label": "scratches", "x": 10, "y": 10, "width": 30, "height": 20}


def build(*args: Any, **more: Any) -> Any:
    """The builder of worlds, from the conftest beside this file."""
    spec = importlib.util.spec_from_file_location("worlds", Path(__file__).with_name("conftest.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["worlds"] = module
    spec.loader.exec_module(module)
    return module.build(*args, **more)


@dataclass
class Installation:
    """A running server with a project full of tasks."""

    world: Any
    port: int
    supervisor: subprocess.Popen[bytes]
    postgres: Path
    tokens: dict[UUID, str] = field(default_factory=dict)

    def api(self) -> psutil.Process | None:
        """The API process."""
        for child in psutil.Process(self.supervisor.pid).children():
            if "tongguan.api" in " ".join(child.cmdline()):
                return child
        return None

    def kill_api(self) -> None:
        """kill -9; the supervisor starts another."""
        found = self.api()
        if found is not None:
            found.send_signal(signal.SIGKILL)

    def kill_postgres(self) -> None:
        """kill -9 of the postmaster; the supervisor starts it again."""
        pid = int((self.postgres / "postmaster.pid").read_text().split("\n", 1)[0])
        os.kill(pid, signal.SIGKILL)


def start(runtime: Runtime, world: Any, port: int) -> Installation:
    """`tongguan serve` on the runtime's data folder."""
    folder = str(runtime.settings.data_dir)
    command = [str(Path(sys.executable).with_name("tongguan")), "serve", "--data", folder, "--port", str(port)]
    environment = {**os.environ, "TONGGUAN_LOG_LEVEL": "ERROR"}
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    installed = Installation(world, port, process, runtime.settings.data_dir / "postgres")
    for _ in range(300):
        try:
            httpx.get(f"http://127.0.0.1:{port}/healthz", timeout=2)
            break
        except httpx.HTTPError:
            time.sleep(0.1)
    return installed


@pytest.fixture
def runtime() -> Iterator[Runtime]:
    """A data folder with a migrated database of its own."""
    folder = Path(tempfile.mkdtemp(prefix="tongguan-kill-"))
    folder.chmod(0o755)
    opened = open_migrated(load_settings(data_dir=folder / "data", bind_port=0, log_level="ERROR"))
    yield opened
    opened.close()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def prepared(runtime: Runtime) -> tuple[Any, dict[UUID, str]]:
    """A world with tasks, and people with tokens."""
    org_id = new_id()
    with runtime.database.system() as session:
        session.execute(text("SELECT auth_new_organization(:i, 'x', 'Asia/Shanghai')"), {"i": org_id})
        owner = add_member(session, org_id, "o@example.com", "厂长", None, org_role="owner", level=5)
    none = {"gold_share": {str(level): 0 for level in range(1, 6)}}
    world = build(runtime.database, org_id, owner, quality=none)
    world.tasks(world.items(TASKS))
    tokens = {}
    for number in range(PEOPLE):
        person = world.person(f"p{number}")
        with world.database.transaction(org_id, person.id) as session:
            tokens[person.id] = str(create_token(session, world.caller(person), TokenIn(name="t")).token)
    return world, tokens


def stop(installed: Installation) -> None:
    """Ends the server."""
    installed.supervisor.terminate()
    installed.supervisor.wait(30)


def free_port() -> int:
    """A free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Saver:
    """One person who labels without pause, repeats what was not answered, and notes what was acknowledged."""

    port: int
    project_id: UUID
    token: str
    stop: threading.Event
    submitted: dict[str, tuple[UUID, int]] = field(default_factory=dict)  # key: (revision, boxes)
    saved: dict[str, int] = field(default_factory=dict)  # lease: last acknowledged number
    trouble: int = 0
    wrong: list[str] = field(default_factory=list)

    def post(self, path: str, body: dict[str, Any]) -> httpx.Response:
        """Sends until the server answers."""
        address = f"http://127.0.0.1:{self.port}/api/v1/projects/{self.project_id}/{path}"
        until = time.monotonic() + 90
        while time.monotonic() < until:
            try:
                answer = self.client.post(address, json=body)
            except httpx.HTTPError:
                self.trouble += 1
                time.sleep(0.1)
                continue
            if answer.status_code < 500:
                return answer
            self.trouble += 1
            time.sleep(0.1)
        raise TimeoutError(path)

    def run(self) -> None:
        """Until told to stop: claim, save some commands, submit."""
        headers = {"Authorization": f"Bearer {self.token}"}
        with httpx.Client(headers=headers, timeout=15) as self.client:
            while not self.stop.is_set():
                work = self.post("work/claim", {"slot": "open"}).json()
                if work.get("work", "") is None:
                    return
                self.label(work)

    def label(self, work: dict[str, Any]) -> None:
        """One task, from where it stands (an earlier answer may have been lost on its way)."""
        lease, seq = work["lease_id"], work["seq"]
        if seq < self.saved.get(lease, 0):
            self.wrong.append(f"lease {lease}: {self.saved[lease]} was acknowledged, the server knows {seq}")
        for _ in range(2):
            labels = [BOX] * (seq % 4 + 1)
            answer = self.post(
                f"work/{lease}/commands", {"seq_from": seq + 1, "commands": [{"n": seq + 1}], "labels": labels}
            )
            if answer.status_code != 200:
                self.wrong.append(f"save: {answer.status_code} {answer.text[:200]}")
                return
            seq = self.saved[lease] = answer.json()["seq"]
        key, boxes = str(uuid4()), random.randint(1, 5)
        answer = self.post(f"work/{lease}/submit", {"submit_key": key, "seq": seq, "labels": [BOX] * boxes})
        if answer.status_code != 200:
            self.wrong.append(f"submit: {answer.status_code} {answer.text[:200]}")
            return
        self.submitted[key] = (UUID(answer.json()["revision_id"]), boxes)


def run_people(installed: Installation, tokens: dict[UUID, str], disturb: Any) -> list[Saver]:
    """Everybody works while `disturb(people)` does its worst, then stops after the task in hand."""
    halt = threading.Event()
    people = [Saver(installed.port, installed.world.project.id, token, halt) for token in tokens.values()]
    threads = [threading.Thread(target=saver.run) for saver in people]
    for thread in threads:
        thread.start()
    try:
        disturb(people)
    finally:
        halt.set()
    for thread in threads:
        thread.join(120)
        assert not thread.is_alive()
    return people


def wait_for(people: list[Saver], count: int) -> None:
    """Until so many answers were acknowledged."""
    until = time.monotonic() + 120
    while sum(len(saver.submitted) for saver in people) < count:
        assert time.monotonic() < until, [saver.wrong for saver in people]
        time.sleep(0.02)


def check(world: Any, people: list[Saver], at_least: int = 80) -> None:
    """All that was acknowledged is there, once."""
    assert [wrong for saver in people for wrong in saver.wrong] == []
    acknowledged = {key: stored for saver in people for key, stored in saver.submitted.items()}
    assert len(acknowledged) >= at_least
    rows = world.rows("SELECT id, submit_key, jsonb_array_length(labels) AS boxes FROM annotation_revision")
    stored = {row.submit_key: (row.id, row.boxes) for row in rows}
    assert len(stored) == len(rows)
    assert {key: stored.get(key) for key in acknowledged} == acknowledged
    assert set(stored) == set(acknowledged)  # every submit was repeated until it was answered
    assert world.rows("SELECT task_id FROM annotation GROUP BY 1 HAVING count(*) > 1") == []
    slots = (
        "SELECT t.id FROM task t WHERE t.needed <> t.open_slots + t.answered + "
        "(SELECT count(*) FROM lease l WHERE l.task_id = t.id AND l.state IN ('open', 'next'))"
    )
    assert world.rows(slots) == []
    submitted = world.one("SELECT sum(submitted) FROM person_count")
    assert submitted == world.one("SELECT count(*) FROM event WHERE kind = 'annotation.submitted'") == len(stored)


def test_the_server_is_killed_while_people_save(runtime: Runtime, prepared: tuple[Any, dict[UUID, str]]) -> None:
    world, tokens = prepared
    installed = start(runtime, world, free_port())

    def disturb(people: list[Saver]) -> None:
        for count in (20, 50, 90):
            wait_for(people, count)
            time.sleep(random.random() * 0.1)
            installed.kill_api()
        wait_for(people, 120)

    try:
        people = run_people(installed, tokens, disturb)
    finally:
        stop(installed)
    assert sum(saver.trouble for saver in people) > 0, "the kills were felt"
    check(world, people)


def start_api(runtime: Runtime, port: int, failpoints: str) -> subprocess.Popen[bytes]:
    """The API process alone, with armed failpoints."""
    environment = {
        **os.environ,
        "TONGGUAN_DATA_DIR": str(runtime.settings.data_dir),
        "TONGGUAN_DATABASE_URL": runtime.app_url,
        "TONGGUAN_APP_DATABASE_URL": runtime.app_url,
        "TONGGUAN_BIND_PORT": str(port),
        "TONGGUAN_LOG_LEVEL": "ERROR",
        "TONGGUAN_FAILPOINTS": failpoints,
    }
    command = [sys.executable, "-m", "tongguan.api"]
    return subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def test_killed_at_every_step_of_a_submit(runtime: Runtime, prepared: tuple[Any, dict[UUID, str]]) -> None:
    world, tokens = prepared
    port, halt = free_port(), threading.Event()
    people = [Saver(port, world.project.id, token, halt) for token in list(tokens.values())[:4]]
    threads = [threading.Thread(target=saver.run) for saver in people]
    points = ("before_submit", "after_submit", "submit_committed", "save_committed", "claim_committed")
    process = start_api(runtime, port, f"annotate.{points[0]}=kill@3")
    for thread in threads:
        thread.start()
    try:
        for point in (*points[1:], None):
            assert process.wait(60) == -signal.SIGKILL
            process = start_api(runtime, port, f"annotate.{point}=kill@3" if point else "")
        wait_for(people, 30)
    finally:
        halt.set()
        for thread in threads:
            thread.join(60)
        process.terminate()
        process.wait(30)
    check(world, people, at_least=30)


def test_postgresql_is_killed_and_comes_back(runtime: Runtime, prepared: tuple[Any, dict[UUID, str]]) -> None:
    world, tokens = prepared
    installed = start(runtime, world, free_port())

    def disturb(people: list[Saver]) -> None:
        wait_for(people, 30)
        installed.kill_postgres()
        wait_for(people, 80)

    try:
        people = run_people(installed, tokens, disturb)
        assert sum(saver.trouble for saver in people) > 0
        check(world, people)
    finally:
        stop(installed)
