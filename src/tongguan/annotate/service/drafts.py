"""Kept drafts: listed, adopted, thrown away."""

from __future__ import annotations

from uuid import UUID

from tongguan.annotate.models import Draft
from tongguan.annotate.repository import answers, leases
from tongguan.annotate.schemas import DraftOut, NoWork, Work
from tongguan.annotate.service.claim import claim_work
from tongguan.annotate.service.showing import show_work
from tongguan.core.auth import Caller
from tongguan.core.clock import now
from tongguan.core.database import Session
from tongguan.core.errors import Conflict, NotFound
from tongguan.projects.interface import ProjectSettings


def list_kept(session: Session, project_id: UUID, person_id: UUID) -> list[DraftOut]:
    """Drafts of a person that could not be submitted, newest first."""
    return [DraftOut.model_validate(row) for row in answers.kept_drafts(session, project_id, person_id)]


def adopt(session: Session, caller: Caller, project_id: UUID, settings: ProjectSettings, draft_id: UUID) -> Work:
    """Goes on with a kept draft: takes its task (or the lease held on it) and puts the draft into it.

    Conflict draft.task_taken when the task is not free any more, lease.limit when another task is open.
    """
    kept = _kept(session, project_id, caller.person_id, draft_id)
    lease_id = answers.live_lease_on(session, kept.task_id, caller.person_id)
    if lease_id is None:
        taken = claim_work(session, caller, project_id, settings, "open", kept.task_id)
        if isinstance(taken, NoWork):
            raise Conflict(
                "draft.task_taken",
                "The task of this draft is in other hands or finished; the draft stays in your list.",
                {"draft_id": str(draft_id)},
            )
        lease_id = taken.lease_id
    leases.keep(session, lease_id, now(), kept.labels or [], kept.nothing, None)
    kept.state, kept.updated_at = "used", now()
    session.flush()
    return show_work(session, caller, [lease_id])[0]


def discard(session: Session, project_id: UUID, person_id: UUID, draft_id: UUID) -> None:
    """Takes a kept draft off the list; its content stays in the database."""
    kept = _kept(session, project_id, person_id, draft_id)
    kept.state, kept.reason, kept.updated_at = "used", "discarded", now()


def _kept(session: Session, project_id: UUID, person_id: UUID, draft_id: UUID) -> Draft:
    found = answers.kept_draft(session, project_id, person_id, draft_id)
    if found is None:
        raise NotFound("draft.unknown", "There is no such draft.")
    return found
