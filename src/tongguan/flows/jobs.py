"""Jobs of the stage flows."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from tongguan.core.jobs import JobContext, job
from tongguan.flows.service import imported
from tongguan.rules.events import IMPORT_LABELS


@job(f"job.{IMPORT_LABELS}", name="flows.import_labels")
def import_labels(context: JobContext, payload: dict[str, Any]) -> None:
    """Makes imported labels gold, pre-labels or accepted answers, or puts them aside."""
    context.finish(UUID(payload["job_id"]), imported.carry(context, payload))
