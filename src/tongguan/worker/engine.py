"""Delivers events as durable jobs: each event once to each subscriber, with the event's id as idempotency key."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar
from uuid import UUID

import orjson
import psycopg
from dbos import DBOS, DBOSConfig, SetWorkflowID
from dbos._serialization import Serializer
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from tongguan.core import jobs, telemetry
from tongguan.core.database import engine_url
from tongguan.core.errors import TongguanError
from tongguan.core.events import CHANNEL
from tongguan.core.jobs import JOBS, PERIODIC, QUEUES, JobContext
from tongguan.core.roles import JOBS_SCHEMA
from tongguan.core.runtime import Runtime

T = TypeVar("T")
LOOK_EVERY = 0.25
AT_ONCE = 4
RETRIES = 20
log = telemetry.logger("worker")


class JsonSerializer(Serializer):
    """Job arguments and step results as JSON: no pickles in the database."""

    def serialize(self, data: Any) -> str:
        """JSON text; exceptions become their words."""
        return orjson.dumps(data, default=str).decode()

    def deserialize(cls, serialized_data: str) -> Any:  # noqa: N805 (the base class names it so)
        """The value back."""
        return orjson.loads(serialized_data)

    def name(self) -> str:
        """Stored beside each value."""
        return "tongguan_json"


class DurableSteps:
    """Steps whose results DBOS keeps."""

    def run(self, name: str, function: Callable[..., T], *args: Any) -> T:
        """Runs the step, or returns the kept result of an earlier life of this job."""
        return DBOS.run_step({"name": name}, function, *args)


class Engine:
    """The worker's inside: one listener, one deliverer, one clock."""

    def __init__(self, runtime: Runtime) -> None:
        self.runtime = runtime
        self.stopping = threading.Event()
        self._wake = threading.Event()
        self._next_run: dict[str, float] = {}
        self._threads: list[threading.Thread] = []
        self._under_way: set[UUID] = set()
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="event")

    def launch(self) -> None:
        """Starts DBOS (which resumes what was interrupted) and the threads."""
        config: DBOSConfig = {
            "name": "tongguan",
            "system_database_url": engine_url(self.runtime.app_url).render_as_string(hide_password=False),
            "dbos_system_schema": JOBS_SCHEMA,
            "run_migrations": False,
            "application_version": "tongguan",
            "executor_id": "worker",
            "sys_db_pool_size": 6,
            "log_level": "WARNING",
            "serializer": JsonSerializer(),
        }
        DBOS(config=config)

        @DBOS.workflow(name="deliver")
        def deliver(name: str, event_id: str, org_id: str) -> str:
            return self._deliver(name, event_id, org_id)

        DBOS.launch()
        for name, concurrency in QUEUES.items():
            DBOS.register_queue(name, worker_concurrency=concurrency, polling_interval_sec=1.0)
        self._workflow = deliver
        for target in (self._listen, self._dispatch, self._tick):
            thread = threading.Thread(target=target, name=target.__name__.strip("_"), daemon=True)
            thread.start()
            self._threads.append(thread)
        log.info("worker started", jobs=len(JOBS), periodic=len(PERIODIC))

    def stop(self) -> None:
        """Stops taking work; jobs under way resume at the next start."""
        self.stopping.set()
        self._wake.set()
        for thread in self._threads:
            thread.join(timeout=2)
        self._pool.shutdown(wait=False, cancel_futures=True)
        DBOS.destroy()

    def _deliver(self, name: str, event_id: str, org_id: str) -> str:
        """One job for one event; waits for a database that is away instead of failing."""
        context = JobContext(
            UUID(org_id),
            UUID(event_id),
            self.runtime.database,
            self.runtime.storage,
            self.runtime.settings,
            DurableSteps(),
        )
        for attempt in range(RETRIES):
            try:
                outcome = jobs.run(JOBS[name], context)
            except (OperationalError, InterfaceError) as error:
                log.warning("database away", job=name, attempt=attempt, error=str(error.orig)[:200])
                time.sleep(min(0.5 * 2**attempt, 10))
                continue
            except Exception as error:
                telemetry.JOBS.labels(name, "crashed").inc()
                log.error("job crashed", job=name, event_id=event_id, exc_info=error)
                self._fail_visible(context, error)
                raise
            telemetry.JOBS.labels(name, outcome).inc()
            log.info("job", job=name, event_id=event_id, outcome=outcome)
            return outcome
        raise TimeoutError(f"{name}: the database stayed away")

    def _fail_visible(self, context: JobContext, error: Exception) -> None:
        """A visible job never stays 'running' after its end."""
        try:
            with context.transaction() as session:
                row = session.execute(
                    text("SELECT payload->>'job_id' FROM event WHERE id = :id AND kind LIKE 'job.%'"),
                    {"id": context.event_id},
                ).scalar()
            if row:
                words = f"{type(error).__name__}: {error}"[:500]
                context.fail(UUID(row), TongguanError("job.crashed", words, {"event": str(context.event_id)}))
        except DBAPIError as second:
            log.error("could not mark the job as failed", error=str(second)[:200])

    def _listen(self) -> None:
        """Wakes the deliverer on NOTIFY; reconnects for ever."""
        url = engine_url(self.runtime.app_url).set(drivername="postgresql").render_as_string(hide_password=False)
        while not self.stopping.is_set():
            try:
                with psycopg.connect(url, autocommit=True) as connection:
                    connection.execute(f"LISTEN {CHANNEL}")
                    while not self.stopping.is_set():
                        for _ in connection.notifies(timeout=5, stop_after=1):
                            self._wake.set()
            except psycopg.Error:
                self.stopping.wait(1)

    def _dispatch(self) -> None:
        while not self.stopping.is_set():
            try:
                found = self._hand_out()
            except (DBAPIError, psycopg.Error) as error:
                log.warning("events wait", error=str(error)[:200])
                self.stopping.wait(1)
                continue
            if not found:
                self._wake.wait(LOOK_EVERY)
                self._wake.clear()

    def _hand_out(self) -> int:
        """Starts the jobs of waiting events, some at a time; returns how many events were taken up."""
        with self.runtime.database.system() as session:
            rows = session.execute(text("SELECT id, org_id, kind FROM next_events(200)")).all()
        fresh = [row for row in rows if row.id not in self._under_way]
        for row in fresh:
            self._under_way.add(row.id)
            self._pool.submit(self._start, row.id, row.org_id, row.kind)
        return len(fresh)

    def _start(self, event_id: UUID, org_id: UUID, kind: str) -> None:
        """Starts an event's jobs, marks it, and (for short ones) waits, so that only a few run at a time.

        Marking follows the start: a kill in between starts the jobs again, and DBOS knows their ids already. Long
        work goes through its queue; a queue looks a few times a second, which is too slow for one event per submit.
        """
        try:
            handles = []
            for spec in jobs.subscribers(kind):
                with SetWorkflowID(f"{event_id}:{spec.name}"):
                    arguments = (spec.name, str(event_id), str(org_id))
                    if kind.startswith("job."):
                        DBOS.enqueue_workflow(spec.queue, self._workflow, *arguments)
                    else:
                        handles.append(DBOS.start_workflow(self._workflow, *arguments))
            with self.runtime.database.transaction(org_id) as session:
                session.execute(text("UPDATE event SET delivered_at = now() WHERE id = :id"), {"id": event_id})
            telemetry.EVENTS.labels(kind).inc()
            for handle in handles:
                handle.get_result()
        except (DBAPIError, psycopg.Error) as error:
            log.warning("event waits", event_id=str(event_id), error=str(error)[:200])
            self.stopping.wait(1)
        except Exception as error:  # noqa: BLE001 (the job itself has logged it; the next event must not wait for it)
            log.error("event's job ended with an error", event_id=str(event_id), error=str(error)[:200])
        finally:
            self._under_way.discard(event_id)

    def _tick(self) -> None:
        """Runs what goes by the clock, for every organization."""
        while not self.stopping.wait(1):
            due = [spec for spec in PERIODIC.values() if self._next_run.get(spec.name, 0) <= time.monotonic()]
            for spec in due:
                self._next_run[spec.name] = time.monotonic() + spec.seconds
                try:
                    self._run_periodic(spec)
                except DBAPIError as error:
                    log.warning("periodic work waits", name=spec.name, error=str(error)[:200])
                except TongguanError as error:
                    log.error("periodic work failed", name=spec.name, error=error.message)

    def _run_periodic(self, spec: jobs.PeriodicSpec) -> None:
        with self.runtime.database.system() as session:
            organizations = [row[0] for row in session.execute(text("SELECT * FROM auth_organizations()"))]
        for org_id in organizations:
            if self.stopping.is_set():
                return
            with self.runtime.database.transaction(org_id) as session:
                spec.function(session)
