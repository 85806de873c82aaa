"""Jobs of the stage flows."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from tongguan.core.jobs import JobContext, job
from tongguan.flows.service import imported, prelabelling
from tongguan.rules.events import IMPORT_LABELS


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
