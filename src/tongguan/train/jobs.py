"""Jobs of train."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from tongguan.core.errors import TongguanError
from tongguan.core.jobs import JobCancelled, JobContext, job
from tongguan.train.service import studying, training

Work = Callable[[JobContext, UUID, UUID], dict[str, Any]]
End = Callable[[JobContext, UUID, str, dict[str, Any] | None], None]


@job("job.train", name="train.run", queue="training")
def run(context: JobContext, payload: dict[str, Any]) -> None:
    """Trains a model; one at a time."""
    _carry(context, UUID(payload["job_id"]), UUID(payload["run_id"]), training.train, training.end)


@job("job.study", name="train.study", queue="training")
def study(context: JobContext, payload: dict[str, Any]) -> None:
    """Searches for parameters; one training at a time, so others wait for it."""
    _carry(context, UUID(payload["job_id"]), UUID(payload["study_id"]), studying.study, studying.end)


def _carry(context: JobContext, job_id: UUID, row_id: UUID, work: Work, end: End) -> None:
    """Works to the end; an end before that is written down where people look."""
    try:
        context.progress(job_id, 0, 0, "read")
        context.finish(job_id, work(context, job_id, row_id))
    except JobCancelled:
        end(context, row_id, "cancelled", None)
        raise
    except TongguanError as error:
        end(context, row_id, "failed", error.body())
        raise
    except OSError as error:
        words = f"{error.filename or 'disk'}: {error.strerror or error}. Free space, then start it again."
        problem = TongguanError("train.disk", words)
        end(context, row_id, "failed", problem.body())
        raise problem from error
