"""Signing in and out, personal tokens."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from tongguan.core import auth
from tongguan.core.clock import now
from tongguan.core.database import Database, Session
from tongguan.core.errors import Forbidden, NotFound, TooMany, Unauthorized
from tongguan.core.ids import new_id
from tongguan.core.settings import Settings
from tongguan.people import repository
from tongguan.people.schemas import SessionOut, TokenIn, TokenOut

WINDOW = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class StartedSession:
    """A fresh session: the secret goes into the cookie, only its hash is stored."""

    token: str
    person_id: UUID
    expires_at: datetime


def caller_of_session(session: Session, token: str, settings: Settings) -> auth.Caller | None:
    """Who a session cookie belongs to; None when unknown, ended, or the person is deactivated."""
    row = repository.session_row(session, auth.token_hash(token), now(), settings.session_days)
    return None if row is None else _caller(row, "session")


def caller_of_token(session: Session, token: str) -> auth.Caller | None:
    """Who a personal token belongs to."""
    row = repository.token_row(session, auth.token_hash(token), now())
    return None if row is None else _caller(row, "token")


def _caller(row: Any, via: str) -> auth.Caller:
    return auth.Caller(
        org_id=row.org_id,
        person_id=row.person_id,
        account_id=row.account_id,
        org_role=row.org_role,
        name=row.name,
        level=row.level,
        via=via,
        session_id=row.session_id,
    )


def sign_in(
    database: Database, settings: Settings, email: str, password: str, address: str, agent: str
) -> StartedSession:
    """Checks the password and starts a session. TooMany after several failures, Unauthorized when wrong.

    Failures are kept in their own transaction, so that refusing does not forget them.
    """
    moment = now()
    with database.system() as session:
        failures = repository.value(
            session,
            "SELECT auth_failures(:email, :address, :since)",
            email=email,
            address=address,
            since=moment - WINDOW,
        )
        found = repository.first(session, "SELECT * FROM auth_account(:email)", email=email)
    if int(failures or 0) >= settings.login_attempts:
        raise TooMany("auth.too_many", "Too many failed sign-ins. Wait 15 minutes.", {"minutes": 15})
    if not auth.password_matches(found.password_hash if found else None, password) or found is None:
        with database.system() as session:
            repository.call(
                session,
                "SELECT auth_note_failure(:email, :address, :moment)",
                email=email,
                address=address,
                moment=moment,
            )
        raise Unauthorized("auth.wrong", "E-mail or password is wrong.")
    with database.system() as session:
        return start_session(session, settings, found.membership_id, address, agent)


def start_session(session: Session, settings: Settings, member: UUID, address: str, agent: str) -> StartedSession:
    """Starts a session for a membership."""
    token, until = auth.new_token(), now() + timedelta(days=settings.session_days)
    repository.call(
        session,
        "SELECT auth_start_session(:id, :hash, :member, :until, :address, :agent)",
        id=new_id(),
        hash=auth.token_hash(token),
        member=member,
        until=until,
        address=address,
        agent=agent,
    )
    return StartedSession(token, member, until)


def sign_out(session: Session, caller: auth.Caller) -> None:
    """Ends the caller's session."""
    end_sessions(session, caller.person_id, caller.session_id)


def end_sessions(session: Session, person_id: UUID, only: UUID | None = None) -> int:
    """Ends one or all sessions of a person; returns how many."""
    ended = repository.value(session, "SELECT auth_end_sessions(:member, :one)", member=person_id, one=only)
    return int(ended or 0)


def list_sessions(session: Session, caller: auth.Caller) -> list[SessionOut]:
    """The caller's browsers, the last used first."""
    rows = repository.call(session, "SELECT * FROM auth_sessions(:member)", member=caller.person_id)
    return [SessionOut.model_validate(row).model_copy(update={"current": row.id == caller.session_id}) for row in rows]


def create_token(session: Session, caller: auth.Caller, wish: TokenIn) -> TokenOut:
    """Makes a personal token; its secret is in the answer once and stored as a hash."""
    if caller.via == "token":
        raise Forbidden("auth.session_only", "A token cannot make tokens: sign in with the browser.")
    secret, token_id, moment = auth.TOKEN_PREFIX + auth.new_token(), new_id(), now()
    until = moment + timedelta(days=wish.days) if wish.days else None
    repository.call(
        session,
        "SELECT auth_new_token(:id, :hash, :member, :name, :hint, :until)",
        id=token_id,
        hash=auth.token_hash(secret),
        member=caller.person_id,
        name=wish.name,
        hint=secret[-4:],
        until=until,
    )
    return TokenOut(
        id=token_id,
        name=wish.name,
        hint=secret[-4:],
        created_at=moment,
        expires_at=until,
        last_used_at=None,
        token=secret,
    )


def list_tokens(session: Session, caller: auth.Caller) -> list[TokenOut]:
    """The caller's tokens, without their secrets."""
    rows = repository.call(session, "SELECT * FROM auth_tokens(:member)", member=caller.person_id)
    return [TokenOut.model_validate(row) for row in rows]


def revoke_token(session: Session, caller: auth.Caller, token_id: UUID) -> None:
    """Ends one of the caller's tokens."""
    ended = repository.value(session, "SELECT auth_revoke_tokens(:member, :one)", member=caller.person_id, one=token_id)
    if not ended:
        raise NotFound("token.unknown", "There is no such token.")
