"""Jobs: what subscribes to events and what runs by the clock. The worker runs them durably; tests run them directly."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar
from uuid import UUID

from sqlalchemy import select, text, update

from tongguan.core import failpoints
from tongguan.core.clock import now
from tongguan.core.database import Database, Session
from tongguan.core.errors import TongguanError
from tongguan.core.events import emit
from tongguan.core.ids import new_id
from tongguan.core.models import Event, Job
from tongguan.core.settings import Settings
from tongguan.core.storage import Storage

T = TypeVar("T")
JobFunction = Callable[["JobContext", dict[str, Any]], None]
TogetherFunction = Callable[[Session, Sequence[dict[str, Any]]], None]
PeriodicFunction = Callable[[Session], object]


class Steps(Protocol):
    """Runs the steps of a job: durably (worker) or directly (tests)."""

    def run(self, name: str, function: Callable[..., T], *args: Any) -> T:
        """The function's result; after a kill the stored one."""


class DirectSteps:
    """Runs every step at once and stores nothing."""

    def run(self, name: str, function: Callable[..., T], *args: Any) -> T:
        """Calls the function."""
        del name
        return function(*args)


@dataclass(frozen=True, slots=True)
class JobSpec:
    """A subscription: job `name` runs for every event of `kind` on a queue, or for several at once (`together`)."""

    name: str
    kind: str
    function: JobFunction
    queue: str
    together: TogetherFunction | None = None


@dataclass(frozen=True, slots=True)
class PeriodicSpec:
    """A function that the worker calls for every organization each so many seconds."""

    name: str
    seconds: float
    function: PeriodicFunction


JOBS: dict[str, JobSpec] = {}
PERIODIC: dict[str, PeriodicSpec] = {}
QUEUES: dict[str, int] = {"default": 2, "training": 1, "evaluation": 1, "outgoing": 4}


def job(kind: str, name: str, queue: str = "default") -> Callable[[JobFunction], JobFunction]:
    """Subscribes a function to an event kind. Names are unique: a second one fails at start."""

    def register(function: JobFunction) -> JobFunction:
        _add(JobSpec(name, kind, function, queue))
        return function

    return register


def together(kind: str, name: str) -> Callable[[TogetherFunction], TogetherFunction]:
    """Subscribes a function to a kind of event that comes in bursts: it gets the payloads of those that wait, oldest
    first, in one transaction, which also marks them delivered. For short work in the database only; see `run_together`.
    """

    def register(function: TogetherFunction) -> TogetherFunction:
        @functools.wraps(function)
        def alone(context: JobContext, payload: dict[str, Any]) -> None:
            with context.transaction() as session:
                function(session, [payload])

        _add(JobSpec(name, kind, alone, "default", function))
        return function

    return register


def _add(spec: JobSpec) -> None:
    if spec.name in JOBS and JOBS[spec.name].function.__qualname__ != spec.function.__qualname__:
        raise ValueError(f"two jobs are named {spec.name}")
    JOBS[spec.name] = spec


def periodic(seconds: float, name: str) -> Callable[[PeriodicFunction], PeriodicFunction]:
    """Lets the worker call a function in a transaction of every organization each `seconds`."""

    def register(function: PeriodicFunction) -> PeriodicFunction:
        PERIODIC[name] = PeriodicSpec(name, seconds, function)
        return function

    return register


def subscribers(kind: str) -> Iterator[JobSpec]:
    """The jobs that an event kind starts."""
    return (spec for spec in JOBS.values() if spec.kind == kind)


def goes_together(kind: str) -> bool:
    """Whether several events of a kind are worked on at once: somebody takes them so, or nobody hears them."""
    heard = list(subscribers(kind))
    return not heard or any(spec.together is not None for spec in heard)


def start(
    session: Session,
    kind: str,
    *,
    title: str,
    project_id: UUID | None = None,
    person_id: UUID | None = None,
    payload: dict[str, Any] | None = None,
) -> UUID:
    """Queues visible work: a job row and the event `job.<kind>`, both in the caller's transaction."""
    job_id = new_id()
    session.add(Job(id=job_id, kind=kind, title=title, project_id=project_id, person_id=person_id))
    session.flush()
    emit(session, f"job.{kind}", {**(payload or {}), "job_id": str(job_id)}, wake=True)
    return job_id


def request_cancel(session: Session, job_id: UUID) -> None:
    """Asks a job to end; one that has not begun ends at once."""
    session.execute(
        update(Job).where(Job.id == job_id, Job.state.in_(["queued", "running"])).values(cancel_requested=True)
    )
    session.execute(update(Job).where(Job.id == job_id, Job.state == "queued").values(state="cancelled"))


class JobCancelled(Exception):
    """Raised inside a job when a person asked for its end."""


@dataclass
class JobContext:
    """What a job may use. Every method that writes opens its own transaction."""

    org_id: UUID
    event_id: UUID
    database: Database
    storage: Storage
    settings: Settings
    steps: Steps = field(default_factory=DirectSteps)
    _began: dict[UUID, tuple[float, int]] = field(default_factory=dict)

    def transaction(self) -> AbstractContextManager[Session]:
        """A session under the job's organization."""
        return self.database.transaction(self.org_id)

    def step(self, name: str, function: Callable[..., T], *args: Any) -> T:
        """Runs a step whose JSON-able result is kept: after a kill, finished steps are not run again."""
        return self.steps.run(name, function, *args)

    def progress(self, job_id: UUID, done: int, total: int | None = None, message: str = "") -> None:
        """Shows progress; the rate is measured since this process began the job."""
        began, first = self._began.setdefault(job_id, (time.monotonic(), done))
        passed = time.monotonic() - began
        rate = (done - first) / passed if passed > 0.5 and done > first else None
        with self.transaction() as session:
            session.execute(
                text(
                    "UPDATE job SET state = 'running', done = :done, total = coalesce(:total, total), rate = :rate, "
                    "message = :message, updated_at = now(), started_at = coalesce(started_at, now()) "
                    "WHERE id = :id AND state IN ('queued', 'running')"
                ),
                {"id": job_id, "done": done, "total": total, "rate": rate, "message": message},
            )

    def cancelled(self, job_id: UUID) -> bool:
        """Whether a person asked for the end of this job."""
        with self.transaction() as session:
            row = session.execute(select(Job.cancel_requested, Job.state).where(Job.id == job_id)).one_or_none()
        return row is None or row.cancel_requested or row.state == "cancelled"

    def raise_if_cancelled(self, job_id: UUID) -> None:
        """Raises JobCancelled when the end was asked for."""
        if self.cancelled(job_id):
            raise JobCancelled

    def finish(self, job_id: UUID, result: dict[str, Any] | None = None) -> None:
        """Marks visible work as done."""
        self._end(job_id, state="done", result=result or {})

    def fail(self, job_id: UUID, error: TongguanError) -> None:
        """Marks visible work as failed, with words that a person can act on."""
        self._end(job_id, state="failed", error=error.body())

    def _end(self, job_id: UUID, **values: Any) -> None:
        with self.transaction() as session:
            session.execute(
                update(Job)
                .where(Job.id == job_id, Job.state.in_(["queued", "running"]))
                .values(updated_at=now(), **values)
            )


def run(spec: JobSpec, context: JobContext) -> str:
    """Runs one job for its event; expected errors end the visible job with words. Returns the outcome."""
    with context.transaction() as session:
        event = session.get(Event, context.event_id)
        payload = dict(event.payload) if event else None
    if payload is None:
        return "gone"
    visible = UUID(payload["job_id"]) if "job_id" in payload and spec.kind.startswith("job.") else None
    try:
        if visible is not None and context.cancelled(visible):
            raise JobCancelled
        spec.function(context, payload)
    except JobCancelled:
        if visible is not None:
            with context.transaction() as session:
                session.execute(
                    update(Job)
                    .where(Job.id == visible, Job.state != "done")
                    .values(state="cancelled", updated_at=now())
                )
        return "cancelled"
    except TongguanError as error:
        if visible is None:
            raise
        context.fail(visible, error)
        return "failed"
    return "done"


_TAKE = text(
    "SELECT id, payload FROM event WHERE id = ANY(:ids) AND delivered_at IS NULL ORDER BY id FOR UPDATE SKIP LOCKED"
)
_DELIVERED = text("UPDATE event SET delivered_at = now() WHERE id = ANY(:ids)")


def run_together(database: Database, org_id: UUID, kind: str, event_ids: Sequence[UUID]) -> int:
    """Runs the `together` jobs of waiting events of one kind, each event once; returns how many it took.

    The work and the mark are one transaction: a kill at any moment leaves either both or neither, so what an event
    does is done exactly once, and an event that another process holds or has marked is left to it.
    """
    with database.transaction(org_id) as session:
        rows = session.execute(_TAKE, {"ids": list(event_ids)}).all()
        if rows:
            for spec in subscribers(kind):
                if spec.together is not None:
                    spec.together(session, [row.payload for row in rows])
            session.flush()
            failpoints.hit("jobs.together")
            session.execute(_DELIVERED, {"ids": [row.id for row in rows]})
    if rows:
        failpoints.hit("jobs.together_done")
    return len(rows)
