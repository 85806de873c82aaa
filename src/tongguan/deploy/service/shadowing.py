"""Shadow answers: after the live one, from the picture that was kept, slowly enough to be in nobody's way."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from tongguan.core import events, failpoints, telemetry
from tongguan.core.database import Session
from tongguan.core.ids import new_id
from tongguan.core.jobs import JobContext
from tongguan.deploy.models import Prediction
from tongguan.deploy.repository import log, places, queues
from tongguan.deploy.service.predicting import drawn
from tongguan.deploy.service.verdict import top_score, verdict_of
from tongguan.deploy.wire import Answer, ModelRef, Refused, RunnerAway, RunnerClient

SHADOW_DUE = "deploy.shadow_due"
CHUNK = 8
logger = telemetry.logger("deploy")


@dataclass(frozen=True, slots=True)
class Shadow:
    """The shadow model of a deployment and how its scores become a verdict."""

    model_id: UUID
    model: ModelRef
    threshold: float
    doubt: float | None
    good_labels: frozenset[str]


def wake(session: Session) -> None:
    """Tells the worker that pictures wait for a shadow, once: by the clock."""
    if queues.shadow_waits(session) and not queues.event_waits(session, SHADOW_DUE):
        events.emit(session, SHADOW_DUE, {})


def run(context: JobContext) -> int:
    """Answers for all waiting pictures; stops where the runner is away. Run twice, it adds nothing twice."""
    runner, done = RunnerClient(context.settings.data_dir, context.settings.runner_wait_seconds), 0
    try:
        while True:
            with context.transaction() as session:
                rows = queues.take_shadow(session, CHUNK)
                if not rows:
                    return done
                for row in rows:
                    _one(context, session, runner, row)
                failpoints.hit("deploy.shadow_answered")
            failpoints.hit("deploy.shadow_written")
            done += len(rows)
    except RunnerAway as problem:
        logger.warning("shadows wait", reason=problem.message)
        return done
    finally:
        runner.close()


def _one(context: JobContext, session: Session, runner: RunnerClient, row: Prediction) -> None:
    row.shadow_wanted = False
    shadow = _shadow_of(session, row)
    if shadow is None or row.picture_key is None:
        return
    try:
        answer = runner.predict(shadow.model, [context.storage.read(row.picture_key)], urgent=False)[0]
    except FileNotFoundError:
        return
    except Refused as problem:
        logger.warning("no shadow", model=str(shadow.model_id), code=problem.code, reason=problem.message)
        return
    if answer.problem is None:
        log.add_shadow(session, _values(row, shadow, answer))


def _shadow_of(session: Session, row: Prediction) -> Shadow | None:
    """The shadow model as it is now. A shadow judges by its own threshold where it is the only one that looks."""
    found = places.shadow(session, row.deployment_id)
    if found is None or found.model_id is None:
        return None
    threshold = found.threshold if found.alone else found.own_threshold
    return Shadow(
        found.model_id, ModelRef(found.key, found.sha256), threshold, found.doubt, frozenset(found.good_labels)
    )


def _values(row: Prediction, shadow: Shadow, answer: Answer) -> dict[str, object]:
    doubt = shadow.doubt if shadow.doubt is not None and shadow.doubt < shadow.threshold else None
    verdict, reason = verdict_of(answer.labels, shadow.threshold, doubt, shadow.good_labels)
    fresh = new_id()
    return {
        "id": fresh,
        "project_id": row.project_id,
        "deployment_id": row.deployment_id,
        "model_version_id": shadow.model_id,
        "shadow_of": row.id,
        "device_id": row.device_id,
        "name": row.name,
        "input_sha256": row.input_sha256,
        "width": answer.width,
        "height": answer.height,
        "brightness": answer.brightness,
        "labels": answer.labels,
        "top_score": top_score(answer.labels, shadow.good_labels),
        "threshold": shadow.threshold,
        "verdict": verdict,
        "reason": reason,
        "draw": drawn(fresh),
        "latency_ms": sum(answer.parts.values()),
        "latency": answer.parts,
    }
