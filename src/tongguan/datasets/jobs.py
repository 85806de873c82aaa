"""Jobs of datasets."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from tongguan.core.errors import TongguanError
from tongguan.core.jobs import JobCancelled, JobContext, job
from tongguan.datasets import repository
from tongguan.datasets.service import exporting, freezing


@job("job.dataset.freeze", name="datasets.freeze")
def freeze(context: JobContext, payload: dict[str, Any]) -> None:
    """Builds a version."""
    job_id, version_id = UUID(payload["job_id"]), UUID(payload["version_id"])
    try:
        context.progress(job_id, 0)
        context.finish(job_id, freezing.freeze(context, job_id, version_id))
    except (TongguanError, JobCancelled):
        with context.transaction() as session:
            freezing.give_up(session, version_id)
        raise


@job("job.dataset.export", name="datasets.export")
def export(context: JobContext, payload: dict[str, Any]) -> None:
    """Writes a version in a format."""
    job_id, export_id = UUID(payload["job_id"]), UUID(payload["export_id"])
    try:
        context.progress(job_id, 0)
        context.finish(job_id, exporting.run(context, job_id, export_id))
    except (TongguanError, JobCancelled):
        with context.transaction() as session:
            exporting.give_up(session, export_id)
        raise
    except OSError as error:
        with context.transaction() as session:
            exporting.give_up(session, export_id)
        words = f"Writing stopped: {error.strerror or error}. Nothing half-written was kept; free space and try again."
        raise TongguanError("export.disk", words) from error


@job("item.erased", name="datasets.erase")
def erase(context: JobContext, payload: dict[str, Any]) -> None:
    """Leaves tombstones for an erased item."""
    with context.transaction() as session:
        repository.mark_erased(session, UUID(payload["item_id"]))
