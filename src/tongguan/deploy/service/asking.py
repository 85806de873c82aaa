"""Who may ask a deployment, and what the answer needs to know: the guard of the line's routes."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, ClassVar
from uuid import UUID

from fastapi import Request, Response

from tongguan.core import auth
from tongguan.core.auth import RouteAccess
from tongguan.core.clock import now
from tongguan.core.database import Database, Session
from tongguan.core.errors import NotFound, TooMany, Unauthorized
from tongguan.deploy.repository import places
from tongguan.deploy.wire import ModelRef
from tongguan.people.interface import open_caller
from tongguan.projects.interface import DoorRoute, project_access

MOST_NAME = 300
ASKERS = frozenset({"manager", "trainer", "engineer", "inspector", "operator"})


@dataclass(frozen=True, slots=True)
class Line:
    """A deployment as one question sees it, and who asks."""

    org_id: UUID
    project_id: UUID
    deployment_id: UUID
    person_id: UUID | None
    device_id: UUID | None
    state: str
    model_id: UUID | None
    model_number: int | None
    model: ModelRef | None
    stale: bool
    shadow: bool
    threshold: float
    doubt: float | None
    good_labels: frozenset[str]
    keeps_pictures: bool
    stamp: str | None = None
    """Set where these facts are remembered and not just read: then the log only takes an answer if they still hold."""


@dataclass(frozen=True, slots=True)
class LineAccess:
    """An asker with an open transaction of the organization."""

    session: Session
    line: Line


class Rates:
    """Questions a minute of each device: a bucket that fills evenly. Each API process has its own."""

    def __init__(self) -> None:
        self._left: dict[UUID, tuple[float, float]] = {}
        self._lock = threading.Lock()

    def take(self, device_id: UUID, per_minute: int) -> None:
        """TooMany when the bucket of the device is empty."""
        moment = time.monotonic()
        with self._lock:
            left, since = self._left.get(device_id, (float(per_minute), moment))
            left = min(float(per_minute), left + (moment - since) * per_minute / 60)
            if left < 1:
                self._left[device_id] = (left, moment)
                seconds = round((1 - left) * 60 / per_minute, 1)
                raise TooMany("device.too_many", "This device asks too often.", {"seconds": seconds})
            self._left[device_id] = (left - 1, moment)


class Remembered:
    """What devices asked lately, so that not every picture looks it up. Each API process has its own.

    Nothing is answered by what has changed meanwhile: the log compares the stamp as it writes (`log.add`), in the same
    statement, and an answer that it does not take is asked anew.
    """

    def __init__(self, seconds: float = 20.0, most: int = 1000) -> None:
        self._seconds, self._most = seconds, most
        self._lines: dict[tuple[bytes, UUID], tuple[float, int, Line]] = {}
        self._lock = threading.Lock()

    def get(self, hashed: bytes, deployment_id: UUID) -> tuple[Line, int] | None:
        """The facts and the questions a minute, unless they are too old to be trusted."""
        with self._lock:
            until, per_minute, line = self._lines.get((hashed, deployment_id), (0.0, 0, None))
            return (line, per_minute) if line is not None and time.monotonic() < until else None

    def put(self, hashed: bytes, line: Line, per_minute: int) -> None:
        """Remembers what was just read."""
        with self._lock:
            if len(self._lines) >= self._most:
                self._lines.clear()
            self._lines[hashed, line.deployment_id] = (time.monotonic() + self._seconds, per_minute, line)

    def forget(self, hashed: bytes, deployment_id: UUID) -> None:
        """Forgets what no longer holds."""
        with self._lock:
            self._lines.pop((hashed, deployment_id), None)


RATES = Rates()
REMEMBERED = Remembered()


@dataclass(frozen=True, slots=True)
class LineDoor:
    """A guarded way to a deployment that the route opens itself: no transaction is held while a model works."""

    request: Request
    deployment_id: UUID

    def recall(self) -> Line | None:
        """The facts as they were a moment ago, without asking the database: of a device that asked just before."""
        hashed = self._device_hash()
        found = REMEMBERED.get(hashed, self.deployment_id) if hashed else None
        if found is None or found[0].device_id is None:
            return None
        line, per_minute = found
        RATES.take(found[0].device_id, per_minute)
        return line

    def forget(self) -> None:
        """What was remembered of this asker does not hold any more."""
        if hashed := self._device_hash():
            REMEMBERED.forget(hashed, self.deployment_id)

    def look(self) -> Line:
        """Checks the asker and reads the facts. Unauthorized, NotFound, Forbidden or TooMany."""
        with self.open() as access:
            return access.line

    @contextmanager
    def open(self) -> Iterator[LineAccess]:
        """The same with the transaction, which commits when the block ends."""
        if hashed := self._device_hash():
            database: Database = self.request.app.state.database
            with database.system() as session:
                yield LineAccess(session, self._device(session, hashed))
            return
        with open_caller(self.request) as access:
            found = places.line(access.session, self.deployment_id)
            if found is None:
                raise NotFound("deployment.unknown", "There is no such deployment.")
            try:
                project_access(access.session, access.caller, found.project_id, ASKERS)
            except NotFound:
                raise NotFound("deployment.unknown", "There is no such deployment.") from None
            yield LineAccess(access.session, _line(found, access.caller.person_id, None))

    def _device_hash(self) -> bytes | None:
        token = auth.bearer(self.request.headers.get("authorization"))
        return auth.token_hash(token) if token is not None and token.startswith(auth.DEVICE_PREFIX) else None

    def _device(self, session: Session, hashed: bytes) -> Line:
        device = places.device_row(session, hashed, now())
        if device is None:
            raise Unauthorized("auth.token", "This token is not valid.")
        Database.note(session, device.org_id, None)  # bound by the statement that found it
        found = places.line(session, self.deployment_id) if device.deployment_id == self.deployment_id else None
        if found is None:
            raise NotFound("deployment.unknown", "There is no such deployment.")
        RATES.take(device.device_id, device.per_minute)
        line = _line(found, None, device.device_id)
        REMEMBERED.put(hashed, replace(line, stamp=found.stamp), device.per_minute)
        return line


class LineRoute(DoorRoute):
    """A route behind a `LineRole`: bad input is only told to those who may ask."""

    def _knock(self, request: Request) -> None:
        try:
            deployment_id = UUID(str(request.path_params.get("deployment_id")))
        except ValueError:
            return
        LineDoor(request, deployment_id).look()


class QuestionRoute(LineRoute):
    """The route that a line waits for: its two inputs are read here. Working them out as for every other route costs
    as much as writing the log."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler, which leaves what is not as it should be to the usual one and its words."""
        usual = super().get_route_handler()

        async def direct(request: Request) -> Response:
            given = request.query_params.get("name", "")
            try:
                deployment_id = UUID(request.path_params["deployment_id"])
            except ValueError:
                return await usual(request)
            if len(given) > MOST_NAME:
                return await usual(request)
            answer: Response = await self.endpoint(LineDoor(request, deployment_id), request)
            return answer

        return direct


class LineRole(RouteAccess):
    """Route guard: a device on its own deployment, or a person with a role on the line in its project."""

    scope: ClassVar[str] = "device"

    async def __call__(self, request: Request, deployment_id: UUID) -> LineDoor:
        """The closed door; nothing is checked before the route opens it."""
        return LineDoor(request, deployment_id)


def _line(found: Any, person_id: UUID | None, device_id: UUID | None) -> Line:
    made = found.model_made
    stale = bool(made and found.stale_days and made < now() - timedelta(days=found.stale_days))
    return Line(
        org_id=found.org_id,
        project_id=found.project_id,
        deployment_id=found.id,
        person_id=person_id,
        device_id=device_id,
        state=found.state,
        model_id=found.model_id,
        model_number=found.model_number,
        model=ModelRef(found.key, found.sha256) if found.model_id else None,
        stale=stale,
        shadow=found.shadow_model_id is not None,
        threshold=found.threshold,
        doubt=found.doubt,
        good_labels=frozenset(found.good_labels),
        keeps_pictures=found.retention_days > 0,
    )
