"""Hashing, tokens, the caller's type, and the route marker that the walking test reads."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SESSION_COOKIE = "tg_session"
CSRF_COOKIE = "tg_csrf"
CSRF_HEADER = "x-csrf-token"
TOKEN_PREFIX = "tg_"  # noqa: S105 (the mark of a token, not a secret)
DEVICE_PREFIX = "tgd_"
_hasher = PasswordHasher()
# Verified when the account does not exist, so that the time taken does not tell. Written down, for making one takes a
# tenth of a second in every process; a test sees that it has the hasher's present parameters.
DECOY = "$argon2id$v=19$m=65536,t=3,p=4$eHZg+mMQSvVb/15TAEwAdQ$9RjITqUFY91hJDXnfjoH6MWIyBJzE8Okiod8gX4/nsg"


def hash_password(password: str) -> str:
    """Argon2id with the library's defaults."""
    return _hasher.hash(password)


def password_matches(stored: str | None, password: str) -> bool:
    """Whether the password is right; takes as long for an account that does not exist."""
    try:
        return _hasher.verify(stored or DECOY, password) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


def new_token() -> str:
    """256 random bits as text, safe in a URL."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> bytes:
    """How tokens and links are stored: SHA-256 (they are random, so no slow hash is needed)."""
    return hashlib.sha256(token.encode()).digest()


def csrf_token(session_token: str) -> str:
    """The CSRF token that belongs to a session: derived, so nothing more is stored."""
    return hashlib.sha256(b"csrf:" + session_token.encode()).hexdigest()[:40]


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: a member of an organization. `person_id` is the membership's id."""

    org_id: UUID
    person_id: UUID
    account_id: UUID
    org_role: str
    name: str
    level: int
    via: str
    session_id: UUID


@dataclass(frozen=True, slots=True)
class DeviceCaller:
    """Who asks: a program on a line. It is nobody's account and may ask one deployment only."""

    org_id: UUID
    device_id: UUID
    deployment_id: UUID
    project_id: UUID
    name: str
    per_minute: int


def bearer(header: str | None) -> str | None:
    """The token of an Authorization header, or None."""
    given = header or ""
    return given[7:].strip() if given[:7].lower() == "bearer " else None


class RouteAccess:
    """Base of the dependencies that guard a route. The walking test finds them and reads `scope` and `roles`.

    Scopes: `org` and `project` are for people; `device` also lets in the token of a device, on its own deployment.
    """

    scope: ClassVar[str] = ""
    roles: frozenset[str] = frozenset()
