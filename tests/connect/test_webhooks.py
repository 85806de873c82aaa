"""Hooks over the API: who may, what is shown, what is sent, how often."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from tests.conftest import Client, Grant, MakePerson, Org, assert_error
from tests.connect.conftest import Desk, Receiver
from tongguan.connect.events import OFFERED
from tongguan.connect.service import deliveries, sending
from tongguan.core import clock, failpoints, jobs
from tongguan.core.ids import new_id
from tongguan.core.jobs import JobContext
from tongguan.core.settings import Settings
from tongguan.core.storage import Storage
from tongguan.worker.stages import JOB_MODULES


def test_an_event_arrives_signed_and_once(desk: Desk, receiver: Receiver) -> None:
    hook = desk.connect(receiver.url("/in?key=k1"))
    assert hook["secret"].startswith("whsec_")
    desk.change_gate()
    [call] = receiver.calls
    stamp = call.headers["tongguan-timestamp"]
    mac = hmac.new(hook["secret"].encode(), stamp.encode() + b"." + call.body, hashlib.sha256).hexdigest()
    assert call.headers["tongguan-signature"] == f"v1={mac}"
    assert abs(int(stamp) - time.time()) < 60
    assert (call.path, call.headers["tongguan-event"]) == ("/in?key=k1", "gate.changed")
    body = call.json
    assert (body["event"], body["project"]["name"]) == ("gate.changed", "钢板缺陷")
    assert (body["data"]["gate"], body["data"]["state"], body["data"]["before"]) == (3, "open", "closed")
    assert body["link"] == f"https://tongguan.example/projects/{desk.project.id}"
    [row] = desk.deliveries(hook)
    assert (row["state"], row["attempts"], row["code"], row["event_id"]) == ("delivered", 1, 200, body["id"])
    assert call.headers["tongguan-delivery"] == row["id"]
    with desk.session() as session:  # the same event delivered twice by the worker
        session.execute(text("UPDATE event SET delivered_at = NULL WHERE id = :id"), {"id": body["id"]})
    desk.run_jobs()
    assert len(receiver.calls) == 1
    desk.change_gate("open")  # no change, no event
    assert len(receiver.calls) == 1


def test_the_secret_is_never_read_out(desk: Desk, receiver: Receiver, org: Org, client: Client) -> None:
    hook = desk.connect(receiver.url("/in?access_token=very-secret"))
    robot = desk.connect(receiver.url("/hook/0123456789abcdef"), kind="feishu", secret="robot-secret")
    assert robot["secret"] is None
    assert robot["signed"] is True
    everything = [desk.page.get(desk.url()).text, desk.page.patch(desk.url(f"/{hook['id']}"), json={}).text]
    everything.append(client.as_(org.owner).get("/api/v1/org/audit").text)
    for word in (hook["secret"], "robot-secret", "very-secret", "0123456789abcdef"):
        assert all(word not in shown for shown in everything)
    renewed = desk.page.post(desk.url(f"/{hook['id']}/secret")).json()
    assert renewed["secret"] != hook["secret"]
    assert_error(desk.page.post(desk.url(f"/{robot['id']}/secret")), 409, "webhook.robot_secret")
    desk.change_gate()
    generic = next(call for call in receiver.calls if call.path.startswith("/in"))
    signed = generic.headers["tongguan-timestamp"].encode() + b"." + generic.body
    mac = hmac.new(renewed["secret"].encode(), signed, hashlib.sha256).hexdigest()
    assert generic.headers["tongguan-signature"] == f"v1={mac}"


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"url": "http://127.0.0.1/x"}, 422, "fetch.inside"),
        ({"url": "http://[::ffff:10.0.0.1]/x"}, 422, "fetch.inside"),
        ({"url": "http://169.254.169.254/latest"}, 422, "fetch.inside"),
        ({"url": "ftp://example.com"}, 422, "fetch.url"),
        ({"url": "https://example.com:6379"}, 422, "fetch.port"),
        ({"events": ["no.such"]}, 422, "input.invalid"),
        ({"events": []}, 422, "input.invalid"),
        ({"name": ""}, 422, "input.invalid"),
        ({"kind": "irc"}, 422, "input.invalid"),
        ({"secret": "my own"}, 422, "webhook.own_secret"),
        ({"colour": "red"}, 422, "input.invalid"),
    ],
)
def test_bad_wishes_are_refused_with_a_reason(desk: Desk, change: dict[str, Any], status: int, code: str) -> None:
    wish = {"name": "MES", "url": "https://example.com/in", "events": ["gate.changed"], **change}
    assert_error(desk.page.post(desk.url(), json=wish), status, code)


def test_only_managers_and_owners_connect(
    desk: Desk, receiver: Receiver, org: Org, client: Client, make_person: MakePerson, grant: Grant
) -> None:
    trainer = make_person("训练师", level=5)
    grant(desk.project, trainer, "trainer")
    hook = desk.connect(receiver.url())
    assert_error(client.as_(trainer).get(desk.url()), 403, "auth.role")
    assert client.as_(org.owner).get(desk.url()).json()[0]["id"] == hook["id"]
    assert_error(desk.page.get("/api/v1/org/webhooks"), 403, "auth.role")
    assert_error(desk.page.patch(desk.url(f"/{new_id()}"), json={}), 404, "webhook.unknown")


def test_a_hook_of_the_organization_hears_all_projects(
    desk: Desk, receiver: Receiver, org: Org, client: Client
) -> None:
    page = client.as_(org.owner)
    wish = {"name": "全部", "url": receiver.url(), "events": ["gate.changed", "pay.closed"]}
    made = page.post("/api/v1/org/webhooks", json=wish).json()
    assert_error(page.patch(desk.url(f"/{made['id']}"), json={}), 404, "webhook.unknown")
    desk.change_gate()
    assert len(receiver.calls) == 1
    base = f"/api/v1/org/webhooks/{made['id']}"
    [row] = page.get(f"{base}/deliveries").json()["items"]
    assert page.post(f"{base}/deliveries/{row['id']}/again").json()["state"] == "queued"
    assert page.post(f"{base}/test").status_code == 201
    assert page.post(f"{base}/secret").json()["secret"] != made["secret"]
    assert page.patch(base, json={"active": False}).json()["active"] is False
    desk.run_jobs()
    # "again" meets a hook that is off by now; a test always goes
    assert [call.json["event"] for call in receiver.calls] == ["gate.changed", "test"]
    assert page.delete(base).status_code == 204
    assert page.get("/api/v1/org/webhooks").json() == []


def test_failures_are_retried_for_a_day_and_shown(desk: Desk, receiver: Receiver) -> None:
    hook = desk.connect(receiver.url())
    receiver.status, receiver.answer = 500, "坏了".encode()
    began = datetime.now(UTC)
    desk.change_gate()
    [row] = desk.deliveries(hook)
    assert (row["state"], row["code"], row["answer"], row["error"]["code"]) == (
        "waiting",
        500,
        "坏了",
        "webhook.status",
    )
    moment = began
    for _ in range(20):
        [row] = desk.deliveries(hook)
        if row["state"] != "waiting":
            break
        moment = datetime.fromisoformat(row["next_at"])
        with clock.frozen(moment - timedelta(seconds=1)), desk.session() as session:
            assert deliveries.wake(session) == 0
        with clock.frozen(moment):
            with desk.session() as session:
                assert deliveries.wake(session) == 1
            desk.run_jobs()
    assert (row["state"], row["attempts"]) == ("failed", len(sending.PAUSES) + 1)
    assert timedelta(hours=22) < moment - began <= timedelta(hours=24)
    assert desk.page.get(desk.url()).json()[0]["failed"] == 1
    receiver.status, receiver.answer = 204, b""
    again = desk.page.post(desk.url(f"/{hook['id']}/deliveries/{row['id']}/again"))
    assert again.json()["state"] == "queued"
    assert_error(desk.page.post(desk.url(f"/{hook['id']}/deliveries/{row['id']}/again")), 409, "delivery.queued")
    desk.run_jobs()
    [row] = desk.deliveries(hook)
    assert (row["state"], row["attempts"]) == ("delivered", len(sending.PAUSES) + 2)
    assert {call.headers["tongguan-delivery"] for call in receiver.calls} == {row["id"]}
    assert_error(desk.page.post(desk.url(f"/{hook['id']}/deliveries/{new_id()}/again")), 404, "delivery.unknown")


@pytest.mark.parametrize(
    ("status", "headers", "state"),
    [(410, {}, "failed"), (429, {"Retry-After": "900"}, "waiting"), (302, {"Location": "http://10.0.0.1/"}, "waiting")],
)
def test_answers_that_say_more(
    desk: Desk, receiver: Receiver, status: int, headers: dict[str, str], state: str
) -> None:
    hook = desk.connect(receiver.url())
    receiver.status, receiver.headers = status, headers
    desk.change_gate()
    [row] = desk.deliveries(hook)
    assert (row["state"], row["code"]) == (state, status)
    if status == 429:
        wait = datetime.fromisoformat(row["next_at"]) - datetime.fromisoformat(row["tried_at"])
        assert wait == timedelta(seconds=900)


def test_an_answer_that_leads_inside_ends_it(desk: Desk, receiver: Receiver) -> None:
    hook = desk.connect(receiver.url())
    receiver.status, receiver.headers = 307, {"Location": "http://127.0.0.1:1/secret"}
    desk.change_gate()
    [row] = desk.deliveries(hook)
    assert (row["state"], row["error"]["code"]) == ("failed", "fetch.port")


def test_switched_off_is_silent(desk: Desk, receiver: Receiver) -> None:
    hook = desk.connect(receiver.url())
    desk.page.patch(desk.url(f"/{hook['id']}"), json={"active": False, "events": ["import.done", "gate.changed"]})
    desk.change_gate()
    assert desk.deliveries(hook) == []
    tested = desk.page.post(desk.url(f"/{hook['id']}/test")).json()
    assert tested["state"] == "queued"
    desk.run_jobs()
    assert [row["state"] for row in desk.deliveries(hook)] == ["delivered"]
    assert receiver.calls[0].json["event"] == "test"


def test_every_offered_event_has_a_job_and_words(desk: Desk, receiver: Receiver) -> None:
    assert JOB_MODULES
    hook = desk.connect(receiver.url(), events=list(OFFERED))
    with desk.session() as session:
        for kind in OFFERED.values():
            assert [spec.name for spec in jobs.subscribers(kind) if spec.name.startswith("connect.")]
            told = {"project_id": str(desk.project.id), "number": 1, "batch_id": str(new_id()), "total_fen": 5}
            session.execute(
                text("INSERT INTO event (id, kind, payload) VALUES (:id, :kind, CAST(:told AS jsonb))"),
                {"id": new_id(), "kind": kind, "told": json.dumps(told)},
            )
    with desk.session() as session:
        rows = session.execute(text("SELECT id, kind FROM event WHERE delivered_at IS NULL ORDER BY id")).all()
        settings = load(desk)
        for row in rows:
            for name, kind in OFFERED.items():
                if kind == row.kind:
                    deliveries.fan_out(session, settings, name, row.id)
    found = {row["event"]: row["content"] for row in desk.deliveries(hook)}
    assert set(found) == set(OFFERED)
    assert found["pay.closed"]["data"]["total"] == "¥0.05"


def load(desk: Desk) -> Settings:
    settings: Settings = desk.client.app.state.settings  # type: ignore[attr-defined]
    return settings


def test_a_kill_between_call_and_note_calls_once(
    desk: Desk, receiver: Receiver, settings: Settings, storage: Storage
) -> None:
    hook = desk.connect(receiver.url())
    failpoints.arm("connect.sent=error")
    kept: dict[str, Any] = {}

    class Kept:
        """Steps whose results live on, as the worker's do."""

        def run(self, name: str, function: Any, *args: Any) -> Any:
            if name not in kept:
                kept[name] = function(*args)
            return kept[name]

    with pytest.raises(failpoints.FailpointError):
        desk.change_gate()
    failpoints.arm("")
    [row] = desk.deliveries(hook)
    assert (row["state"], row["attempts"], len(receiver.calls)) == ("queued", 0, 1)
    context = JobContext(desk.project.org_id, new_id(), desk.database, storage, settings, Kept())
    failpoints.arm("connect.sent=error")
    with pytest.raises(failpoints.FailpointError):
        sending.send(context, UUID(row["id"]), 1)
    failpoints.arm("")
    assert sending.send(context, UUID(row["id"]), 1) == "delivered"
    assert len(receiver.calls) == 2
    assert sending.send(context, UUID(row["id"]), 1) == "over"


def test_a_lost_attempt_is_taken_up_again_and_old_rows_go(desk: Desk, receiver: Receiver) -> None:
    hook = desk.connect(receiver.url())
    with desk.session() as session:
        desk.gate(session, "open")
        session.execute(text("UPDATE event SET delivered_at = now() WHERE kind = 'job.webhook'"))
    desk.run_jobs()
    with desk.session() as session:
        session.execute(text("UPDATE webhook_delivery SET state = 'queued', attempts = 0, queued_at = now()"))
        assert deliveries.wake(session) == 0
    with clock.frozen(datetime.now(UTC) + deliveries.LOST + timedelta(minutes=1)), desk.session() as session:
        assert deliveries.wake(session) == 1
    desk.run_jobs()
    assert desk.deliveries(hook)[0]["state"] == "delivered"
    with clock.frozen(datetime.now(UTC) + deliveries.KEPT + timedelta(days=1)), desk.session() as session:
        assert deliveries.forget(session) == 1
    assert desk.deliveries(hook) == []


def test_twenty_hooks_and_no_more(desk: Desk, receiver: Receiver) -> None:
    for _ in range(20):
        desk.connect(receiver.url())
    wish = {"name": "x", "url": receiver.url(), "events": ["gate.changed"]}
    assert_error(desk.page.post(desk.url(), json=wish), 409, "webhook.many")
    first = desk.page.get(desk.url()).json()[0]["id"]
    assert desk.page.delete(desk.url(f"/{first}")).status_code == 204
    assert len(desk.page.get(desk.url()).json()) == 19
