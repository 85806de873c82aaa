"""Routes of projects."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query

from tongguan.people.interface import OrgAccess, member, owner
from tongguan.projects import repository, service
from tongguan.projects.interface import ProjectAccess, project_role
from tongguan.projects.schemas import (
    GateRecordOut,
    JobOut,
    ListName,
    MapOut,
    MemberIn,
    MemberOut,
    ProjectIn,
    ProjectOut,
    ProjectPatch,
    ProjectSettings,
    ViewIn,
    ViewOut,
)

router = APIRouter(prefix="/api/v1/projects", tags=["projects"])
AnyRole = Annotated[ProjectAccess, Depends(project_role(), scope="function")]
Manager = Annotated[ProjectAccess, Depends(project_role("manager"), scope="function")]
Lead = Annotated[ProjectAccess, Depends(project_role("manager", "trainer"), scope="function")]
Worker = Annotated[
    ProjectAccess, Depends(project_role("manager", "trainer", "inspector", "engineer"), scope="function")
]


@router.get("")
def list_projects(access: Annotated[OrgAccess, Depends(member(), scope="function")]) -> list[ProjectOut]:
    """Projects in which the caller has a role; an owner sees all."""
    everything = access.caller.org_role == "owner"
    mine = repository.roles_by_project(access.session, access.caller.person_id)
    extra = ["owner"] if everything else []
    return [
        service.shown(project, [*mine.get(project.id, []), *extra])
        for project in repository.visible(access.session, access.caller.person_id, everything)
    ]


@router.post("", status_code=201)
def create_project(access: Annotated[OrgAccess, Depends(owner(), scope="function")], wish: ProjectIn) -> ProjectOut:
    """Makes a project."""
    project = service.create(access.session, access.caller, wish)
    return service.shown(project, ["owner", "manager", "trainer"])


@router.get("/{project_id}")
def get_project(access: AnyRole) -> ProjectOut:
    """One project."""
    return service.shown(access.project, access.roles)


@router.patch("/{project_id}")
def change_project(access: Manager, wish: ProjectPatch) -> ProjectOut:
    """Changes name and description."""
    return service.shown(service.change(access.session, access.caller, access.project, wish), access.roles)


@router.get("/{project_id}/map")
def get_map(access: AnyRole) -> MapOut:
    """The gate map, and what changed since the caller's last visit."""
    return service.show_map(access.session, access.caller, access.project, access.roles)


@router.put("/{project_id}/settings")
def change_project_settings(access: Lead, wish: ProjectSettings) -> ProjectOut:
    """Replaces the project's settings."""
    project = service.change_settings(access.session, access.caller, access.project, wish)
    return service.shown(project, access.roles)


@router.post("/{project_id}/state/{action}")
def change_project_state(
    access: Manager, action: Annotated[Literal["pause", "resume", "archive"], Path()]
) -> ProjectOut:
    """Pauses, resumes or archives; a paused project hands out no work, but takes what was begun."""
    state = {"pause": "paused", "resume": "active", "archive": "archived"}[action]
    return service.shown(service.set_state(access.session, access.caller, access.project, state), access.roles)


@router.get("/{project_id}/members")
def list_members(access: Worker) -> list[MemberOut]:
    """People of the project with roles and levels."""
    return service.list_members(access.session, access.project.id)


@router.put("/{project_id}/members")
def set_member(access: Manager, wish: MemberIn) -> list[MemberOut]:
    """Sets a person's roles; an empty list removes the person from the project."""
    service.set_member(access.session, access.caller.person_id, access.project, wish)
    return service.list_members(access.session, access.project.id)


@router.get("/{project_id}/gates/{gate}/records")
def list_gate_records(
    access: AnyRole,
    gate: Annotated[int, Path(ge=1, le=5)],
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> list[GateRecordOut]:
    """History of a gate: who, when, which figures."""
    rows = repository.gate_records(access.session, access.project.id, gate, limit)
    return [GateRecordOut.model_validate(row, from_attributes=True) for row in rows]


@router.get("/{project_id}/jobs")
def list_jobs(access: Worker, limit: Annotated[int, Query(ge=1, le=200)] = 50) -> list[JobOut]:
    """Long work of the project, newest first."""
    return [JobOut.model_validate(row) for row in repository.jobs(access.session, access.project.id, limit)]


@router.get("/{project_id}/jobs/{job_id}")
def get_job(access: Worker, job_id: UUID) -> JobOut:
    """Progress of one work."""
    return JobOut.model_validate(service.job_of(access.session, access.project.id, job_id))


@router.post("/{project_id}/jobs/{job_id}/cancel")
def cancel_job(access: Lead, job_id: UUID) -> JobOut:
    """Asks a work to end; what is done stays, and it says so."""
    return JobOut.model_validate(service.cancel_job(access.session, access.caller, access.project.id, job_id))


@router.get("/{project_id}/views")
def list_views(access: Worker, of: ListName) -> list[ViewOut]:
    """Saved views of a list: the caller's own and shared ones."""
    return service.list_views(access.session, access.caller, access.project.id, of)


@router.post("/{project_id}/views", status_code=201)
def save_view(access: Worker, wish: ViewIn) -> ViewOut:
    """Keeps a list as it is shown under a name; the same name again replaces it."""
    return service.save_view(access.session, access.caller, access.project.id, wish)


@router.delete("/{project_id}/views/{view_id}", status_code=204)
def delete_view(access: Worker, view_id: UUID) -> None:
    """Removes a saved view: one's own; who leads the project also shared ones."""
    leads = bool(access.roles & {"owner", "manager"})
    service.delete_view(access.session, access.caller, access.project.id, view_id, leads)
