"""One-time links: first start, sign-in, password reset, invitation. Shown once, stored hashed, used once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from tongguan.core import audit, auth
from tongguan.core.clock import now
from tongguan.core.database import Database, Session
from tongguan.core.errors import Conflict, Gone, Invalid, NotFound
from tongguan.core.ids import new_id
from tongguan.core.settings import Settings
from tongguan.people import repository
from tongguan.people.models import Person
from tongguan.people.schemas import InvitationIn, InvitationOut, LinkFacts, LinkIn, LinkOut
from tongguan.people.service.sessions import StartedSession, end_sessions, start_session

GrantRoles = Callable[[Session, UUID, list[dict[str, Any]]], None]


def address_of(settings: Settings, token: str) -> str:
    """The address that a person opens. The token stands behind `#`, so that no server log and no proxy sees it."""
    return f"{settings.address}/link#{token}"


def make_link(session: Session, settings: Settings, purpose: str, member: UUID | None) -> LinkOut:
    """Makes a link: `first_start` (no member), `sign_in` or `reset`."""
    token, until = auth.new_token(), now() + timedelta(hours=settings.link_hours)
    repository.call(
        session,
        "SELECT auth_new_link(:id, :hash, :purpose, :member, :until)",
        id=new_id(),
        hash=auth.token_hash(token),
        purpose=purpose,
        member=member,
        until=until,
    )
    return LinkOut(link=address_of(settings, token), expires_at=until)


def first_start_link(database: Database, settings: Settings) -> str | None:
    """A link that makes the first owner; None when there is an account already."""
    with database.system() as session:
        if repository.value(session, "SELECT auth_has_accounts()"):
            return None
        return make_link(session, settings, "first_start", None).link


def owner_link(database: Database, settings: Settings, email: str | None = None) -> list[tuple[str, str]]:
    """Sign-in links for owners (or for one address): [(e-mail, link)]. For who lost the first link."""
    with database.system() as session:
        owners = repository.call(session, "SELECT * FROM auth_owners()")
        if email is None:
            members = [(row.email, row.membership_id) for row in owners]
        else:
            found = repository.value(session, "SELECT auth_member_by_email(:email)", email=email)
            members = [(email, found)] if found else []
        return [(who, make_link(session, settings, "sign_in", member).link) for who, member in members]


def look(session: Session, token: str) -> LinkFacts:
    """What a link is for. NotFound when unknown, Gone when used or expired. Does not use it."""
    return _facts(session, token, spend=False)[0]


def invite(session: Session, settings: Settings, caller: auth.Caller, wish: InvitationIn) -> InvitationOut:
    """Makes an invitation; its link is in the answer once."""
    token, invitation_id, moment = auth.new_token(), new_id(), now()
    until = moment + timedelta(hours=settings.link_hours)
    values = wish.model_dump(mode="json", exclude={"projects"})
    repository.invite(
        session,
        {
            **values,
            "id": invitation_id,
            "hash": auth.token_hash(token),
            "roles": [grant.model_dump(mode="json") for grant in wish.projects],
            "invited_by": caller.person_id,
            "until": until,
        },
    )
    audit.record(session, caller.person_id, "invited", "invitation", invitation_id, values)
    return InvitationOut(
        id=invitation_id,
        email=wish.email,
        name=wish.name,
        level=wish.level,
        org_role=wish.org_role,
        created_at=moment,
        expires_at=until,
        used_at=None,
        link=address_of(settings, token),
    )


def use(
    database: Database, settings: Settings, wish: LinkIn, grant_roles: GrantRoles, address: str, agent: str
) -> StartedSession:
    """Uses a link in one transaction and signs its person in. `grant_roles` writes the invitation's project roles."""
    with database.system() as session:
        facts, row = _facts(session, wish.token, spend=True)
        if facts.purpose == "first_start":
            member = _first_owner(session, settings, wish)
        elif facts.purpose == "invitation":
            member = _join(session, row, wish, grant_roles)
        else:
            member = row["membership_id"]
            if facts.purpose == "reset":
                _set_password(session, member, wish)
                end_sessions(session, member)
            elif wish.password:
                _set_password(session, member, wish)
        return start_session(session, settings, member, address, agent)


def _facts(session: Session, token: str, spend: bool) -> tuple[LinkFacts, dict[str, Any]]:
    values = {"hash": auth.token_hash(token), "moment": now(), "spend": spend}
    row = repository.first(session, "SELECT * FROM auth_use_link(:hash, :moment, :spend)", **values)
    invited = row is None
    if row is None:
        row = repository.first(session, "SELECT * FROM auth_use_invitation(:hash, :moment, :spend)", **values)
    if row is None:
        raise NotFound("link.unknown", "This link is not known. Ask for a new one.")
    data = dict(row._mapping)
    if data["used"]:
        raise Gone("link.used", "This link has been used. Sign in, or ask for a new one.")
    if data["expired"]:
        raise Gone("link.expired", "This link has expired. Ask for a new one.")
    purpose: Any = "invitation" if invited else data["purpose"]
    known = bool(invited and repository.value(session, "SELECT auth_account_exists(:email)", email=data["email"]))
    facts = LinkFacts(
        purpose=purpose,
        email=data.get("email"),
        name=data.get("name"),
        organization=data.get("organization"),
        needs_password=purpose != "sign_in",
        known_account=known,
    )
    return facts, data


def _first_owner(session: Session, settings: Settings, wish: LinkIn) -> UUID:
    if repository.value(session, "SELECT auth_has_accounts()"):
        raise Gone("link.used", "There is an owner already. Ask the owner for an invitation.")
    if not wish.email or not wish.name or not wish.password:
        raise Invalid("link.incomplete", "Name, e-mail and password are needed.")
    org_id = new_id()
    title = wish.organization or wish.name
    repository.call(
        session,
        "SELECT auth_new_organization(:id, :name, :zone)",
        id=org_id,
        name=title,
        zone=settings.time_zone,
    )
    return add_member(session, org_id, wish.email, wish.name, wish.password, org_role="owner", level=5)


def _join(session: Session, row: dict[str, Any], wish: LinkIn, grant_roles: GrantRoles) -> UUID:
    name = wish.name or row["name"]
    if repository.value(session, "SELECT auth_account_exists(:email)", email=row["email"]):
        known = repository.first(session, "SELECT * FROM auth_account(:email)", email=row["email"])
        stored = known.password_hash if known else None
        if not auth.password_matches(stored, wish.password or ""):
            raise Invalid("link.known_account", "This e-mail has an account: give its password to join.")
    elif not wish.password:
        raise Invalid("link.incomplete", "A password is needed.")
    member = add_member(
        session, row["org_id"], row["email"], name, wish.password, org_role=row["org_role"], level=row["level"]
    )
    grant_roles(session, member, row["roles"])
    return member


def add_member(
    session: Session, org_id: UUID, email: str, name: str, password: str | None, *, org_role: str, level: int
) -> UUID:
    """Makes account (if new), membership and person; binds the transaction to the organization."""
    Database.bind(session, org_id)
    member = new_id()
    try:
        with session.begin_nested():
            repository.call(
                session,
                "SELECT auth_new_member(:member, :org, :account, :email, :secret)",
                member=member,
                org=org_id,
                account=new_id(),
                email=email,
                secret=auth.hash_password(password) if password else None,
            )
    except IntegrityError as error:
        raise Conflict("person.exists", "This person is a member already.", {"email": email}) from error
    session.add(Person(id=member, name=name, email=email, org_role=org_role, level=level))
    session.flush()
    audit.record(session, member, "joined", "person", member, {"email": email, "org_role": org_role, "level": level})
    return member


def _set_password(session: Session, member: UUID, wish: LinkIn) -> None:
    if not wish.password:
        raise Invalid("link.incomplete", "A password is needed.")
    repository.call(
        session, "SELECT auth_set_password(:member, :hash)", member=member, hash=auth.hash_password(wish.password)
    )


def list_invitations(session: Session) -> list[InvitationOut]:
    """Invitations that were not taken back, newest first."""
    return [InvitationOut.model_validate(row) for row in repository.call(session, "SELECT * FROM org_invitations()")]


def revoke_invitation(session: Session, caller: auth.Caller, invitation_id: UUID) -> None:
    """Takes an unused invitation back."""
    if not repository.value(session, "SELECT org_revoke_invitation(:id)", id=invitation_id):
        raise NotFound("invitation.unknown", "There is no such open invitation.")
    audit.record(session, caller.person_id, "revoked", "invitation", invitation_id)


def expiry_text(until: datetime) -> str:
    """When a link ends, for printing."""
    return until.astimezone().strftime("%Y-%m-%d %H:%M")
