"""Jobs of reports."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from tongguan.core.errors import TongguanError
from tongguan.core.jobs import JobCancelled, JobContext, job
from tongguan.reports.service import making


@job("job.report", name="reports.make")
def make(context: JobContext, payload: dict[str, Any]) -> None:
    """Makes a report."""
    job_id, report_id = UUID(payload["job_id"]), UUID(payload["report_id"])
    try:
        context.progress(job_id, 0, 3, "facts")
        context.finish(job_id, making.make(context, job_id, report_id))
    except TongguanError as error:
        making.end(context, report_id, error.body())
        raise
    except JobCancelled:
        making.end(context, report_id, None)
        raise
    except OSError as error:
        words = f"Writing stopped: {error.strerror or error}. Free space, then make the report again."
        problem = TongguanError("report.disk", words)
        making.end(context, report_id, problem.body())
        raise problem from error
