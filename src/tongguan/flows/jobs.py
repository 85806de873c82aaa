"""Jobs of the stage flows."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from tongguan.core.database import Session
from tongguan.core.jobs import JobContext, job, periodic
from tongguan.datasets.events import VERSION_FROZEN
from tongguan.deploy.events import DEPLOYMENT_CHANGED, PREDICTION_SAMPLED, PREDICTION_WRONG
from tongguan.evaluate.events import EVALUATION_DONE
from tongguan.flows.events import CASE_WAITS
from tongguan.flows.service import imported, loop, prelabelling
from tongguan.flows.service.loop import Called
from tongguan.rules.events import IMPORT_LABELS
from tongguan.train.events import MODEL_TRAINED


@job(f"job.{IMPORT_LABELS}", name="flows.import_labels")
def import_labels(context: JobContext, payload: dict[str, Any]) -> None:
    """Makes imported labels gold, pre-labels or accepted answers, or puts them aside."""
    context.finish(UUID(payload["job_id"]), imported.carry(context, payload))


@job("job.prelabel", name="flows.prelabel", queue="training")
def prelabel(context: JobContext, payload: dict[str, Any]) -> None:
    """Puts a model's labels before people as proposals."""
    job_id, project_id, model_id = (UUID(payload[key]) for key in ("job_id", "project_id", "model_id"))
    context.progress(job_id, 0)
    context.finish(job_id, prelabelling.run(context, job_id, project_id, model_id))


def _called(payload: dict[str, Any], kind: str) -> Called:
    person = payload.get("person_id")
    return Called(
        project_id=UUID(payload["project_id"]),
        deployment_id=UUID(payload["deployment_id"]),
        prediction_id=UUID(payload["prediction_id"]),
        kind=kind,
        reason=str(payload.get("reason") or ""),
        person_id=UUID(person) if person else None,
    )


@job(PREDICTION_WRONG, name="flows.take_wrong")
def take_wrong(context: JobContext, payload: dict[str, Any]) -> None:
    """What somebody on the line called wrong becomes a task with priority."""
    loop.take_in(context, _called(payload, "wrong"))


@job(PREDICTION_SAMPLED, name="flows.take_sampled")
def take_sampled(context: JobContext, payload: dict[str, Any]) -> None:
    """What was drawn among the unmarked answers becomes a task: silence is not "right"."""
    loop.take_in(context, _called(payload, "sampled"))


@job(CASE_WAITS, name="flows.bring_case")
def bring_case(context: JobContext, payload: dict[str, Any]) -> None:
    """A case that had to wait for rules or the data gate goes on."""
    loop.bring(context, UUID(payload["case_id"]))


def _follow(context: JobContext, payload: dict[str, Any]) -> None:
    with context.transaction() as session:
        loop.follow(session, UUID(payload["project_id"]))


@job(VERSION_FROZEN, name="flows.follow_version")
def follow_version(context: JobContext, payload: dict[str, Any]) -> None:
    """New labels are in a version."""
    _follow(context, payload)


@job(MODEL_TRAINED, name="flows.follow_model")
def follow_model(context: JobContext, payload: dict[str, Any]) -> None:
    """A model has learnt from them."""
    _follow(context, payload)


@job(EVALUATION_DONE, name="flows.follow_evaluation")
def follow_evaluation(context: JobContext, payload: dict[str, Any]) -> None:
    """It has been measured."""
    _follow(context, payload)


@job(DEPLOYMENT_CHANGED, name="flows.follow_deployment")
def follow_deployment(context: JobContext, payload: dict[str, Any]) -> None:
    """It answers on the line."""
    _follow(context, payload)


@periodic(15, name="flows.follow")
def follow(session: Session) -> None:
    """Answers given and accepted are looked for by the clock: their events come with every submit of everybody."""
    loop.follow(session)
    loop.wake_waiting(session)
