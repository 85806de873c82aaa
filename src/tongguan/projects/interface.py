"""What other stages may call: access to a project, its settings, its gates."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

from fastapi import Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute

from tongguan.core.auth import Caller, RouteAccess
from tongguan.core.database import Session
from tongguan.core.errors import Conflict, Forbidden, NotFound
from tongguan.people.interface import open_caller
from tongguan.projects import repository
from tongguan.projects.models import GateRecord, Project
from tongguan.projects.schemas import ProjectSettings
from tongguan.projects.service import (
    create,
    fix_split,
    grant_invited,
    project_of,
    record_gate,
    set_member,
    settings_from,
)

__all__ = [
    "DoorRoute",
    "Project",
    "ProjectAccess",
    "ProjectDoor",
    "ProjectSettings",
    "create",
    "fix_split",
    "gate_states",
    "gate_states_and_records",
    "grant_invited",
    "members_with",
    "project_door",
    "project_of",
    "project_role",
    "projects_of",
    "record_gate",
    "require_active",
    "role_of",
    "set_member",
    "settings_of",
]

ALL_ROLES = frozenset({"owner", "manager", "trainer", "inspector", "annotator", "engineer", "client", "operator"})


@dataclass(frozen=True, slots=True)
class ProjectAccess:
    """A caller in a project, with an open transaction. `roles` holds `owner` for an owner of the organization."""

    caller: Caller
    session: Session
    project: Project
    roles: frozenset[str]

    @property
    def settings(self) -> ProjectSettings:
        """The project's settings."""
        return settings_from(self.project)


class ProjectRole(RouteAccess):
    """Route guard: a member of the project with one of the roles (none given: any member)."""

    scope: ClassVar[str] = "project"

    def __init__(self, *roles: str) -> None:
        unknown = set(roles) - ALL_ROLES
        if unknown:
            raise ValueError(f"unknown roles {sorted(unknown)}")
        self.roles = frozenset(roles)

    def __call__(self, request: Request, project_id: UUID) -> Iterator[ProjectAccess]:
        """Opens the transaction. NotFound for foreign projects and non-members, Forbidden for a wrong role."""
        with open_caller(request) as access:
            yield project_access(access.session, access.caller, project_id, self.roles)


@dataclass(frozen=True, slots=True)
class ProjectDoor:
    """A guarded way into a project that the route opens itself: `with door.open() as access`, commits at its end."""

    request: Request
    project_id: UUID
    roles: frozenset[str]

    @contextmanager
    def open(self) -> Iterator[ProjectAccess]:
        """The access check, then the transaction. Raises what `ProjectRole` raises."""
        with open_caller(self.request) as access:
            yield project_access(access.session, access.caller, self.project_id, self.roles)


class ProjectDoorRole(ProjectRole):
    """Route guard for the hottest routes: everything happens in the route's own thread, without three changes of it."""

    async def __call__(self, request: Request, project_id: UUID) -> ProjectDoor:  # type: ignore[override]
        """The closed door; nothing is checked before the route opens it."""
        return ProjectDoor(request, project_id, self.roles)


def project_door(*roles: str) -> ProjectDoorRole:
    """Like `project_role`, for a `DoorRoute` that opens its transaction itself, before anything else."""
    return ProjectDoorRole(*roles)


class DoorRoute(APIRoute):
    """A route behind a `project_door`: bad input is only told to those who may come in."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler, which checks access before it reports bad input."""
        handle = super().get_route_handler()

        async def checked(request: Request) -> Response:
            try:
                return await handle(request)
            except RequestValidationError:
                await run_in_threadpool(self._knock, request)
                raise

        return checked

    def _knock(self, request: Request) -> None:
        try:
            project_id = UUID(str(request.path_params.get("project_id")))
        except ValueError:
            return
        for child in self.dependant.dependencies:
            if isinstance(child.call, ProjectDoorRole):
                with ProjectDoor(request, project_id, child.call.roles).open():
                    pass


def project_role(*roles: str) -> ProjectRole:
    """Guard for the given roles of a project; an owner of the organization always passes."""
    return ProjectRole(*roles)


def project_access(session: Session, caller: Caller, project_id: UUID, wanted: frozenset[str]) -> ProjectAccess:
    """The one access check of projects."""
    project, roles = repository.project_and_roles(session, project_id, caller.person_id)
    if caller.org_role == "owner":
        roles |= {"owner"}
    if project is None or not roles:
        raise NotFound("project.unknown", "There is no such project.")
    if wanted and not roles & (wanted | {"owner"}):
        raise Forbidden("auth.role", "Your role does not allow this.", {"roles": sorted(wanted)})
    return ProjectAccess(caller, session, project, roles)


def role_of(session: Session, person_id: UUID, project_id: UUID) -> frozenset[str]:
    """Roles that a project grants to a person."""
    return repository.roles(session, project_id, person_id)


def members_with(session: Session, project_id: UUID, *roles: str) -> list[UUID]:
    """People who have one of the roles in a project."""
    return [
        person_id for person_id, theirs in repository.members(session, project_id).items() if set(theirs) & set(roles)
    ]


def settings_of(session: Session, project_id: UUID) -> ProjectSettings:
    """A project's settings."""
    return settings_from(project_of(session, project_id))


def require_active(access: ProjectAccess) -> None:
    """Conflict when the project is paused or archived."""
    if access.project.state != "active":
        raise Conflict("project.paused", "The project is paused.", {"state": access.project.state})


def gate_states(session: Session, project_id: UUID) -> dict[int, str]:
    """States of the gates by number."""
    return {number: row.state for number, row in repository.gates(session, project_id).items()}


def gate_states_and_records(
    session: Session, project_id: UUID
) -> dict[int, tuple[str, dict[str, Any], GateRecord | None]]:
    """Of each gate its state, its figure, and the newest record: who, when, why."""
    found = {}
    for number, row in sorted(repository.gates(session, project_id).items()):
        records = repository.gate_records(session, project_id, number, 1)
        found[number] = (row.state, dict(row.figure), records[0] if records else None)
    return found


def projects_of(session: Session, person_id: UUID, everything: bool) -> list[tuple[Project, list[str]]]:
    """Projects in which a person has a role, or all, each with the roles of that person."""
    roles = repository.roles_by_project(session, person_id)
    return [(project, roles.get(project.id, [])) for project in repository.visible(session, person_id, everything)]
