"""A picture out of a request: the body itself, a form, or an item that is there already."""

from __future__ import annotations

import time
from typing import Any
from uuid import UUID

import orjson
from fastapi import Request
from fastapi.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException

from tongguan.collect.interface import find_item
from tongguan.core.errors import Invalid, NotFound, TooLarge
from tongguan.core.settings import Settings
from tongguan.datasets.interface import StoredTree
from tongguan.deploy.service.asking import MOST_NAME, Line
from tongguan.deploy.service.predicting import Means, Picture

MOST_KEY = 200


async def receive(request: Request, line: Line, means: Means, settings: Settings) -> Picture:
    """The picture of a question. Invalid for anything else, TooLarge above the limit."""
    began = time.perf_counter()
    client_key = request.headers.get("idempotency-key") or None
    if client_key is not None and len(client_key) > MOST_KEY:
        raise Invalid("predict.key", f"An idempotency key has at most {MOST_KEY} characters.")
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    limit = settings.predict_limit_mib << 20
    name, item_id = request.query_params.get("name", ""), None
    if kind == "multipart/form-data":
        content, given = await _form(request, limit)
        name = name or given
    elif kind == "application/json":
        item_id = _item_id(await _body(request, 10_000))
        content, given = await run_in_threadpool(_stored, means, settings, line, item_id, limit)
        name = name or given
    else:
        content = await _body(request, limit)
    if not content:
        raise Invalid(
            "predict.empty", "Send a picture: as the body, as the form field `file`, or an item's id as JSON."
        )
    taken = (time.perf_counter() - began) * 1000
    return Picture(content, name[:MOST_NAME], client_key, item_id, taken)


async def _body(request: Request, limit: int) -> bytes:
    parts = bytearray()
    async for piece in request.stream():
        parts += piece
        if len(parts) > limit:
            raise TooLarge("predict.too_large", f"More than {limit >> 20} MiB.", {"limit_mib": limit >> 20})
    return bytes(parts)


async def _form(request: Request, limit: int) -> tuple[bytes, str]:
    if int(request.headers.get("content-length") or 0) > limit + 10_000:
        raise TooLarge("predict.too_large", f"More than {limit >> 20} MiB.", {"limit_mib": limit >> 20})
    try:
        async with request.form(max_files=1, max_fields=5, max_part_size=limit) as form:
            file: Any = form.get("file")
            if not isinstance(file, UploadFile):
                raise Invalid("predict.empty", "The form needs the field `file` with a picture.")
            content = await file.read(limit + 1)
            if len(content) > limit:
                raise TooLarge("predict.too_large", f"More than {limit >> 20} MiB.", {"limit_mib": limit >> 20})
            return content, file.filename or ""
    except MultiPartException as error:
        raise Invalid("predict.form", f"The form cannot be read: {error.message[:200]}") from error


def _item_id(body: bytes) -> UUID:
    try:
        return UUID(orjson.loads(body)["item_id"])
    except (ValueError, KeyError, TypeError, AttributeError):
        raise Invalid("predict.item", 'JSON must be {"item_id": "…"}.') from None


def _stored(means: Means, settings: Settings, line: Line, item_id: UUID, limit: int) -> tuple[bytes, str]:
    with means.database.transaction(line.org_id) as session:
        item = find_item(session, line.project_id, item_id)
    try:
        with StoredTree(means.storage, settings).open(item.location) as stream:
            content = stream.read(limit + 1)
    except FileNotFoundError:
        raise NotFound("file.gone", "These bytes are not stored any more.") from None
    if len(content) > limit:
        raise TooLarge("predict.too_large", f"More than {limit >> 20} MiB.", {"limit_mib": limit >> 20})
    return content, item.name
