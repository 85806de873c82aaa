"""One attempt of a delivery: the call, what came of it, and when the next is due."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any
from uuid import UUID

from tongguan.connect import repository
from tongguan.connect.models import WebhookDelivery
from tongguan.connect.service import shapes, wording
from tongguan.core import failpoints
from tongguan.core.clock import now
from tongguan.core.errors import TongguanError
from tongguan.core.fetch import Answer, Fetcher, FetchFailed, FetchRefused, Limits, policy_of
from tongguan.core.jobs import JobContext

# Seconds between attempts: ten attempts in 23 hours and 40 minutes.
PAUSES = (30, 120, 480, 1800, 3600, 7200, 14_400, 28_800, 28_800)
LIMITS = Limits(connect_seconds=5, seconds=15, body_bytes=64 << 10)
MOST_WAIT = 3600
ANSWER_TEXT = 300


def send(context: JobContext, delivery_id: UUID, attempt: int) -> str:
    """Makes one attempt and notes it. Run again after a kill, a call that came back is not made twice."""
    outcome = context.step("call", _call, context, str(delivery_id), attempt)
    failpoints.hit("connect.sent")
    return _note(context, delivery_id, attempt, outcome)


def _call(context: JobContext, delivery_id: str, attempt: int) -> dict[str, Any]:
    """The call's outcome as JSON: state (delivered, again, failed, cancelled, over), code, answer, error, seconds."""
    with context.transaction() as session:
        row = session.get(WebhookDelivery, UUID(delivery_id))
        hook = repository.hook_with_secret(session, row.webhook_id) if row else None
        if row is None or hook is None or row.attempts >= attempt or row.state != "queued":
            return {"state": "over"}
        if not hook.active and row.event != "test":
            return {"state": "cancelled"}
        message = wording.message(row.content, hook.language)
        call = shapes.build(hook.kind, hook.url, hook.secret, row.content, message, now().timestamp(), delivery_id)
        kind = hook.kind
    began = time.monotonic()
    try:
        answer = Fetcher(policy_of(context.settings), LIMITS).request("POST", call.url, call.headers, call.body)
    except FetchRefused as error:
        return {"state": "failed", "error": _words(error), "seconds": time.monotonic() - began}
    except FetchFailed as error:
        return {"state": "again", "error": _words(error), "seconds": time.monotonic() - began}
    return {**_judge(kind, answer), "seconds": time.monotonic() - began}


def _words(error: TongguanError) -> dict[str, Any]:
    return {"code": error.code, "message": error.message, "params": error.params}


def _judge(kind: str, answer: Answer) -> dict[str, Any]:
    text = answer.body.decode("utf-8", errors="replace").replace("\x00", "")[:ANSWER_TEXT]
    told: dict[str, Any] = {"code": answer.status, "answer": text}
    if not 200 <= answer.status < 300:
        error = TongguanError("webhook.status", f"The receiver answered {answer.status}.", {"status": answer.status})
        wait = answer.headers.get("retry-after", "")
        pause = min(int(wait), MOST_WAIT) if wait.isdecimal() and len(wait) < 8 else 0
        state = "failed" if answer.status == 410 else "again"
        return {**told, "state": state, "error": _words(error), "pause": pause}
    problem = shapes.robot_problem(kind, answer.body)
    if problem is not None:
        error = TongguanError("webhook.robot", f"The robot refused: {problem['message']}", problem)
        return {**told, "state": "again", "error": _words(error)}
    return {**told, "state": "delivered"}


def _note(context: JobContext, delivery_id: UUID, attempt: int, outcome: dict[str, Any]) -> str:
    state = str(outcome["state"])
    with context.transaction() as session:
        row = repository.delivery(session, delivery_id)
        if row is None or state == "over" or row.attempts >= attempt:
            return "over"
        moment = now()
        if state != "cancelled":
            row.attempts, row.tries, row.tried_at = attempt, row.tries + 1, moment
            row.code, row.answer = outcome.get("code"), outcome.get("answer", "")
            row.error, row.seconds = outcome.get("error"), outcome.get("seconds")
        if state == "again" and row.tries <= len(PAUSES):
            pause = max(PAUSES[row.tries - 1], int(outcome.get("pause") or 0))
            row.state, row.next_at = "waiting", moment + timedelta(seconds=pause)
        else:
            row.state, row.next_at = ("failed" if state == "again" else state), None
        if row.state == "delivered":
            row.delivered_at = moment
        return row.state
