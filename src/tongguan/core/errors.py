"""Errors that a person can act on: a stable code, words, and the facts (params) for translation."""

from __future__ import annotations

from typing import Any, ClassVar


class TongguanError(Exception):
    """Base of all expected errors. `code` is `area.what`; the web translates it with `params`."""

    status: ClassVar[int] = 400

    def __init__(self, code: str, message: str, params: dict[str, Any] | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.params = params or {}

    def body(self, request_id: str | None = None) -> dict[str, Any]:
        """The JSON that goes over the wire."""
        return {"code": self.code, "message": self.message, "params": self.params, "request_id": request_id}


class Unauthorized(TongguanError):
    """Nobody is signed in."""

    status = 401


class Forbidden(TongguanError):
    """Signed in, but the role does not allow it."""

    status = 403


class NotFound(TongguanError):
    """It does not exist, or not for this caller."""

    status = 404


class Conflict(TongguanError):
    """The state has moved on; params show both sides."""

    status = 409


class Gone(TongguanError):
    """It existed and does no longer."""

    status = 410


class TooLarge(TongguanError):
    """More bytes than allowed."""

    status = 413


class Invalid(TongguanError):
    """The input is wrong; params name the place."""

    status = 422


class TooMany(TongguanError):
    """Asked too often."""

    status = 429


class Unavailable(TongguanError):
    """Something that is needed is not there at the moment."""

    status = 503
