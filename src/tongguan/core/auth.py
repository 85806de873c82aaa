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
_hasher = PasswordHasher()
# Verified when the account does not exist, so that the time taken does not tell.
_DECOY = _hasher.hash("no such account")


def hash_password(password: str) -> str:
    """Argon2id with the library's defaults."""
    return _hasher.hash(password)


def password_matches(stored: str | None, password: str) -> bool:
    """Whether the password is right; takes as long for an account that does not exist."""
    try:
        return _hasher.verify(stored or _DECOY, password) and stored is not None
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


class RouteAccess:
    """Base of the dependencies that guard a route. The walking test finds them and reads `scope` and `roles`."""

    scope: ClassVar[str] = ""
    roles: frozenset[str] = frozenset()
