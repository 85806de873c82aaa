"""The worker's engine on a real database: bursts, an event that nobody can work on, and the stop in the middle."""

from __future__ import annotations

import io
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any
from uuid import UUID

import pytest
from dbos import DBOS
from sqlalchemy import text

from tests.conftest import TestServer, make_org
from tongguan.core import jobs, telemetry
from tongguan.core.database import Database, Session
from tongguan.core.events import emit
from tongguan.core.runtime import Runtime
from tongguan.core.storage import memory_storage
from tongguan.worker.engine import Engine

BURST, RARE = "test.engine.burst", "test.engine.rare"


@pytest.fixture
def runtime(server: TestServer, committed_database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Runtime]:
    """The session's database, with no jobs but the test's own."""
    monkeypatch.setattr(jobs, "JOBS", {})
    monkeypatch.setattr("tongguan.worker.engine.JOBS", jobs.JOBS)
    monkeypatch.setattr("tongguan.worker.engine.PERIODIC", {})
    yield Runtime(server.settings, committed_database, memory_storage(), server.owner_url, server.app_url, None)
    DBOS.destroy(destroy_registry=True)


def told(database: Database, org_id: UUID, count: int, kind: str = BURST, first: int = 0) -> None:
    """Events that wait."""
    with database.transaction(org_id) as session:
        for number in range(first, first + count):
            emit(session, kind, {"n": number})


def until(check: Callable[[], bool], seconds: float = 30) -> None:
    """Waits until something is so."""
    end = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < end
        time.sleep(0.02)


def left(database: Database, org_id: UUID) -> int:
    """Events that wait still."""
    with database.transaction(org_id) as session:
        return int(session.execute(text("SELECT count(*) FROM event WHERE delivered_at IS NULL")).scalar_one())


def test_a_burst_is_worked_on_together_and_a_bad_event_alone(runtime: Runtime) -> None:
    done: Counter[int] = Counter()
    sizes: list[int] = []

    @jobs.together(BURST, name="test.engine.burst")
    def take(session: Session, payloads: Sequence[dict[str, Any]]) -> None:
        session.execute(text("SELECT 1"))
        numbers = [payload["n"] for payload in payloads]
        sizes.append(len(numbers))
        if 13 in numbers:
            raise ValueError("nobody can work on 13")
        done.update(numbers)

    @jobs.job(RARE, name="test.engine.rare")
    def rare(context: jobs.JobContext, payload: dict[str, Any]) -> None:
        del context
        done[-payload["n"]] += 1

    org = make_org(runtime.database)
    told(runtime.database, org.id, 250, first=20)
    told(runtime.database, org.id, 1, RARE, first=7)
    engine = Engine(runtime)
    engine.launch()
    try:
        until(lambda: left(runtime.database, org.id) == 0)
        assert sorted(sizes) == [50, 100, 100]
        told(runtime.database, org.id, 20)
        until(lambda: left(runtime.database, org.id) == 0)
    finally:
        assert engine.stop()
    assert done == Counter([*range(13), *range(14, 270), -7])  # once each, all but the bad one
    assert sizes[3] == 20
    assert sizes[4:] == [1] * 20


def test_the_stop_in_the_middle_of_a_burst_says_nothing_and_loses_nothing(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: Counter[int] = Counter()
    begun = threading.Event()

    @jobs.job(BURST, name="test.engine.alone")
    def take(context: jobs.JobContext, payload: dict[str, Any]) -> None:
        with context.transaction() as session:
            session.execute(text("SELECT pg_sleep(0.05)"))
        done[payload["n"]] += 1
        begun.set()

    org = make_org(runtime.database)
    told(runtime.database, org.id, 60)
    said = io.StringIO()
    monkeypatch.setattr(sys, "stderr", said)
    telemetry.configure_logging("INFO")
    try:
        first = Engine(runtime)
        first.launch()
        assert begun.wait(20)
        assert first.stop()
        waited = left(runtime.database, org.id)
        assert 0 < waited < 60
        assert sum(done.values()) == 60 - waited
        again = Engine(runtime)
        again.launch()
        until(lambda: left(runtime.database, org.id) == 0)
        assert again.stop()
    finally:
        telemetry.configure_logging("ERROR", as_json=False)
    assert done == Counter(range(60))
    assert "error" not in said.getvalue().lower()
    assert "launched" not in said.getvalue()


def test_a_job_that_does_not_end_is_left_to_the_end_of_the_process(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tongguan.worker.engine.GRACE", 0.2)
    begun, release = threading.Event(), threading.Event()

    @jobs.job(RARE, name="test.engine.long")
    def long(context: jobs.JobContext, payload: dict[str, Any]) -> None:
        del context, payload
        begun.set()
        release.wait(20)

    org = make_org(runtime.database)
    told(runtime.database, org.id, 1, RARE)
    engine = Engine(runtime)
    engine.launch()
    assert begun.wait(20)
    assert not engine.stop()
    release.set()
    until(lambda: engine._running == 0)
    assert engine.stop()
