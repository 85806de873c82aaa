"""The client's core: one flow for both flavours, retries, errors, files."""

from __future__ import annotations

import asyncio
import inspect
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from tongguan import client as sdk
from tongguan.client import (
    AsyncClient,
    Client,
    Conflict,
    Invalid,
    JobFailed,
    NotFound,
    Unavailable,
    evaluating,
    line,
    resources,
    training,
)
from tongguan.client.wire import operation

Answer = Callable[[httpx.Request], httpx.Response]
PROJECT = {"id": "p1", "name": "钢板", "state": "active", "roles": ["engineer"], "of_tomorrow": 1}


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Waits are noted, not slept."""
    waited: list[float] = []

    async def note(seconds: float) -> None:
        waited.append(seconds)

    monkeypatch.setattr("tongguan.client.wire.time.sleep", waited.append)
    monkeypatch.setattr("tongguan.client.wire.asyncio.sleep", note)
    return waited


def both(answer: Answer, use: Callable[[Any], Any]) -> list[Any]:
    """The same use of both flavours: what they give, or raise."""

    async def awaited() -> Any:
        async with AsyncClient("http://t", "tg_x", transport=httpx.MockTransport(answer)) as made:
            return await use(made)

    found: list[Any] = []
    with Client("http://t", "tg_x", transport=httpx.MockTransport(answer)) as made:
        runs: list[Callable[[], Any]] = [lambda: use(made), lambda: asyncio.run(awaited())]
        for run in runs:
            try:
                found.append(run())
            except sdk.TongguanError as error:
                found.append(error)
    return found


def test_records_keep_what_is_newer_than_the_client() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        assert request.headers["authorization"] == "Bearer tg_x"
        return httpx.Response(200, json=[PROJECT])

    one, two = both(answer, lambda client: client.projects.list())
    assert one == two
    assert (one[0].name, one[0].raw["of_tomorrow"]) == ("钢板", 1)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (404, NotFound),
        (409, Conflict),
        (422, Invalid),
        (401, sdk.Unauthorized),
        (403, sdk.Forbidden),
        (500, Unavailable),
    ],
)
def test_errors_have_types_codes_and_params(status: int, kind: type[sdk.TongguanError]) -> None:
    body = {"code": "a.b", "message": "words", "params": {"n": 1}, "request_id": "r"}
    for error in both(lambda _: httpx.Response(status, json=body), lambda client: client.projects.list()):
        assert type(error) is kind
        assert (error.code, error.params, error.status, error.request_id) == ("a.b", {"n": 1}, status, "r")


def test_a_page_of_a_proxy_is_an_error_too() -> None:
    for error in both(lambda _: httpx.Response(502, text="<html>"), lambda client: client.projects.list()):
        assert (type(error), error.code) == (Unavailable, "http_502")


@pytest.mark.parametrize("status", [429, 503])
def test_busy_servers_are_asked_again(status: int, no_waiting: list[float]) -> None:
    seen: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.method)
        return (
            httpx.Response(status, headers={"retry-after": "7"}) if len(seen) % 3 else httpx.Response(201, json=PROJECT)
        )

    both(answer, lambda client: client.projects.create("x"))
    assert seen == ["POST"] * 6
    assert no_waiting == [7.0] * 4
    for error in both(lambda _: httpx.Response(status), lambda client: client.projects.list()):
        assert error.status == status


def test_a_lost_answer_is_asked_for_again_only_where_that_is_safe() -> None:
    seen: list[tuple[str, str | None]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append((request.method, request.headers.get("idempotency-key")))
        if len(seen) % 2:
            raise httpx.ReadError("gone", request=request)
        body = {"prediction_id": "1", "verdict": "ok", "labels": [], "threshold": 0.3}
        return httpx.Response(200, json=[] if request.method == "GET" else body)

    asked: list[str] = []

    def silent(request: httpx.Request) -> httpx.Response:
        asked.append(request.method)
        raise httpx.ReadError("gone", request=request)

    assert both(answer, lambda client: client.projects.list()) == [[], []]
    got = both(answer, lambda client: client.line("d").predict(b"x"))
    assert [one.verdict for one in got] == ["ok", "ok"]
    assert seen[4] == seen[5]
    assert seen[4][1]
    seen.clear()
    for error in both(silent, lambda client: client.projects.create("x")):
        assert (type(error), error.code) == (Unavailable, "network")
    assert asked == ["POST", "POST"]


def test_jobs_are_waited_for_with_progress() -> None:
    states: list[dict[str, Any]] = [
        {"state": "queued"},
        {"state": "running", "done": 1, "total": 2},
        {"state": "done", "done": 2},
    ]
    told: list[str] = []
    left: list[dict[str, Any]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        if not left:
            left.extend(states)
        return httpx.Response(200, json={"id": "j", "kind": "k", "title": "t", **left.pop(0)})

    one, two = both(
        answer, lambda client: client.project("p").jobs.wait("j", progress=lambda job: told.append(job.state))
    )
    assert one.state == two.state == "done"
    assert told == ["queued", "running", "done"] * 2
    body = {"id": "j", "kind": "k", "title": "t", "state": "failed", "error": {"code": "x.y", "message": "m"}}
    for error in both(lambda _: httpx.Response(200, json=body), lambda client: client.project("p").jobs.wait("j")):
        assert (type(error), error.code) == (JobFailed, "x.y")


def test_an_upload_goes_on_after_a_lost_part(tmp_path: Path) -> None:
    file = tmp_path / "plates.zip"
    file.write_bytes(b"x" * (resources.CHUNK + 10))
    stored = bytearray()
    lost = [True]

    def answer(request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            stored.clear()
            lost[0] = True
        if request.method == "PATCH":
            offset = int(request.url.params["offset"])
            if offset != len(stored):
                return httpx.Response(409, json={"code": "upload.offset", "message": ""})
            stored.extend(request.content)
            if lost[0]:
                lost[0] = False
                raise httpx.ReadError("gone", request=request)
        return httpx.Response(200, json={"id": "u", "size": file.stat().st_size, "received": len(stored)})

    assert both(answer, lambda client: client.project("p").imports.upload(file)) == ["u", "u"]
    assert bytes(stored) == file.read_bytes()


def test_a_download_is_whole_or_not_there(tmp_path: Path) -> None:
    target = tmp_path / "v1.zip"

    def answer(request: httpx.Request) -> httpx.Response:
        path = request.url.path
        if path.endswith("/exports"):
            return httpx.Response(201, json={"id": "e", "job_id": "j"})
        if "/jobs/" in path:
            return httpx.Response(200, json={"id": "j", "kind": "k", "title": "t", "state": "done"})
        if path.endswith("/exports/e"):
            return httpx.Response(200, json={"url": "/files/a.b", "sha256": "0" * 64})
        return httpx.Response(200, content=b"bytes")

    for error in both(answer, lambda client: client.project("p").versions.download(1, target)):
        assert error.code == "export.damaged"
    assert list(tmp_path.iterdir()) == []


def test_every_call_is_written_once_and_has_words() -> None:
    rooms = (resources, evaluating, training, line)
    found_in = (kind for room in rooms for _, kind in inspect.getmembers(room, inspect.isclass))
    kinds = {kind for kind in found_in if issubclass(kind, resources.Resource)}
    calls = [
        (kind, name, found) for kind in kinds for name, found in vars(kind).items() if isinstance(found, operation)
    ]
    assert len(calls) > 60
    assert [name for _, name, found in calls if not found.__doc__] == []
    guide = (Path(__file__).resolve().parents[2] / "docs" / "guides" / "sdk.md").read_text(encoding="utf-8")
    assert [name for _, name, _ in calls if f"`{name}" not in guide and f" {name}" not in guide] == []


@pytest.mark.parametrize("shape", [[], "x", 5, {"code": 5}])
def test_answers_with_json_of_any_shape_do_not_break_errors(shape: Any) -> None:
    def answer(_: httpx.Request) -> httpx.Response:
        return httpx.Response(400, content=json.dumps(shape))

    for error in both(answer, lambda client: client.projects.list()):
        assert error.code == "http_400"


def test_a_training_is_waited_for_and_names_its_model() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        path, run = request.url.path, {"id": "r", "number": 1, "recipe": "detection", "job_id": "j"}
        if request.method == "POST":
            assert json.loads(request.content)["params"] == {"steps": 5}
            return httpx.Response(201, json={**run, "state": "queued"})
        if "/jobs/" in path:
            return httpx.Response(200, json={"id": "j", "kind": "train", "title": "t", "state": "done"})
        return httpx.Response(200, json={**run, "state": "done", "model": 3, "curve": [{"step": 5, "loss": 1.0}]})

    async def awaited() -> sdk.Run:
        async with AsyncClient("http://t", "x", transport=httpx.MockTransport(answer)) as made:
            runs = made.project("p").runs
            return await runs.wait(await runs.start(1, params={"steps": 5}))

    with Client("http://t", "x", transport=httpx.MockTransport(answer)) as made:
        runs = made.project("p").runs
        found = [runs.wait(runs.start(1, params={"steps": 5})), asyncio.run(awaited())]
    assert [(run.model, run.curve[0]["step"]) for run in found] == [(3, 5), (3, 5)]


def test_the_log_is_read_window_by_window() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        seen = int(request.url.params.get("before", "0"))
        rows = [{"id": str(at), "verdict": "ok"} for at in range(seen, min(seen + 200, 450))]
        assert request.url.params["marked"] == "wrong"
        return httpx.Response(200, json={"items": rows, "next": str(seen + 200) if seen < 400 else None})

    for rows in both(answer, lambda client: client.project("p").deployments.predictions("d", 999, marked="wrong")):
        assert [row.id for row in rows] == [str(at) for at in range(450)]
