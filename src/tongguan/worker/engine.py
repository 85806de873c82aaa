"""Delivers events: those in bursts several at a time, all others as durable jobs with the event's id as key."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, TypeVar
from uuid import UUID

import orjson
import psycopg
from dbos import DBOS, DBOSConfig, SetWorkflowID, WorkflowHandle
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
TOGETHER = 100  # events of one kind and organization in one transaction: about a tenth of a second
RETRIES = 20
GRACE = 5.0  # seconds that jobs under way get when the worker is stopped; the supervisor waits longer
PASSING = ("08", "40", "53", "57")  # SQLSTATE classes that go away by themselves: connection, deadlock, full, shutdown
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
        self._under_way: set[UUID] = set()  # events that run alone, and organizations whose bursts are worked on
        self._running = 0
        self._count = threading.Condition()
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
            with self._counted():
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

    def stop(self) -> bool:
        """Takes no more work and lets jobs under way come to their end; they have a few seconds.

        False when one has not: the process must end then (`os._exit`), as by a kill, and the job resumes at the next
        start. DBOS is left as it is in that case: a job under it would write into closed connections.
        """
        self.stopping.set()
        self._wake.set()
        end = time.monotonic() + GRACE
        for thread in self._threads:
            thread.join(timeout=1)
        self._pool.shutdown(wait=False, cancel_futures=True)
        with self._count:
            ended = self._count.wait_for(lambda: self._running == 0, timeout=max(0, end - time.monotonic()))
        if ended:
            DBOS.destroy(workflow_completion_timeout_sec=2)
        return ended

    @contextmanager
    def _counted(self) -> Iterator[None]:
        """Counts what runs, so that the stop can wait for it."""
        with self._count:
            self._running += 1
        try:
            yield
        finally:
            with self._count:
                self._running -= 1
                self._count.notify_all()

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
        """Starts the work of waiting events; returns how many were taken up.

        Of each kind and organization up to so many are given at a look, so that a burst never hides the others.
        """
        with self.runtime.database.system() as session:
            rows = session.execute(text("SELECT id, org_id, kind FROM next_events(:most)"), {"most": TOGETHER}).all()
        bursts: dict[UUID, dict[str, list[UUID]]] = {}
        taken = 0
        for row in rows:
            if jobs.goes_together(row.kind):
                if row.org_id not in self._under_way:
                    bursts.setdefault(row.org_id, {}).setdefault(row.kind, []).append(row.id)
            elif row.id not in self._under_way:
                taken += self._submit(row.id, self._start, row.id, row.org_id, row.kind)
        for org_id, kinds in bursts.items():
            taken += self._submit(org_id, self._start_together, org_id, kinds)
        return taken

    def _submit(self, key: UUID, function: Callable[..., None], *args: Any) -> int:
        """Runs in the pool, noted as under way until its end."""
        self._under_way.add(key)
        self._pool.submit(self._work, key, function, *args)
        return 1

    def _work(self, key: UUID, function: Callable[..., None], *args: Any) -> None:
        try:
            with self._counted():
                if not self.stopping.is_set():
                    function(*args)
        except (DBAPIError, psycopg.Error) as error:
            log.warning("events wait", key=str(key), error=str(error)[:200])
            self.stopping.wait(1)
        except Exception as error:  # noqa: BLE001 (the job itself has logged it; the next event must not wait for it)
            log.error("event's job ended with an error", key=str(key), error=str(error)[:200])
        finally:
            self._under_way.discard(key)

    def _start(self, event_id: UUID, org_id: UUID, kind: str) -> None:
        """Starts an event's jobs, marks it, and (for short ones) waits, so that only a few run at a time.

        Marking follows the start: a kill in between starts the jobs again, and DBOS knows their ids already. Long
        work goes through its queue; a queue looks once a second, which is too slow for what a person waits for.
        """
        handles = self._start_jobs(event_id, org_id, list(jobs.subscribers(kind)))
        with self.runtime.database.transaction(org_id) as session:
            session.execute(text("UPDATE event SET delivered_at = now() WHERE id = :id"), {"id": event_id})
        telemetry.EVENTS.labels(kind).inc()
        for handle in handles:
            handle.get_result()

    def _start_jobs(self, event_id: UUID, org_id: UUID, specs: Sequence[jobs.JobSpec]) -> list[WorkflowHandle[str]]:
        handles = []
        for spec in specs:
            with SetWorkflowID(f"{event_id}:{spec.name}"):
                arguments = (spec.name, str(event_id), str(org_id))
                if spec.kind.startswith("job."):
                    DBOS.enqueue_workflow(spec.queue, self._workflow, *arguments)
                else:
                    handles.append(DBOS.start_workflow(self._workflow, *arguments))
        return handles

    def _start_together(self, org_id: UUID, kinds: dict[str, list[UUID]]) -> None:
        """Works on an organization's bursts, one kind after the other; what fails there goes alone."""
        for kind, event_ids in kinds.items():
            if self.stopping.is_set():
                return
            self._together(org_id, kind, event_ids)
            if len(event_ids) == TOGETHER:
                self._wake.set()  # more may wait

    def _together(self, org_id: UUID, kind: str, event_ids: list[UUID]) -> None:
        """Events of one kind in one transaction; first the jobs that want each event alone, if there are any."""
        alone = [spec for spec in jobs.subscribers(kind) if spec.together is None]
        for event_id in event_ids if alone else ():
            for handle in self._start_jobs(event_id, org_id, alone):
                handle.get_result()
        try:
            taken = jobs.run_together(self.runtime.database, org_id, kind, event_ids)
        except Exception as error:
            if isinstance(error, DBAPIError) and _passes(error):
                raise
            log.error("events go alone", kind=kind, events=len(event_ids), exc_info=error)
            self._one_by_one(org_id, kind, event_ids)
            return
        telemetry.EVENTS.labels(kind).inc(taken)
        log.info("events together", kind=kind, events=taken)

    def _one_by_one(self, org_id: UUID, kind: str, event_ids: list[UUID]) -> None:
        """After a failure: only the event that cannot be worked on is lost to its job, and the log says which."""
        for event_id in event_ids:
            try:
                if self.stopping.is_set():
                    return
                self._start(event_id, org_id, kind)
            except (DBAPIError, psycopg.Error):
                raise
            except Exception as error:  # noqa: BLE001 (the job itself has logged it)
                log.error("event's job ended with an error", event_id=str(event_id), error=str(error)[:200])

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
            with self._counted(), self.runtime.database.transaction(org_id) as session:
                spec.function(session)


def _passes(error: DBAPIError) -> bool:
    """Whether the same may succeed a moment later: the database was away, or two waited for each other."""
    state = getattr(error.orig, "sqlstate", None)
    return error.connection_invalidated or state is None or state[:2] in PASSING
