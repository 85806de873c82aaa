"""Practice and exam: reserved tasks, started and answered one by one; the claim never draws them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from tongguan.annotate.repository import leases
from tongguan.annotate.schemas import SubmitIn, SubmitOut, Work
from tongguan.annotate.service.refusing import Refused
from tongguan.annotate.service.showing import show_work
from tongguan.annotate.service.submit import submit_work
from tongguan.core.auth import Caller
from tongguan.core.clock import now
from tongguan.core.database import Session
from tongguan.core.errors import Conflict


def start_reserved(session: Session, caller: Caller, task_id: UUID) -> Work:
    """The work of a practice or exam task of the caller: a fresh lease, or the running one. Conflict task.not_open."""
    lease_id = leases.start_reserved(session, task_id, caller.person_id, now())
    if lease_id is None:
        raise Conflict("task.not_open", "This task is not yours, or answered already.", {"task_id": str(task_id)})
    return show_work(session, caller, [lease_id])[0]


def submit_reserved(
    session: Session,
    caller: Caller,
    task_id: UUID,
    labels: list[dict[str, Any]],
    nothing: bool,
    submit_key: str | None = None,
) -> SubmitOut:
    """Answers a practice or exam task, started or not; the same task again gives the same answer.

    Raises what `submit_work` refuses: labels.invalid, …
    """
    key = submit_key or f"study:{task_id}"
    stored = leases.submitted(session, caller.person_id, key)
    if stored is not None and stored.task_id == task_id:
        return SubmitOut(
            annotation_id=stored.annotation_id, revision=stored.number, revision_id=stored.revision_id, next=None
        )
    work = start_reserved(session, caller, task_id)
    wish = SubmitIn(submit_key=key, labels=labels, nothing=nothing)
    done = submit_work(session, work.project_id, caller.person_id, work.lease_id, wish)
    if isinstance(done, Refused):
        raise done.error
    return done
