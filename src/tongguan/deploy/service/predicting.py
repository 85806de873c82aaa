"""Answering for one picture: ask the runner, give a verdict, write the log. What is answered is stored."""

from __future__ import annotations

import hashlib
import time
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from tongguan.core import telemetry
from tongguan.core.clock import now
from tongguan.core.database import Database
from tongguan.core.errors import Conflict, Gone
from tongguan.core.ids import new_id
from tongguan.core.storage import Storage
from tongguan.deploy.models import Prediction
from tongguan.deploy.repository import log
from tongguan.deploy.schemas import PredictOut
from tongguan.deploy.service.asking import Line
from tongguan.deploy.service.verdict import top_score, verdict_of
from tongguan.deploy.wire import Answer, RunnerClient, RunnerProblem, Unreadable

FORMATS = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"BM", "image/bmp"),
    (b"GIF8", "image/gif"),
)
logger = telemetry.logger("deploy")
# Pictures are written while the model works; the answer waits for both.
_WRITERS = ThreadPoolExecutor(4, thread_name_prefix="picture")


class Outdated(Exception):
    """The remembered facts of the line changed meanwhile: nothing was answered or written, look and ask again."""


@dataclass(frozen=True, slots=True)
class Picture:
    """What is asked about."""

    content: bytes
    name: str = ""
    client_key: str | None = None
    item_id: UUID | None = None
    received_ms: float = 0.0


@dataclass(frozen=True, slots=True)
class Means:
    """What answering needs of the process."""

    database: Database
    storage: Storage
    runner: RunnerClient


def predict(means: Means, line: Line, picture: Picture) -> PredictOut:
    """The answer, written before it is given. A runner that is away, a model that is refused or too old: `check`.

    The same idempotency key gives the same answer; with another picture it is a conflict. Outdated: see there.
    """
    if line.state == "retired":
        raise Gone("deployment.retired", "This deployment is out of use.")
    began = time.perf_counter()
    digest = hashlib.sha256(picture.content).hexdigest()
    if picture.client_key is not None and (known := _known(means, line, picture.client_key, digest)):
        return known
    prediction_id = new_id()
    key = f"{line.org_id}/predictions/{line.deployment_id}/{now():%Y%m%d}/{prediction_id}"
    writing = _WRITERS.submit(means.storage.put, key, picture.content) if line.keeps_pictures else None
    answer = _ask(means.runner, line, picture)
    asked = time.perf_counter()
    verdict, reason = _verdict(line, answer)
    kept = _kept(means.storage, writing, key, answer)
    stored = time.perf_counter()
    parts = {
        **{name: value for name, value in answer.parts.items() if value},
        "receive": round(picture.received_ms, 3),
        "runner": round((asked - began) * 1000, 3),
        "picture": round((stored - asked) * 1000, 3),
    }
    values = {
        "id": prediction_id,
        "project_id": line.project_id,
        "deployment_id": line.deployment_id,
        "model_version_id": line.model_id,
        "device_id": line.device_id,
        "person_id": line.person_id,
        "item_id": picture.item_id,
        "name": picture.name,
        "client_key": picture.client_key,
        "input_sha256": digest,
        "picture_key": key if kept else None,
        "picture_type": _media_type(picture.content),
        "picture_bytes": len(picture.content) if kept else 0,
        "width": answer.width or None,
        "height": answer.height or None,
        "brightness": answer.brightness if answer.problem is None else None,
        "labels": answer.labels,
        "top_score": top_score(answer.labels, line.good_labels) if answer.problem is None else None,
        "threshold": line.threshold,
        "verdict": verdict,
        "reason": reason,
        "draw": drawn(prediction_id),
        "shadow_wanted": line.shadow and kept and not isinstance(answer.problem, Unreadable),
        "latency_ms": round((stored - began) * 1000 + picture.received_ms, 3),
        "latency": parts,
    }
    known = _written(means, line, values, digest)
    if known is not None:
        return known
    message = answer.problem.message if answer.problem else ""
    telemetry.PREDICTIONS.labels(verdict).inc()
    return shown_values(values, line.model_number, message)


def _written(means: Means, line: Line, values: dict[str, Any], digest: str) -> PredictOut | None:
    """Writes the log. The answer to give instead, where a question with the same key was answered meanwhile.

    Whenever nothing is written, the picture is not kept either. Raises Outdated and Conflict.
    """
    written = False
    try:
        written = log.add(means.database, line.org_id, values, line.stamp)
        if not written:
            raise Outdated
    except IntegrityError:
        known = _known(means, line, values["client_key"], digest) if values["client_key"] is not None else None
        if known is None:
            raise
        return known
    finally:
        if not written and values["picture_key"]:
            means.storage.delete(values["picture_key"])
    return None


def drawn(prediction_id: UUID) -> float:
    """A number in [0, 1) that belongs to the prediction: a second look at what becomes a task finds the same."""
    return int.from_bytes(hashlib.sha256(prediction_id.bytes).digest()[:8], "big") / 2**64


def shown_values(values: dict[str, Any], model: int | None, message: str = "", repeated: bool = False) -> PredictOut:
    """The answer as it goes over the wire."""
    return PredictOut.model_construct(
        prediction_id=values["id"],
        verdict=values["verdict"],
        reason=values["reason"],
        message=message,
        labels=values["labels"],
        threshold=values["threshold"],
        model_version_id=values["model_version_id"],
        model=model,
        width=values["width"],
        height=values["height"],
        latency_ms=values["latency_ms"],
        latency=values["latency"],
        repeated=repeated,
    )


def _known(means: Means, line: Line, key: str, digest: str) -> PredictOut | None:
    with means.database.transaction(line.org_id) as session:
        row = log.by_client_key(session, line.deployment_id, key)
        if row is None:
            return None
        if row.input_sha256 != digest:
            raise Conflict("predict.key_used", "This idempotency key belongs to another picture.", {"key": key})
        values = {column.key: getattr(row, column.key) for column in Prediction.__table__.columns}
    return shown_values(values, line.model_number if row.model_version_id == line.model_id else None, repeated=True)


def _ask(runner: RunnerClient, line: Line, picture: Picture) -> Answer:
    if line.state == "paused":
        return _none(RunnerProblem("deployment.paused", "This deployment is paused: check by hand."))
    if line.model is None:
        return _none(RunnerProblem("deployment.no_model", "No model decides here yet: check by hand."))
    try:
        return runner.predict(line.model, [picture.content])[0]
    except RunnerProblem as problem:
        logger.warning("no prediction", deployment=str(line.deployment_id), code=problem.code, reason=problem.message)
        return _none(problem)


def _none(problem: RunnerProblem) -> Answer:
    return Answer([], 0, 0, 0.0, {}, problem)


def _verdict(line: Line, answer: Answer) -> tuple[str, str]:
    if answer.problem is not None:
        return "check", answer.problem.code
    if line.stale:
        return "check", "model.stale"
    return verdict_of(answer.labels, line.threshold, line.doubt, line.good_labels)


def _kept(storage: Storage, writing: Future[None] | None, key: str, answer: Answer) -> bool:
    """Whether the picture lies in the store. A full disk costs the picture, never the answer."""
    if writing is None:
        return False
    try:
        writing.result()
    except OSError as error:
        logger.error("picture not kept", key=key, error=str(error)[:200])
        return False
    if isinstance(answer.problem, Unreadable):
        storage.delete(key)
        return False
    return True


def _media_type(content: bytes) -> str:
    for head, media_type in FORMATS:
        if content.startswith(head):
            return media_type
    return "image/webp" if content[8:12] == b"WEBP" else "application/octet-stream"
