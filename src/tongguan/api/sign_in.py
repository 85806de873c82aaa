"""Sign-in, one-time links, and what belongs to the caller. Here, because joining needs people and projects."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from tongguan.core import auth
from tongguan.core.database import Database
from tongguan.core.settings import Settings
from tongguan.people import interface as people
from tongguan.people.interface import OrgAccess, StartedSession, member, organization
from tongguan.people.schemas import (
    LinkFacts,
    LinkIn,
    LinkLook,
    LoginIn,
    Me,
    MePatch,
    MyProject,
    PasswordIn,
    SessionOut,
    TokenIn,
    TokenOut,
)
from tongguan.projects.interface import grant_invited, projects_of

router = APIRouter(prefix="/api/v1", tags=["sign-in"])
Member = Annotated[OrgAccess, Depends(member(), scope="function")]


def _client(request: Request) -> tuple[str, str]:
    return (request.client.host if request.client else "", request.headers.get("user-agent", ""))


def _set_cookies(response: Response, settings: Settings, started: StartedSession) -> None:
    age = settings.session_days * 86_400
    secure = settings.secure_cookies
    response.set_cookie(
        auth.SESSION_COOKIE, started.token, max_age=age, httponly=True, secure=secure, samesite="lax", path="/"
    )
    response.set_cookie(
        auth.CSRF_COOKIE, auth.csrf_token(started.token), max_age=age, secure=secure, samesite="lax", path="/"
    )


@router.post("/auth/login", status_code=204)
def login(wish: LoginIn, request: Request, response: Response) -> None:
    """Signs in by e-mail and password; sets the session and CSRF cookies."""
    settings: Settings = request.app.state.settings
    address, agent = _client(request)
    started = people.sign_in(request.app.state.database, settings, wish.email, wish.password, address, agent)
    _set_cookies(response, settings, started)


@router.post("/auth/link/look")
def look_at_link(wish: LinkLook, request: Request) -> LinkFacts:
    """What a one-time link is for; does not use it."""
    database: Database = request.app.state.database
    with database.system() as session:
        return people.look_at_link(session, wish.token)


@router.post("/auth/link", status_code=204)
def use_link(wish: LinkIn, request: Request, response: Response) -> None:
    """Uses a one-time link and signs in."""
    settings: Settings = request.app.state.settings
    address, agent = _client(request)
    started = people.use_link(request.app.state.database, settings, wish, grant_invited, address, agent)
    _set_cookies(response, settings, started)


@router.post("/auth/logout", status_code=204)
def logout(access: Member, response: Response) -> None:
    """Ends this session."""
    people.sign_out(access.session, access.caller)
    response.delete_cookie(auth.SESSION_COOKIE, path="/")
    response.delete_cookie(auth.CSRF_COOKIE, path="/")


@router.get("/me")
def get_me(access: Member) -> Me:
    """Who is signed in, with the roles in each project."""
    caller, session = access.caller, access.session
    person = people.person_of(session, caller.person_id)
    everything = caller.org_role == "owner"
    extra = ["owner"] if everything else []
    return Me(
        person_id=person.id,
        name=person.name,
        email=person.email,
        language=person.language,
        level=person.level,
        org_role=person.org_role,
        organization=organization(session),
        hotkeys=person.hotkeys,
        projects=[
            MyProject(
                id=project.id,
                name=project.name,
                state=project.state,
                roles=[*roles, *extra],
            )
            for project, roles in projects_of(session, caller.person_id, everything)
        ],
    )


@router.patch("/me")
def change_me(access: Member, wish: MePatch) -> Me:
    """Changes own name, language and hotkeys."""
    people.change_me(access.session, access.caller, wish)
    return get_me(access)


@router.put("/me/password", status_code=204)
def change_password(access: Member, wish: PasswordIn) -> None:
    """Sets a new password; other sessions end."""
    people.change_password(access.session, access.caller, wish)


@router.get("/me/tokens")
def list_tokens(access: Member) -> list[TokenOut]:
    """Own tokens, without their secrets."""
    return people.list_tokens(access.session, access.caller)


@router.post("/me/tokens", status_code=201)
def create_token(access: Member, wish: TokenIn) -> TokenOut:
    """Makes a personal token; the secret is shown once."""
    return people.create_token(access.session, access.caller, wish)


@router.delete("/me/tokens/{token_id}", status_code=204)
def revoke_token(access: Member, token_id: UUID) -> None:
    """Ends one of the own tokens."""
    people.revoke_token(access.session, access.caller, token_id)


@router.get("/me/sessions")
def list_sessions(access: Member) -> list[SessionOut]:
    """Browsers that are signed in."""
    return people.list_sessions(access.session, access.caller)


@router.delete("/me/sessions/{session_id}", status_code=204)
def end_session(access: Member, session_id: UUID) -> None:
    """Signs one browser out."""
    people.end_sessions(access.session, access.caller.person_id, session_id)
