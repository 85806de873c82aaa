"""What can go wrong, as types: each carries the server's code and the facts behind it."""

from __future__ import annotations

from typing import Any


class TongguanError(Exception):
    """Base of all errors of the client. `code` is stable (`area.what`), `params` hold the facts."""

    def __init__(
        self,
        code: str,
        message: str,
        params: dict[str, Any] | None = None,
        status: int = 0,
        request_id: str | None = None,
    ) -> None:
        super().__init__(f"{code}: {message}")
        self.code, self.message, self.params = code, message, params or {}
        self.status, self.request_id = status, request_id


class Unauthorized(TongguanError):
    """401: the token is missing or ended."""


class Forbidden(TongguanError):
    """403: the role does not allow it."""


class NotFound(TongguanError):
    """404: it does not exist, or not for this caller."""


class Conflict(TongguanError):
    """409: the state has moved on."""


class Invalid(TongguanError):
    """400, 413, 422: the input is wrong; `params` name the place."""


class TooMany(TongguanError):
    """429: asked too often, also after waiting."""


class Unavailable(TongguanError):
    """5xx, or no answer at all (status 0), also after trying again."""


class JobFailed(TongguanError):
    """Long work ended without a result: failed (code and words of the failure) or cancelled (`job.cancelled`)."""


_BY_STATUS: dict[int, type[TongguanError]] = {
    400: Invalid,
    401: Unauthorized,
    403: Forbidden,
    404: NotFound,
    409: Conflict,
    410: NotFound,
    413: Invalid,
    422: Invalid,
    429: TooMany,
}


def error_of(status: int, body: Any, request_id: str | None = None) -> TongguanError:
    """The error of an answer, whoever answered: ours, or a proxy in between."""
    kind = _BY_STATUS.get(status, Unavailable if status >= 500 else TongguanError)
    if isinstance(body, dict) and isinstance(body.get("code"), str):
        params = body.get("params") if isinstance(body.get("params"), dict) else {}
        return kind(body["code"], str(body.get("message", "")), params, status, body.get("request_id") or request_id)
    return kind(f"http_{status}", f"The server answered {status}.", {}, status, request_id)
