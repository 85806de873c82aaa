"""Routes of people inside an organization."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request

from tongguan.people import repository
from tongguan.people.interface import OrgAccess, member, owner
from tongguan.people.schemas import (
    AuditOut,
    AuditPage,
    InvitationIn,
    InvitationOut,
    LinkOut,
    OrganizationOut,
    OrganizationPatch,
    PersonOut,
    PersonPatch,
)
from tongguan.people.service import links, members

router = APIRouter(prefix="/api/v1/org", tags=["people"])
Member = Annotated[OrgAccess, Depends(member(), scope="function")]
Owner = Annotated[OrgAccess, Depends(owner(), scope="function")]


@router.get("")
def get_organization(access: Member) -> OrganizationOut:
    """The caller's organization."""
    return members.organization(access.session)


@router.patch("")
def change_organization(access: Owner, wish: OrganizationPatch) -> OrganizationOut:
    """Changes name and time zone."""
    return members.change_organization(access.session, access.caller, wish)


@router.get("/people")
def list_people(access: Owner, after: UUID | None = None) -> list[PersonOut]:
    """People of the organization, at most 500 from a key on."""
    return [PersonOut.model_validate(row) for row in repository.people(access.session, after)]


@router.patch("/people/{person_id}")
def change_person(access: Owner, person_id: UUID, wish: PersonPatch) -> PersonOut:
    """Changes level, role or state; deactivating ends sessions and gives leases back."""
    return PersonOut.model_validate(members.change_person(access.session, access.caller, person_id, wish))


@router.post("/people/{person_id}/reset-link")
def make_reset_link(access: Owner, person_id: UUID, request: Request) -> LinkOut:
    """A one-time link with which the person sets a new password."""
    return members.reset_link(access.session, request.app.state.settings, access.caller, person_id)


@router.get("/invitations")
def list_invitations(access: Owner) -> list[InvitationOut]:
    """Invitations that were not taken back."""
    return links.list_invitations(access.session)


@router.post("/invitations", status_code=201)
def invite_person(access: Owner, wish: InvitationIn, request: Request) -> InvitationOut:
    """Invites a person; the link is shown once."""
    return links.invite(access.session, request.app.state.settings, access.caller, wish)


@router.delete("/invitations/{invitation_id}", status_code=204)
def revoke_invitation(access: Owner, invitation_id: UUID) -> None:
    """Takes an unused invitation back."""
    links.revoke_invitation(access.session, access.caller, invitation_id)


@router.get("/audit")
def list_audit(
    access: Owner, before: UUID | None = None, limit: Annotated[int, Query(ge=1, le=500)] = 100
) -> AuditPage:
    """The audit trail, newest first."""
    rows = repository.audit_rows(access.session, before, limit)
    items = [AuditOut.model_validate(row) for row in rows]
    return AuditPage(items=items, next=items[-1].id if len(items) == limit else None)
