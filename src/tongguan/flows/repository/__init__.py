"""All queries of the stage flows."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from tongguan.core.models import Job


def lock_batch(session: Session, batch_id: UUID) -> None:
    """Lets one job at a time carry labels of a batch on."""
    session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 130))"), {"key": str(batch_id)})


def stored_result(session: Session, job_id: UUID) -> dict[str, Any] | None:
    """What a job has written into its row so far; the row stays locked."""
    stored = session.scalar(select(Job.result).where(Job.id == job_id).with_for_update())
    return dict(stored) if stored else None


def store_result(session: Session, job_id: UUID, result: dict[str, Any]) -> None:
    """Writes into a job's row, in the transaction of the work that it counts."""
    session.execute(update(Job).where(Job.id == job_id).values(result=result))
