"""Jobs of evaluate."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from tongguan.core.errors import TongguanError
from tongguan.core.jobs import JobCancelled, JobContext, job
from tongguan.evaluate import repository
from tongguan.evaluate.service import gate, running
from tongguan.train.events import MODEL_TRAINED


@job("job.evaluate", name="evaluate.run", queue="evaluation")
def run(context: JobContext, payload: dict[str, Any]) -> None:
    """Measures a model on a benchmark; one at a time."""
    job_id, evaluation_id = UUID(payload["job_id"]), UUID(payload["evaluation_id"])
    try:
        context.progress(job_id, 0, 0, "read")
        context.finish(job_id, running.run(context, job_id, evaluation_id))
    except JobCancelled:
        running.end(context, evaluation_id, "cancelled")
        raise
    except TongguanError as error:
        running.end(context, evaluation_id, "failed", error.body())
        raise
    except OSError as error:
        words = f"{error.filename or 'disk'}: {error.strerror or error}. Free space, then start the evaluation again."
        problem = TongguanError("evaluation.disk", words)
        running.end(context, evaluation_id, "failed", problem.body())
        raise problem from error


@job("item.erased", name="evaluate.erase")
def erase(context: JobContext, payload: dict[str, Any]) -> None:
    """Leaves tombstones for an erased item."""
    with context.transaction() as session:
        repository.mark_erased(session, UUID(payload["item_id"]))


@job(MODEL_TRAINED, name="evaluate.note_model")
def note_model(context: JobContext, payload: dict[str, Any]) -> None:
    """Gate 4 works from the first model on."""
    with context.transaction() as session:
        gate.refresh(session, UUID(payload["project_id"]))
