"""Handing out work, and going on with it."""

from __future__ import annotations

from uuid import UUID

from tongguan.annotate.repository import leases
from tongguan.annotate.schemas import NoWork, Work
from tongguan.annotate.service.refusing import Refused, lost, unknown_lease
from tongguan.annotate.service.showing import show_work
from tongguan.core import failpoints
from tongguan.core.auth import Caller
from tongguan.core.clock import now
from tongguan.core.database import Session
from tongguan.core.errors import Conflict, Forbidden, NotFound, TongguanError
from tongguan.projects.interface import ProjectSettings

WORKING_ROLES = ("annotator", "inspector", "trainer", "manager")


def claim_work(
    session: Session, caller: Caller, project_id: UUID, settings: ProjectSettings, slot: str, wanted: UUID | None = None
) -> Work | NoWork:
    """The work for a slot: the one held already, else the next task. `wanted` asks for one task.

    Conflict project.paused, rules.none, lease.elsewhere, lease.limit; Forbidden qualification.missing, auth.role,
    person.inactive.
    """
    share = settings.quality.gold_share.get(str(caller.level), 0.0)  # type: ignore[call-overload]
    row = leases.claim(session, project_id, caller.person_id, slot, share, now(), wanted)
    if row.status == "queue.empty":
        return NoWork(reason=row.status)
    if row.status not in {"claimed", "held"}:
        raise _refusal(row.status, row.lease_id, row.elsewhere)
    failpoints.hit("annotate.claimed")
    return show_work(session, caller, [row.lease_id])[0]


def _refusal(status: str, lease_id: UUID | None, elsewhere: UUID | None) -> TongguanError:
    params = {"lease_id": str(lease_id) if lease_id else None, "project_id": str(elsewhere) if elsewhere else None}
    errors: dict[str, TongguanError] = {
        "project.missing": NotFound("project.unknown", "There is no such project."),
        "project.paused": Conflict("project.paused", "The project is paused.", {"state": "paused"}),
        "project.archived": Conflict("project.paused", "The project is archived.", {"state": "archived"}),
        "person.inactive": Forbidden("person.inactive", "You are no longer active in this organization."),
        "role.missing": Forbidden("auth.role", "Your role does not allow this.", {"roles": list(WORKING_ROLES)}),
        "rules.none": Conflict("rules.none", "The project has no published rules yet."),
        "qualification.missing": Forbidden(
            "qualification.missing", "Pass the exam on the current rules first: lesson, practice, exam."
        ),
        "lease.elsewhere": Conflict(
            "lease.elsewhere", "You hold a task of another project: hand it back first.", params
        ),
        "lease.limit": Conflict("lease.limit", "You hold another task: submit it or hand it back first.", params),
    }
    return errors[status]


def my_work(session: Session, caller: Caller, project_id: UUID) -> list[Work]:
    """The work a person holds in a project, with its drafts: after a crash of the browser one goes on from here."""
    return show_work(session, caller, leases.held(session, project_id, caller.person_id, now()))


def open_work(session: Session, caller: Caller, project_id: UUID, lease_id: UUID) -> Work | Refused:
    """Opens preloaded work: its clock starts. Opening twice is once. Refused lease.lost, Conflict lease.limit."""
    moment = now()
    row = leases.lock(session, project_id, lease_id, caller.person_id, moment)
    if row is None:
        raise unknown_lease()
    if row.stale is not None:
        leases.end(session, lease_id, "expired", row.stale, moment)
        return Refused(lost(lease_id, row.stale))
    if row.state == "next":
        if row.rule_version_id != row.current_id:
            leases.end(session, lease_id, "returned", "rule_changed", moment)
            return Refused(lost(lease_id, "rule_changed"))
        if leases.has_open(session, caller.person_id):
            raise Conflict("lease.limit", "You hold another open task: submit it or hand it back first.")
        leases.open_next(session, lease_id, moment)
    elif row.state != "open":
        raise lost(lease_id, row.end_reason or row.state)
    leases.heard(session, caller.person_id, moment)
    return show_work(session, caller, [lease_id])[0]
