"""What other stages may call: who asks, people, qualifications, the organization."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import Request

from tongguan.core import auth
from tongguan.core.auth import Caller, RouteAccess
from tongguan.core.database import Database, Session
from tongguan.core.errors import Forbidden, Unauthorized
from tongguan.core.settings import Settings
from tongguan.people import repository
from tongguan.people.models import LEVELS, Person, Qualification
from tongguan.people.service.links import add_member, first_start_link, make_link, owner_link
from tongguan.people.service.links import look as look_at_link
from tongguan.people.service.links import use as use_link
from tongguan.people.service.members import (
    change_me,
    change_password,
    close_qualification,
    close_qualifications,
    grant_qualification,
    organization,
    person_of,
)
from tongguan.people.service.sessions import (
    StartedSession,
    caller_of_session,
    caller_of_token,
    create_token,
    end_sessions,
    list_sessions,
    list_tokens,
    revoke_token,
    sign_in,
    sign_out,
)

__all__ = [
    "LEVELS",
    "OrgAccess",
    "Person",
    "Qualification",
    "StartedSession",
    "add_member",
    "change_me",
    "change_password",
    "close_qualification",
    "close_qualifications",
    "create_token",
    "end_sessions",
    "first_start_link",
    "grant_qualification",
    "list_sessions",
    "list_tokens",
    "look_at_link",
    "make_link",
    "member",
    "open_caller",
    "organization",
    "organization_zone",
    "owner",
    "owner_link",
    "people_by_id",
    "people_of",
    "person",
    "person_of",
    "qualifications",
    "revoke_token",
    "sign_in",
    "sign_out",
    "use_link",
]

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class OrgAccess:
    """A caller with an open transaction of the organization."""

    caller: Caller
    session: Session


@contextmanager
def open_caller(request: Request) -> Iterator[OrgAccess]:
    """The caller of a request, with a transaction that commits when the block ends. Unauthorized without one.

    A cookie session must send the CSRF header on every method that changes something; a token need not.
    """
    database: Database = request.app.state.database
    settings: Settings = request.app.state.settings
    with database.system() as session:
        caller = _identify(request, session, settings)
        Database.note(session, caller.org_id, caller.person_id)  # bound by the statement that found them
        yield OrgAccess(caller, session)


def _identify(request: Request, session: Session, settings: Settings) -> Caller:
    token = auth.bearer(request.headers.get("authorization"))
    if token is not None:
        if token.startswith(auth.DEVICE_PREFIX):
            raise Unauthorized("auth.device", "A device may only ask its own deployment.")
        caller = caller_of_token(session, token)
        if caller is None:
            raise Unauthorized("auth.token", "This token is not valid.")
        return caller
    cookie = request.cookies.get(auth.SESSION_COOKIE)
    caller = caller_of_session(session, cookie, settings) if cookie else None
    if cookie is None or caller is None:
        raise Unauthorized("auth.required", "Please sign in.")
    if request.method not in SAFE_METHODS and request.headers.get(auth.CSRF_HEADER) != auth.csrf_token(cookie):
        raise Forbidden("auth.csrf", "The page is out of date: load it again.")
    return caller


class OrgRole(RouteAccess):
    """Route guard: a member of the organization, with one of the organization roles where given."""

    scope: ClassVar[str] = "org"

    def __init__(self, *roles: str) -> None:
        self.roles = frozenset(roles)

    def __call__(self, request: Request) -> Iterator[OrgAccess]:
        """Opens the transaction; Forbidden without the role."""
        with open_caller(request) as access:
            if self.roles and access.caller.org_role not in self.roles:
                raise Forbidden("auth.role", "Your role does not allow this.", {"roles": sorted(self.roles)})
            yield access


def member() -> OrgRole:
    """Guard for any member of the organization."""
    return OrgRole()


def owner() -> OrgRole:
    """Guard for owners of the organization."""
    return OrgRole("owner")


def person(session: Session, person_id: UUID) -> Person:
    """A person of the organization. NotFound otherwise."""
    return person_of(session, person_id)


def people_by_id(session: Session, ids: Iterable[UUID]) -> dict[UUID, Person]:
    """People by id; unknown ids are left out."""
    return repository.people_by_id(session, ids)


def people_of(session: Session) -> list[Person]:
    """All people of the organization."""
    return list(repository.people(session, limit=100_000))


def qualifications(session: Session, project_id: UUID, rule_major: int | None = None) -> list[Qualification]:
    """Qualifications of a project, for one major version or all."""
    return list(repository.qualifications(session, project_id, rule_major))


def organization_zone(session: Session) -> ZoneInfo:
    """The time zone in which the organization's days and periods end."""
    return ZoneInfo(organization(session).time_zone)
