"""What the people routes take and give."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

ROLES = ("manager", "trainer", "inspector", "annotator", "engineer", "client", "operator")
Role = Literal["manager", "trainer", "inspector", "annotator", "engineer", "client", "operator"]
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,190}")


def _email(value: str) -> str:
    cleaned = value.strip()
    if not _EMAIL.fullmatch(cleaned):
        raise ValueError("not an e-mail address")
    return cleaned


Email = Annotated[str, Field(max_length=255), AfterValidator(_email)]
Password = Annotated[str, Field(min_length=8, max_length=200, description="At least 8 characters.")]
Name = Annotated[str, Field(min_length=1, max_length=80)]


class Row(BaseModel):
    """Base of what is read from rows."""

    model_config = ConfigDict(from_attributes=True)


class LoginIn(BaseModel):
    """Name and password."""

    email: Annotated[str, Field(max_length=255)]
    password: Annotated[str, Field(max_length=200)]


class LinkLook(BaseModel):
    """A one-time link's token, looked at before it is used."""

    token: Annotated[str, Field(min_length=20, max_length=100)]


class LinkFacts(BaseModel):
    """What a one-time link is for, shown before it is used."""

    purpose: Literal["first_start", "sign_in", "reset", "invitation"]
    email: str | None = None
    name: str | None = None
    organization: str | None = None
    needs_password: bool
    known_account: bool = False


class LinkIn(LinkLook):
    """Uses a one-time link: a first start and an invitation make an account, a reset sets a password."""

    email: Email | None = None
    name: Name | None = None
    password: Password | None = None
    organization: Annotated[str, Field(max_length=120)] | None = None


ActionId = Annotated[str, Field(pattern="^[A-Za-z0-9_]{1,40}$")]
KeyPress = Annotated[str, Field(min_length=1, max_length=40)]
Hotkeys = Annotated[dict[ActionId, Annotated[list[KeyPress], Field(max_length=4)]], Field(max_length=100)]


class Me(BaseModel):
    """Who is signed in, and the roles in each project."""

    person_id: UUID
    name: str
    email: str
    language: str
    level: int
    org_role: str
    organization: OrganizationOut
    projects: list[MyProject]
    hotkeys: Hotkeys = Field(description="Own keys of the labelling page by action; actions not named keep theirs.")


class MyProject(BaseModel):
    """A project that the caller may open."""

    id: UUID
    name: str
    state: str
    roles: list[str]


class MePatch(BaseModel):
    """Own name, language and hotkeys."""

    name: Name | None = None
    language: Literal["zh", "en"] | None = None
    hotkeys: Hotkeys | None = Field(default=None, description="Replaces the own keys; {} takes all changes back.")


class PasswordIn(BaseModel):
    """A new password; the old one proves who asks."""

    old: Annotated[str, Field(max_length=200)] | None = None
    new: Password


class TokenIn(BaseModel):
    """A personal token for programs."""

    name: Name
    days: Annotated[int, Field(ge=1, le=3650)] | None = Field(default=365, description="Days until it ends.")


class TokenOut(Row):
    """A personal token as listed; `token` is filled once, when it is made."""

    id: UUID
    name: str
    hint: str
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    token: str | None = None


class SessionOut(Row):
    """A browser that is signed in."""

    id: UUID
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    address: str
    agent: str
    current: bool = False


class OrganizationOut(Row):
    """The organization of the caller."""

    id: UUID
    name: str
    time_zone: str
    created_at: datetime


class OrganizationPatch(BaseModel):
    """Name and time zone of the organization."""

    name: Annotated[str, Field(min_length=1, max_length=120)] | None = None
    time_zone: Annotated[str, Field(max_length=60)] | None = None


class PersonOut(Row):
    """A person of the organization."""

    id: UUID
    name: str
    email: str
    org_role: str
    level: int = Field(description="1 trainee, 2 annotator, 3 senior, 4 inspector, 5 manager.")
    active: bool
    language: str
    created_at: datetime


class PersonPatch(BaseModel):
    """A change of level, role or state; a demotion or deactivation needs its reason."""

    name: Name | None = None
    level: Annotated[int, Field(ge=1, le=5)] | None = None
    org_role: Literal["owner", "member"] | None = None
    active: bool | None = None
    reason: Annotated[str, Field(max_length=500)] | None = None


class ProjectRoles(BaseModel):
    """Roles that an invitation or a membership grants in one project."""

    project_id: UUID
    roles: Annotated[list[Role], Field(max_length=7)]


class InvitationIn(BaseModel):
    """Invites a person by a one-time link."""

    email: Email
    name: Name
    level: Annotated[int, Field(ge=1, le=5)] = 1
    org_role: Literal["owner", "member"] = "member"
    projects: Annotated[list[ProjectRoles], Field(max_length=50)] = []


class InvitationOut(Row):
    """An invitation; `link` is filled once, when it is made."""

    id: UUID
    email: str
    name: str
    level: int
    org_role: str
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None
    link: str | None = None


class LinkOut(BaseModel):
    """A one-time link, shown once."""

    link: str
    expires_at: datetime


class AuditOut(Row):
    """One line of the audit trail."""

    id: UUID
    created_at: datetime
    person_id: UUID | None
    action: str
    object_kind: str
    object_id: str
    project_id: UUID | None
    detail: dict[str, Any]


class AuditPage(BaseModel):
    """A window of the audit trail, newest first."""

    items: list[AuditOut]
    next: UUID | None


Me.model_rebuild()
