"""The queue of tasks, through the real server: people who claim, label and submit over HTTP, in a project of 1,000,000.

Targets: 50 people with 2 s between submit and next, p95 of the next task at most 50 ms; without pauses at least 100
claim and submit pairs a second; no task handed out twice.
"""

from __future__ import annotations

import asyncio
import os
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
import psutil
from sqlalchemy import create_engine, text

from bench._installation import Bench, installation
from tongguan.annotate.repository.tasks import FIRST
from tongguan.annotate.schemas import TasksCreateIn
from tongguan.annotate.service.tasks import create_part
from tongguan.core.auth import Caller
from tongguan.core.clock import now
from tongguan.core.database import engine_url
from tongguan.core.ids import new_id
from tongguan.people.interface import add_member, grant_qualification
from tongguan.people.schemas import TokenIn
from tongguan.people.service.sessions import create_token
from tongguan.projects.interface import project_of, set_member
from tongguan.projects.schemas import MemberIn
from tongguan.rules.models import RuleVersionRow

TASKS = 1_000_000
TARGETS = {"pairs_per_second": 100, "aim": 200, "next_p95_ms": 50, "double_hand_outs": 0}
REFERENCE = "a well-known labelling server, 2 cores, 20 people: 2 to 4 pairs/s, next p50 > 2,500 ms, 1 task in 5 twice"
SCRATCHES = {"key": "scratches", "kind": "box", "name": {"zh": "划痕", "en": "Scratches"}}
LABELS = [
    {"kind": "box", "label": "scratches", "id": f"b{n}", "x": 10 + 30 * n, "y": 20, "width": 25, "height": 40}
    for n in range(5)
]


def run(tasks: int = TASKS, seconds: float = 20.0) -> dict[str, Any]:
    """Fills the queue, then measures people without pauses and with 2 s pauses."""
    with installation() as bench:
        figures: dict[str, Any] = {"targets": TARGETS, "reference": REFERENCE, "filled": fill(bench, tasks)}
        tokens = [person(bench, f"person {number}")[1] for number in range(50)]
        with _server(bench) as (port, server):
            pid_file = bench.runtime.settings.data_dir / "postgres" / "postmaster.pid"
            place = _Place(port, server, pid_file, bench.project_id)
            asyncio.run(_people(place, tokens[:20], 3.0, 0.0))  # warm up
            _drained(bench, place)
            for name, people, pause in (("no_pause_20_people", 20, 0.0), ("pause_2_s_50_people", 50, 2.0)):
                length = max(seconds, 20.0) if pause else seconds
                figures[name] = asyncio.run(_people(place, tokens[:people], length, pause))
                figures[name]["behind"] = _drained(bench, place, figures[name]["pairs"])
        figures["double_hand_outs"] = _doubles(bench)
        return figures


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the server listens, and the project."""

    port: int
    server: int
    pid_file: Path
    project_id: UUID


@dataclass(slots=True)
class _Times:
    """Milliseconds of the answers."""

    claim: list[float] = field(default_factory=list)
    submit: list[float] = field(default_factory=list)


def fill(bench: Bench, count: int, overlap: int = 1) -> dict[str, Any]:
    """Items and tasks of the project."""
    database, org_id, project_id = bench.runtime.database, bench.caller.org_id, bench.project_id
    began = time.perf_counter()
    with database.transaction(org_id) as session:
        session.add(
            RuleVersionRow(
                project_id=project_id,
                major=1,
                minor=0,
                state="published",
                label_set=[SCRATCHES],
                examples=[],
                checks={},
                published_at=now(),
            )
        )
        batch = new_id()
        session.execute(
            text(
                "INSERT INTO batch (id, project_id, name, source, mode, state) "
                "VALUES (:id, :p, 'b', 'list', 'copy', 'done')"
            ),
            {"id": batch, "p": project_id},
        )
        session.execute(
            text(
                "INSERT INTO asset (id, sha256, size, media_type, location) "
                "SELECT annotate_new_id(now()), 'x' || g, 1, 'image/png', 'x' FROM generate_series(1, 1000) g"
            )
        )
        session.execute(
            text(
                "INSERT INTO item (id, project_id, batch_id, asset_id, name, width, height) "
                "SELECT annotate_new_id(now()), :p, :b, a.id, 'plate_' || a.sha256 || '_' || g, 200, 200 "
                "FROM asset a, generate_series(1, :each) g"
            ),
            {"p": project_id, "b": batch, "each": max(count // 1000, 1)},
        )
    items = time.perf_counter() - began
    made = 0
    after: UUID | None = FIRST
    while after is not None:
        with database.transaction(org_id) as session:
            part, after = create_part(session, project_id, TasksCreateIn(), overlap, after)
        made += part
    began += items
    tasks = time.perf_counter() - began
    engine = create_engine(engine_url(bench.runtime.owner_url), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("ANALYZE"))
    engine.dispose()
    return {"tasks": made, "tasks_per_second": round(made / tasks)}


def person(bench: Bench, name: str) -> tuple[UUID, str]:
    """A qualified annotator; returns the id and a personal token."""
    database, org_id = bench.runtime.database, bench.caller.org_id
    with database.system() as session:
        member = add_member(session, org_id, f"{new_id().hex}@example.com", name, None, org_role="member", level=2)
    with database.transaction(org_id, member) as session:
        project = project_of(session, bench.project_id)
        set_member(session, None, project, MemberIn(person_id=member, roles=["annotator"]))
        grant_qualification(session, member, project.id, 1, "granted")
        caller = Caller(org_id, member, member, "member", name, 2, "session", member)
        return member, str(create_token(session, caller, TokenIn(name="bench")).token)


@contextmanager
def _server(bench: Bench) -> Iterator[tuple[int, int]]:
    """`tongguan serve` on the bench's data folder."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    folder = str(bench.runtime.settings.data_dir)
    program = str(Path(sys.executable).with_name("tongguan"))
    command = [program, "serve", "--data", folder, "--port", str(port)]
    environment = {**os.environ, "TONGGUAN_LOG_LEVEL": "ERROR"}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    try:
        for _ in range(300):
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2):
                    break
            except OSError:
                time.sleep(0.2)
        else:
            raise RuntimeError("the server did not answer")
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(30)


async def _people(place: _Place, tokens: list[str], seconds: float, pause: float) -> dict[str, Any]:
    times = _Times()
    before = _cpu(place)
    began = time.perf_counter()
    until = began + seconds
    await asyncio.gather(*(_labels(place, token, until, pause, times) for token in tokens))
    passed = time.perf_counter() - began
    used = {name: round(value - before[name], 2) for name, value in _cpu(place).items()}
    return {
        "people": len(tokens),
        "pairs": len(times.submit),
        "pairs_per_second": round(len(times.submit) / passed, 1),
        "next_ms": spread(times.claim),
        "submit_ms": spread(times.submit),
        "cpu_seconds": used,
        "cpu_ms_a_pair": {name: round(1000 * value / max(len(times.submit), 1), 2) for name, value in used.items()},
        "load": [round(value, 2) for value in psutil.getloadavg()],
    }


def _drained(bench: Bench, place: _Place, pairs: int = 1) -> dict[str, float]:
    """Waits until the worker has caught up: what the people left it to do, and what that cost."""
    before, began = _cpu(place), time.perf_counter()
    waiting = first = -1
    while waiting != 0:
        with bench.runtime.database.transaction(bench.caller.org_id) as session:
            query = text("SELECT count(*) FROM event WHERE delivered_at IS NULL")
            waiting = int(session.execute(query).scalar_one())
        first = waiting if first < 0 else first
        time.sleep(0.1)
    used = {name: value - before[name] for name, value in _cpu(place).items()}
    cost = {f"{name}_ms_a_pair": round(1000 * used[name] / max(pairs, 1), 2) for name in ("worker", "postgres")}
    return {"events": first, "seconds": round(time.perf_counter() - began, 1), **cost}


def spread(values: list[float]) -> dict[str, float]:
    """Median, 95 % and most."""
    ordered = sorted(values) or [0.0]
    return {
        "p50": round(statistics.median(ordered), 1),
        "p95": round(ordered[int(0.95 * (len(ordered) - 1))], 1),
        "max": round(ordered[-1], 1),
    }


def _cpu(place: _Place) -> dict[str, float]:
    """CPU seconds used so far by the API, by the worker, by PostgreSQL, and by this process (the people)."""
    used = {"api": 0.0, "worker": 0.0, "postgres": 0.0}
    postmaster = int(place.pid_file.read_text(encoding="ascii").split("\n", 1)[0])
    for root, name in ((place.server, ""), (postmaster, "postgres")):
        parent = psutil.Process(root)
        for process in (parent, *parent.children(recursive=True)):
            try:
                part = name or ("api" if "tongguan.api" in process.cmdline() else "worker")
                spent = process.cpu_times()
            except psutil.Error:
                continue
            used[part] += spent.user + spent.system
    return {**used, "people": time.process_time()}


async def _labels(place: _Place, token: str, until: float, pause: float, times: _Times) -> None:
    """One person: next task, submit, pause, until the time is over."""
    line = await _Line.open(place, token)
    try:
        if pause:
            await asyncio.sleep(pause * (hash(token) % 100) / 100)
        while time.perf_counter() < until:
            began = time.perf_counter()
            work = await line.post("work/claim", {"slot": "open"})
            claimed = time.perf_counter()
            answer = {"submit_key": str(new_id()), "base": 0, "labels": LABELS, "nothing": False}
            await line.post(f"work/{work['lease_id']}/submit", answer)
            times.claim.append(1000 * (claimed - began))
            times.submit.append(1000 * (time.perf_counter() - claimed))
            if pause:
                await asyncio.sleep(pause)
    finally:
        line.writer.close()


@dataclass(slots=True)
class _Line:
    """One kept-alive connection, as a browser has it; no more than the bench needs of HTTP."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    head: str
    path: str

    @classmethod
    async def open(cls, place: _Place, token: str) -> _Line:
        """Connects."""
        reader, writer = await asyncio.open_connection("127.0.0.1", place.port)
        head = f"Host: 127.0.0.1\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n"
        return cls(reader, writer, head, f"/api/v1/projects/{place.project_id}/")

    async def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """One request; anything but 200 ends the bench."""
        data = orjson.dumps(body)
        self.writer.write(
            f"POST {self.path}{path} HTTP/1.1\r\n{self.head}Content-Length: {len(data)}\r\n\r\n".encode() + data
        )
        answer = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        status = int(answer.split(" ", 2)[1])
        length = int(answer.lower().split("content-length:", 1)[1].split("\r\n", 1)[0])
        content = await self.reader.readexactly(length)
        if status != 200:
            raise RuntimeError(f"{path}: {status} {content[:500]!r}")
        parsed: dict[str, Any] = orjson.loads(content)
        return parsed


def _doubles(bench: Bench) -> int:
    """Tasks that were held by more people than they need at one time, or answered by more."""
    with bench.runtime.database.transaction(bench.caller.org_id) as session:
        return int(
            session.execute(
                text(
                    "SELECT count(*) FROM (SELECT l.task_id FROM lease l JOIN task t ON t.id = l.task_id "
                    "WHERE l.state IN ('open', 'next', 'submitted') GROUP BY l.task_id, t.needed "
                    "HAVING count(*) > t.needed) AS twice"
                )
            ).scalar_one()
        )
