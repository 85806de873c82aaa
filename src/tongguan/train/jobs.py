"""Jobs of train."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from tongguan.core.errors import TongguanError
from tongguan.core.jobs import JobCancelled, JobContext, job
from tongguan.train.service import training


@job("job.train", name="train.run", queue="training")
def run(context: JobContext, payload: dict[str, Any]) -> None:
    """Trains a model; one at a time."""
    job_id, run_id = UUID(payload["job_id"]), UUID(payload["run_id"])
    try:
        context.progress(job_id, 0, 0, "read")
        context.finish(job_id, training.train(context, job_id, run_id))
    except JobCancelled:
        training.end(context, run_id, "cancelled")
        raise
    except TongguanError as error:
        training.end(context, run_id, "failed", error.body())
        raise
    except OSError as error:
        words = f"{error.filename or 'disk'}: {error.strerror or error}. Free space, then start the training again."
        problem = TongguanError("train.disk", words)
        training.end(context, run_id, "failed", problem.body())
        raise problem from error
