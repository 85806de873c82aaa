"""Use cases of projects."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from tongguan.core import audit, events, jobs
from tongguan.core.auth import Caller
from tongguan.core.clock import now
from tongguan.core.database import Session
from tongguan.core.errors import Conflict, Forbidden, Invalid, NotFound
from tongguan.core.models import Job
from tongguan.people.interface import people_by_id
from tongguan.projects import repository
from tongguan.projects.events import GATE_CHANGED, MEMBERS_CHANGED, SETTINGS_CHANGED, STATE_CHANGED
from tongguan.projects.models import GateRecord, Project, ProjectGate, ProjectVisit, SavedView
from tongguan.projects.schemas import (
    GateOut,
    MapChange,
    MapOut,
    MemberIn,
    MemberOut,
    MissingFact,
    ProjectIn,
    ProjectOut,
    ProjectPatch,
    ProjectSettings,
    ViewIn,
    ViewOut,
)

GATES = (1, 2, 3, 4, 5)
VISIT = timedelta(minutes=30)


def create(session: Session, caller: Caller, wish: ProjectIn) -> Project:
    """Makes a project with all gates closed; its maker manages it."""
    settings = (wish.settings or ProjectSettings()).model_dump(mode="json")
    project = Project(
        name=wish.name,
        description=wish.description,
        media=wish.media,
        settings=settings,
        created_by=caller.person_id,
    )
    session.add(project)
    session.flush()
    repository.set_roles(session, project.id, caller.person_id, ["manager", "trainer"])
    for number in GATES:
        session.add(ProjectGate(project_id=project.id, gate=number, state="closed", figure={}, missing=[]))
    audit.record(session, caller.person_id, "created", "project", project.id, {"name": wish.name}, project.id)
    session.flush()
    return project


def project_of(session: Session, project_id: UUID) -> Project:
    """A project. NotFound when it is not of this organization."""
    found = repository.project(session, project_id)
    if found is None:
        raise NotFound("project.unknown", "There is no such project.")
    return found


def settings_from(project: Project) -> ProjectSettings:
    """The typed settings of a project row; `split_fixed` beside them is the datasets stage's mark."""
    return ProjectSettings.model_validate(
        {key: value for key, value in project.settings.items() if key != "split_fixed"}
    )


def shown(project: Project, roles: Iterable[str]) -> ProjectOut:
    """A project as the routes give it."""
    return ProjectOut(
        id=project.id,
        name=project.name,
        description=project.description,
        media=project.media,
        state=project.state,
        settings=settings_from(project),
        roles=sorted(roles),
        created_at=project.created_at,
    )


def change(session: Session, caller: Caller, project: Project, wish: ProjectPatch) -> Project:
    """Changes name and description."""
    for field, value in wish.model_dump(exclude_none=True).items():
        setattr(project, field, value)
    audit.record(
        session, caller.person_id, "changed", "project", project.id, wish.model_dump(exclude_none=True), project.id
    )
    return project


def change_settings(session: Session, caller: Caller, project: Project, wish: ProjectSettings) -> Project:
    """Replaces the settings. The split cannot change once a version is frozen (datasets fixes it)."""
    before = settings_from(project)
    if project.settings.get("split_fixed") and wish.split != before.split:
        raise Conflict("project.split_fixed", "The split is fixed since the first frozen version.")
    fixed = {"split_fixed": True} if project.settings.get("split_fixed") else {}
    project.settings = {**wish.model_dump(mode="json"), **fixed}
    events.emit(session, SETTINGS_CHANGED, {"project_id": str(project.id)}, wake=True)
    detail = {"before": before.model_dump(mode="json"), "after": wish.model_dump(mode="json")}
    audit.record(session, caller.person_id, "changed", "settings", project.id, detail, project.id)
    return project


def fix_split(session: Session, project_id: UUID) -> None:
    """Fixes the split for ever (called with the first frozen version)."""
    project = project_of(session, project_id)
    project.settings = {**project.settings, "split_fixed": True}
    session.flush()


def set_state(session: Session, caller: Caller, project: Project, state: str) -> Project:
    """Pauses, resumes or archives a project."""
    if project.state != state:
        detail = {"before": project.state, "after": state}
        project.state = state
        events.emit(session, STATE_CHANGED, {"project_id": str(project.id), "state": state}, wake=True)
        audit.record(session, caller.person_id, "changed", "project_state", project.id, detail, project.id)
    return project


def list_members(session: Session, project_id: UUID) -> list[MemberOut]:
    """People of a project with their roles."""
    by_person = repository.members(session, project_id)
    people = people_by_id(session, by_person)
    return [
        MemberOut(
            person_id=person_id,
            name=people[person_id].name,
            email=people[person_id].email,
            level=people[person_id].level,
            active=people[person_id].active,
            roles=sorted(roles),
        )
        for person_id, roles in by_person.items()
        if person_id in people
    ]


def set_member(session: Session, by: UUID | None, project: Project, wish: MemberIn) -> None:
    """Sets a person's roles in a project. Invalid for a person of another organization."""
    if wish.person_id not in people_by_id(session, [wish.person_id]):
        raise Invalid("person.unknown", "There is no such person.", {"person_id": str(wish.person_id)})
    before = sorted(repository.roles(session, project.id, wish.person_id))
    repository.set_roles(session, project.id, wish.person_id, wish.roles)
    detail = {"person_id": str(wish.person_id), "before": before, "after": sorted(wish.roles)}
    audit.record(session, by, "changed", "roles", wish.person_id, detail, project.id)
    payload = {"project_id": str(project.id), "person_id": str(wish.person_id)}
    events.emit(session, MEMBERS_CHANGED, payload)


def grant_invited(session: Session, person_id: UUID, grants: list[dict[str, Any]]) -> None:
    """Gives an invited person the roles of the invitation; projects that are gone are left out."""
    for grant in grants:
        project = repository.project(session, UUID(grant["project_id"]))
        if project is not None:
            set_member(session, person_id, project, MemberIn(person_id=person_id, roles=grant["roles"]))


def record_gate(
    session: Session,
    project_id: UUID,
    number: int,
    state: str,
    figure: dict[str, Any],
    missing: list[dict[str, Any]],
    person_id: UUID | None = None,
    reason: str | None = None,
    rule_version_id: UUID | None = None,
) -> None:
    """Writes a gate down; a change of state (or a person's decision) also adds a record that stays."""
    row = repository.gate(session, project_id, number)
    if row is None:
        row = ProjectGate(project_id=project_id, gate=number, state="closed", figure={}, missing=[])
        session.add(row)
    before, changed = row.state, row.state != state or person_id is not None
    row.state, row.figure, row.missing, row.updated_at = state, figure, missing, now()
    if changed:
        session.add(
            GateRecord(
                project_id=project_id,
                gate=number,
                state=state,
                figure=figure,
                missing=missing,
                person_id=person_id,
                reason=reason,
                rule_version_id=rule_version_id,
            )
        )
        detail = {"gate": number, "state": state, "reason": reason}
        audit.record(session, person_id, "gate", "gate", f"{project_id}/{number}", detail, project_id)
        told = {**detail, "before": before, "figure": figure, "missing": missing, "person_id": person_id}
        events.emit(session, GATE_CHANGED, {"project_id": str(project_id), **told})
    session.flush()


def show_map(session: Session, caller: Caller, project: Project, roles: Iterable[str]) -> MapOut:
    """The gate map for one person, and notes the visit."""
    present = repository.gates(session, project.id)
    since = _visit(session, project.id, caller.person_id)
    found = repository.changes(session, project.id, since or project.created_at, 20)
    people = people_by_id(session, [row.person_id for row in found if row.person_id])
    return MapOut(
        project=shown(project, roles),
        gates=[_gate(number, present.get(number)) for number in GATES],
        since=since,
        changes=[
            MapChange(
                at=row.created_at,
                action=row.action,
                object_kind=row.object_kind,
                object_id=row.object_id,
                person=people[row.person_id].name if row.person_id in people else None,
                detail=row.detail,
            )
            for row in found
        ],
    )


def _gate(number: int, row: ProjectGate | None) -> GateOut:
    if row is None:
        return GateOut(gate=number, state="closed", figure={}, missing=[], updated_at=None)
    missing = [MissingFact.model_validate(fact) for fact in row.missing]
    return GateOut.model_validate(
        {"gate": number, "state": row.state, "figure": row.figure, "missing": missing, "updated_at": row.updated_at}
    )


def _visit(session: Session, project_id: UUID, person_id: UUID) -> Any:
    """Moves the visit forward; looks within half an hour belong to the same visit."""
    moment = now()
    row = repository.visit(session, project_id, person_id)
    if row is None:
        session.add(ProjectVisit(project_id=project_id, person_id=person_id, seen_at=moment, before_at=None))
        return None
    if moment - row.seen_at > VISIT:
        row.before_at = row.seen_at
    row.seen_at = moment
    return row.before_at


def job_of(session: Session, project_id: UUID, job_id: UUID) -> Job:
    """A visible work of a project. NotFound otherwise."""
    found = repository.job(session, project_id, job_id)
    if found is None:
        raise NotFound("job.unknown", "There is no such job.")
    return found


def cancel_job(session: Session, caller: Caller, project_id: UUID, job_id: UUID) -> Job:
    """Asks a job to end."""
    found = job_of(session, project_id, job_id)
    jobs.request_cancel(session, job_id)
    audit.record(session, caller.person_id, "cancelled", "job", job_id, {"kind": found.kind}, project_id)
    session.expire(found)
    return found


def list_views(session: Session, caller: Caller, project_id: UUID, list_name: str) -> list[ViewOut]:
    """The caller's own saved views of a list, and shared ones."""
    return _views_out(session, caller, repository.views(session, project_id, list_name, caller.person_id))


def save_view(session: Session, caller: Caller, project_id: UUID, wish: ViewIn) -> ViewOut:
    """Keeps a view under its name."""
    values = wish.model_dump(exclude={"list"}) | {"list_name": wish.list}
    row = repository.save_view(session, {**values, "project_id": project_id, "person_id": caller.person_id})
    return _views_out(session, caller, [row])[0]


def delete_view(session: Session, caller: Caller, project_id: UUID, view_id: UUID, leads: bool) -> None:
    """Removes the caller's own view; who leads the project also removes shared ones of others."""
    row = repository.view(session, project_id, view_id)
    if row is None or (row.person_id != caller.person_id and not row.shared):
        raise NotFound("view.unknown", "There is no such saved view.")
    if row.person_id != caller.person_id and not leads:
        raise Forbidden("view.of_other", "Only its owner or a manager removes a shared view.")
    session.delete(row)


def _views_out(session: Session, caller: Caller, rows: Sequence[SavedView]) -> list[ViewOut]:
    people = people_by_id(session, {row.person_id for row in rows})
    return [
        ViewOut(
            id=row.id,
            list=row.list_name,  # type: ignore[arg-type]  # as ViewIn let it in
            name=row.name,
            query=row.query,
            columns=row.columns,
            shared=row.shared,
            person_id=row.person_id,
            person_name=people[row.person_id].name if row.person_id in people else "",
            mine=row.person_id == caller.person_id,
        )
        for row in rows
    ]
