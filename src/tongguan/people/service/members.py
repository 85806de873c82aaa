"""People of an organization: levels, deactivation, qualifications."""

from __future__ import annotations

from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tongguan.core import audit, auth, events
from tongguan.core.auth import Caller
from tongguan.core.clock import now
from tongguan.core.database import Session
from tongguan.core.errors import Conflict, Forbidden, Invalid, NotFound
from tongguan.core.settings import Settings
from tongguan.people import repository
from tongguan.people.events import PERSON_DEACTIVATED, QUALIFICATION_CHANGED
from tongguan.people.models import Person, Qualification
from tongguan.people.schemas import LinkOut, MePatch, OrganizationOut, OrganizationPatch, PasswordIn, PersonPatch
from tongguan.people.service import links
from tongguan.people.service.sessions import end_sessions


def organization(session: Session) -> OrganizationOut:
    """The organization of this transaction."""
    return OrganizationOut.model_validate(repository.first(session, "SELECT * FROM org_here()"))


def change_organization(session: Session, caller: Caller, wish: OrganizationPatch) -> OrganizationOut:
    """Changes name and time zone (an IANA name such as Asia/Shanghai)."""
    before = organization(session)
    zone = wish.time_zone or before.time_zone
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError):
        raise Invalid("org.time_zone", f"{zone!r} is not a time zone.", {"time_zone": zone}) from None
    repository.call(session, "SELECT org_change(:name, :zone)", name=wish.name or before.name, zone=zone)
    audit.record(session, caller.person_id, "changed", "organization", before.id, wish.model_dump(exclude_none=True))
    return organization(session)


def person_of(session: Session, person_id: UUID) -> Person:
    """A person of the organization. NotFound otherwise."""
    found = repository.person(session, person_id)
    if found is None:
        raise NotFound("person.unknown", "There is no such person.")
    return found


def change_person(session: Session, caller: Caller, person_id: UUID, wish: PersonPatch) -> Person:
    """Changes level, role or state. A demotion and a deactivation need a reason; the last owner stays."""
    person = person_of(session, person_id)
    before = {"level": person.level, "org_role": person.org_role, "active": person.active, "name": person.name}
    demoted = wish.level is not None and wish.level < person.level
    if (demoted or wish.active is False) and not wish.reason:
        raise Invalid("person.reason", "A demotion or deactivation needs a reason.")
    loses_owner = person.org_role == "owner" and (wish.org_role == "member" or wish.active is False)
    if loses_owner and _owners(session) <= 1:
        raise Conflict("person.last_owner", "The last owner cannot leave: make another owner first.")
    for field, wanted in wish.model_dump(exclude_none=True, exclude={"reason"}).items():
        setattr(person, field, wanted)
    if wish.active is False:
        end_sessions(session, person_id)
        repository.value(session, "SELECT auth_revoke_tokens(:member, NULL)", member=person_id)
        events.emit(session, PERSON_DEACTIVATED, {"person_id": str(person_id)}, wake=True)
    audit.record(
        session,
        caller.person_id,
        "changed",
        "person",
        person_id,
        {"before": before, "after": wish.model_dump(exclude_none=True), "reason": wish.reason},
    )
    return person


def _owners(session: Session) -> int:
    return sum(1 for row in repository.people(session, limit=100_000) if row.org_role == "owner" and row.active)


def reset_link(session: Session, settings: Settings, caller: Caller, person_id: UUID) -> LinkOut:
    """A link with which a person sets a new password; using it ends the person's sessions."""
    person_of(session, person_id)
    audit.record(session, caller.person_id, "reset_password", "person", person_id)
    return links.make_link(session, settings, "reset", person_id)


def change_me(session: Session, caller: Caller, wish: MePatch) -> Person:
    """Own name, language and hotkeys."""
    person = person_of(session, caller.person_id)
    if wish.name:
        person.name = wish.name
    if wish.language:
        person.language = wish.language
    if wish.hotkeys is not None:
        person.hotkeys = dict(wish.hotkeys)
    return person


def change_password(session: Session, caller: Caller, wish: PasswordIn) -> None:
    """Sets an own password; the old one is asked for when there is one. Other sessions end."""
    if caller.via == "token":
        raise Forbidden("auth.session_only", "A token cannot change the password: sign in with the browser.")
    stored = repository.value(session, "SELECT auth_password_of(:member)", member=caller.person_id)
    if stored and not auth.password_matches(stored, wish.old or ""):
        raise Invalid("auth.old_password", "The old password is wrong.")
    repository.call(
        session,
        "SELECT auth_set_password(:member, :hash)",
        member=caller.person_id,
        hash=auth.hash_password(wish.new),
    )
    for row in repository.call(session, "SELECT * FROM auth_sessions(:member)", member=caller.person_id):
        if row.id != caller.session_id:
            end_sessions(session, caller.person_id, row.id)


def grant_qualification(
    session: Session,
    person_id: UUID,
    project_id: UUID,
    rule_major: int,
    source: str,
    attempt_id: UUID | None = None,
    granted_by: UUID | None = None,
    reason: str | None = None,
) -> Qualification:
    """Opens (or opens again) a person's qualification for a major version. `source`: exam or granted."""
    found = repository.qualification(session, person_id, project_id, rule_major)
    if found is None:
        found = Qualification(person_id=person_id, project_id=project_id, rule_major=rule_major, source=source)
        session.add(found)
    found.state, found.closed_at, found.source = "open", None, source
    found.attempt_id, found.granted_by, found.reason = attempt_id, granted_by, reason
    session.flush()
    events.emit(session, QUALIFICATION_CHANGED, {"project_id": str(project_id), "person_id": str(person_id)})
    audit.record(
        session,
        granted_by or person_id,
        "qualified",
        "qualification",
        found.id,
        {"person_id": str(person_id), "rule_major": rule_major, "source": source, "reason": reason},
        project_id,
    )
    return found


def close_qualifications(session: Session, project_id: UUID, below_major: int) -> list[UUID]:
    """Closes qualifications for older major versions; returns the people whom it touched."""
    people = repository.close_below(session, project_id, below_major, now())
    for person_id in people:
        events.emit(session, QUALIFICATION_CHANGED, {"project_id": str(project_id), "person_id": str(person_id)})
    return people


def close_qualification(
    session: Session, person_id: UUID, project_id: UUID, rule_major: int, reason: str, by: UUID | None = None
) -> bool:
    """Closes one person's qualification, with a reason (for instance a failed quality limit)."""
    found = repository.qualification(session, person_id, project_id, rule_major)
    if found is None or found.state != "open":
        return False
    found.state, found.closed_at, found.reason = "closed", now(), reason
    session.flush()
    events.emit(session, QUALIFICATION_CHANGED, {"project_id": str(project_id), "person_id": str(person_id)})
    audit.record(session, by, "closed", "qualification", found.id, {"reason": reason}, project_id)
    return True
