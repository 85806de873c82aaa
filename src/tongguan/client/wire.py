"""One description of every call, run by two drivers: an operation is a generator that yields requests and pauses.

`operation` turns such a generator function into a method: on a `Sync` object it returns the result, on an `Async`
object an awaitable of it. So each call is written once and typed for both.
"""

from __future__ import annotations

import asyncio
import hashlib
import random
import time
from collections.abc import Awaitable, Callable, Generator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar, overload

import httpx

from tongguan.client.errors import TongguanError, Unavailable, error_of

T = TypeVar("T")
P = ParamSpec("P")
TRIES = 6
AGAIN = frozenset({429, 503})
SAFE = frozenset({"GET", "PUT", "DELETE", "PATCH"})
MOST_PAUSE = 30.0


@dataclass(frozen=True, slots=True)
class Call:
    """One request. With a `target` the answer's bytes go to that file, whole or not at all."""

    method: str
    path: str
    query: dict[str, Any] = field(default_factory=dict)
    json: Any = None
    content: bytes | None = None
    headers: dict[str, str] = field(default_factory=dict)
    target: Path | None = None

    @property
    def repeatable(self) -> bool:
        """Whether a lost answer may be asked for again: the same call twice is the same as once."""
        return self.method in SAFE or "Idempotency-Key" in self.headers


@dataclass(frozen=True, slots=True)
class Pause:
    """Waits so many seconds."""

    seconds: float


Flow = Generator["Call | Pause", Any, T]


@dataclass(frozen=True, slots=True)
class Connection:
    """Where the server is and who asks."""

    address: str
    token: str
    timeout: float = 60.0
    tries: int = TRIES

    def headers(self) -> dict[str, str]:
        """Headers of every request."""
        return {"Authorization": f"Bearer {self.token}", "Accept": "application/json", "User-Agent": "tongguan-client"}


class Sync:
    """Base of what answers at once."""

    _http: httpx.Client
    _connection: Connection


class Async:
    """Base of what is awaited."""

    _http: httpx.AsyncClient
    _connection: Connection


class operation(Generic[P, T]):  # noqa: N801 (used as a decorator)
    """A method that is written as a flow of calls."""

    def __init__(self, flow: Callable[Concatenate[Any, P], Flow[T]]) -> None:
        self._flow = flow
        self.__doc__, self.__wrapped__ = flow.__doc__, flow

    @overload
    def __get__(self, instance: None, owner: type[Any]) -> operation[P, T]: ...
    @overload
    def __get__(self, instance: Sync, owner: type[Any]) -> Callable[P, T]: ...
    @overload
    def __get__(self, instance: Async, owner: type[Any]) -> Callable[P, Awaitable[T]]: ...
    @overload
    def __get__(self, instance: object, owner: type[Any]) -> Callable[P, T] | Callable[P, Awaitable[T]]: ...
    def __get__(self, instance: Any, owner: type[Any]) -> Any:
        """The method of an object."""
        if instance is None:
            return self

        def bound(*args: P.args, **kwargs: P.kwargs) -> Any:
            flow = self._flow(instance, *args, **kwargs)
            if isinstance(instance, Async):
                return run_async(instance._http, instance._connection, flow)
            return run_sync(instance._http, instance._connection, flow)

        bound.__doc__, bound.__name__ = self._flow.__doc__, self._flow.__name__
        return bound


class _Attempts:
    """When a call is made again, and after how long."""

    def __init__(self, call: Call, tries: int) -> None:
        self.call, self.left, self.pause = call, tries - 1, 0.4

    def after(self, answer: httpx.Response) -> float | None:
        """Seconds to wait before the next attempt; None when the answer holds."""
        if answer.status_code not in AGAIN or self.left <= 0:
            return None
        asked = answer.headers.get("retry-after", "")
        return self._next(float(asked) if asked.isdecimal() else 0.0)

    def lost(self, error: httpx.TransportError) -> float:
        """Seconds to wait after a lost connection. Unavailable when the call may have been heard, or too often."""
        unheard = isinstance(error, (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout))
        if self.left <= 0 or not (unheard or self.call.repeatable):
            raise Unavailable("network", f"{type(error).__name__}: {error}") from error
        return self._next(0.0)

    def _next(self, asked: float) -> float:
        self.left -= 1
        self.pause *= 2
        return min(MOST_PAUSE, max(asked, self.pause * random.uniform(0.6, 1.0)))


def _request(http: httpx.Client | httpx.AsyncClient, connection: Connection, call: Call) -> httpx.Request:
    query = {key: value for key, value in call.query.items() if value is not None}
    address = call.path if call.path.startswith("http") else connection.address + call.path
    headers = {**connection.headers(), **call.headers}
    if call.content is not None:
        headers.setdefault("Content-Type", "application/octet-stream")
        return http.build_request(call.method, address, params=query, content=call.content, headers=headers)
    return http.build_request(call.method, address, params=query, json=call.json, headers=headers)


def _result(answer: httpx.Response) -> Any:
    body: Any = None
    if answer.content:
        try:
            body = answer.json()
        except ValueError:
            body = answer.text
    if answer.status_code >= 400:
        raise error_of(answer.status_code, body, answer.headers.get("x-request-id"))
    return body


class _Part:
    """A file that gets its name when it is whole."""

    def __init__(self, target: Path) -> None:
        target.parent.mkdir(parents=True, exist_ok=True)
        self._target, self._part = target, target.with_name(target.name + ".part")
        self._out, self._hash = self._part.open("wb"), hashlib.sha256()

    def write(self, chunk: bytes) -> None:
        self._out.write(chunk)
        self._hash.update(chunk)

    def done(self) -> str:
        self._out.close()
        self._part.replace(self._target)
        return self._hash.hexdigest()

    def drop(self) -> None:
        self._out.close()
        self._part.unlink(missing_ok=True)


def run_sync(http: httpx.Client, connection: Connection, flow: Flow[T]) -> T:
    """Runs a flow here and now."""
    send: Any = None
    problem: TongguanError | None = None
    while True:
        try:
            wish = flow.throw(problem) if problem is not None else flow.send(send)
        except StopIteration as end:
            result: T = end.value
            return result
        send, problem = None, None
        if isinstance(wish, Pause):
            time.sleep(wish.seconds)
            continue
        try:
            send = _ask(http, connection, wish)
        except TongguanError as error:
            problem = error


def _ask(http: httpx.Client, connection: Connection, call: Call) -> Any:
    attempts = _Attempts(call, connection.tries)
    while True:
        try:
            answer = http.send(_request(http, connection, call), stream=True)
            try:
                wait = attempts.after(answer)
                if wait is None and call.target is not None and answer.status_code < 400:
                    return _save(answer, call.target)
                answer.read()
            finally:
                answer.close()
        except httpx.TransportError as error:
            wait = attempts.lost(error)
        if wait is None:
            return _result(answer)
        time.sleep(wait)


def _save(answer: httpx.Response, target: Path) -> str:
    part = _Part(target)
    try:
        for chunk in answer.iter_bytes(1 << 20):
            part.write(chunk)
    except BaseException:
        part.drop()
        raise
    return part.done()


async def run_async(http: httpx.AsyncClient, connection: Connection, flow: Flow[T]) -> T:
    """Runs a flow in the event loop."""
    send: Any = None
    problem: TongguanError | None = None
    while True:
        try:
            wish = flow.throw(problem) if problem is not None else flow.send(send)
        except StopIteration as end:
            result: T = end.value
            return result
        send, problem = None, None
        if isinstance(wish, Pause):
            await asyncio.sleep(wish.seconds)
            continue
        try:
            send = await _ask_async(http, connection, wish)
        except TongguanError as error:
            problem = error


async def _ask_async(http: httpx.AsyncClient, connection: Connection, call: Call) -> Any:
    attempts = _Attempts(call, connection.tries)
    while True:
        try:
            answer = await http.send(_request(http, connection, call), stream=True)
            try:
                wait = attempts.after(answer)
                if wait is None and call.target is not None and answer.status_code < 400:
                    return await _save_async(answer, call.target)
                await answer.aread()
            finally:
                await answer.aclose()
        except httpx.TransportError as error:
            wait = attempts.lost(error)
        if wait is None:
            return _result(answer)
        await asyncio.sleep(wait)


async def _save_async(answer: httpx.Response, target: Path) -> str:
    part = _Part(target)
    try:
        async for chunk in answer.aiter_bytes(1 << 20):
            part.write(chunk)
    except BaseException:
        part.drop()
        raise
    return part.done()
