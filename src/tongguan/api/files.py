"""Bytes by signed links: ranges, fixed types, never run by the browser."""

from __future__ import annotations

import re
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response, StreamingResponse

from tongguan.core import links
from tongguan.core.errors import Invalid, NotFound
from tongguan.core.storage import Storage
from tongguan.people.interface import OrgAccess, member

router = APIRouter(tags=["files"])
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")
SMALL = 4 << 20


@router.get("/files/{signed}", response_class=Response)
def get_file(
    access: Annotated[OrgAccess, Depends(member(), scope="function")], signed: str, request: Request
) -> Response:
    """The bytes behind a signed link, whole or a range."""
    link = links.open_link(signed, access.caller.person_id)
    storage: Storage = request.app.state.storage
    found = storage.head(link.key)
    if found is None:
        raise NotFound("file.gone", "These bytes are not stored any more.")
    start, end, status = _range(request.headers.get("range"), found.size)
    headers = {
        "Content-Length": str(end - start),
        "Accept-Ranges": "bytes",
        "Cache-Control": "private, max-age=21600, immutable",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    if status == 206:
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{found.size}"
    if link.name:
        headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(link.name)}"
    if end - start <= SMALL:
        body = b"".join(storage.stream(link.key, start, end))
        return Response(body, status_code=status, headers=headers, media_type=link.media_type)
    return StreamingResponse(
        storage.stream(link.key, start, end), status_code=status, headers=headers, media_type=link.media_type
    )


def _range(header: str | None, size: int) -> tuple[int, int, int]:
    match = _RANGE.fullmatch(header.strip()) if header else None
    if match is None or match.group(0) == "bytes=-":
        return 0, size, 200
    first, last = match.groups()
    start = int(first) if first else max(0, size - int(last))
    end = min(int(last) + 1 if first and last else size, size)
    if start >= size or start >= end:
        raise Invalid("file.range", "This range is outside of the file.", {"size": size})
    return start, end, 206
