"""Links to bytes: signed, bound to person, project, key and time."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from dataclasses import dataclass
from uuid import UUID

import orjson

from tongguan.core.auth import Caller
from tongguan.core.errors import Forbidden, Gone

PREFIX = "/files/"
# Links are rounded up to the hour, so that the browser's cache serves the same address for a while.
STEP, LIFETIME = 3600, 6 * 3600
_key: bytes = b""


def configure(secret: str) -> None:
    """Sets the signing key of this process."""
    global _key
    _key = hashlib.sha256(b"links:" + secret.encode()).digest()


@dataclass(frozen=True, slots=True)
class FileLink:
    """What a link opens, and for whom."""

    person_id: UUID
    project_id: UUID
    key: str
    media_type: str
    name: str | None


def sign(link: FileLink) -> str:
    """The path that opens the link, valid for 6 to 7 hours."""
    until = (int(time.time()) // STEP + 1) * STEP + LIFETIME
    payload = orjson.dumps([str(link.person_id), str(link.project_id), link.key, link.media_type, link.name, until])
    return PREFIX + _pack(payload) + "." + _pack(_mac(payload))


def open_link(signed: str, person_id: UUID) -> FileLink:
    """Checks a link. Forbidden when it is forged or someone else's, Gone when its time is over."""
    head, _, tail = signed.partition(".")
    try:
        payload, mac = _unpack(head), _unpack(tail)
    except ValueError:
        raise Forbidden("file.link", "This link is not valid.") from None
    if not hmac.compare_digest(mac, _mac(payload)):
        raise Forbidden("file.link", "This link is not valid.")
    person, project, key, media_type, name, until = orjson.loads(payload)
    if UUID(person) != person_id:
        raise Forbidden("file.person", "This link belongs to another person.")
    if time.time() > until:
        raise Gone("file.expired", "This link has expired: load the page again.")
    return FileLink(UUID(person), UUID(project), key, media_type, name)


def asset_link(caller: Caller, project_id: UUID, key: str, media_type: str, name: str | None = None) -> str:
    """A signed path to a stored object for one person."""
    return sign(FileLink(caller.person_id, project_id, key, media_type, name))


def _mac(payload: bytes) -> bytes:
    if not _key:
        raise RuntimeError("links.configure was not called")
    return hmac.new(_key, payload, hashlib.sha256).digest()[:18]


def _pack(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _unpack(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
