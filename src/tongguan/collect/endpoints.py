"""Routes of the stage collect: uploads, batches, changing and erasing items. Lists of items are given by prepare."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, BinaryIO
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import StreamingResponse

from tongguan.collect.repository import batches
from tongguan.collect.schemas import (
    BatchIn,
    BatchOut,
    BatchPage,
    EraseIn,
    EraseOut,
    ItemChange,
    ItemsChanged,
    RefusalOut,
    RefusalPage,
    UploadIn,
    UploadOut,
)
from tongguan.collect.service import changes, imports, showing, uploads
from tongguan.core.errors import TooLarge
from tongguan.projects.interface import ProjectAccess, project_role, require_active

router = APIRouter(prefix="/api/v1/projects/{project_id}", tags=["collect"])

Lead = Annotated[ProjectAccess, Depends(project_role("trainer", "manager"), scope="function")]
Team = Annotated[ProjectAccess, Depends(project_role("trainer", "manager", "inspector", "engineer"), scope="function")]
AnyRole = Annotated[ProjectAccess, Depends(project_role(), scope="function")]
READ = 1 << 16


async def chunk_body(request: Request) -> bytes:
    """The raw body of an upload's chunk, at most 16 MiB. Read before a transaction is opened: networks are slow."""
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > uploads.CHUNK_LIMIT:
            raise TooLarge("upload.chunk", "Send at most 16 MiB at a time.", {"limit": uploads.CHUNK_LIMIT})
        parts.append(part)
    return b"".join(parts)


@router.post("/uploads", status_code=201)
def start_upload(access: Lead, body: UploadIn, request: Request) -> UploadOut:
    """Announces a file; its bytes follow with PATCH."""
    require_active(access)
    state = request.app.state
    made = uploads.announce_upload(
        access.session, state.storage, state.settings, access.project.id, access.caller.person_id, body
    )
    return UploadOut.model_validate(made, from_attributes=True)


@router.get("/uploads/{upload_id}")
def get_upload(access: Lead, upload_id: UUID) -> UploadOut:
    """How much of a file has arrived: a broken upload goes on from there."""
    found = uploads.find_upload(access.session, access.project.id, upload_id)
    return UploadOut.model_validate(found, from_attributes=True)


@router.patch(
    "/uploads/{upload_id}",
    openapi_extra={"requestBody": {"required": True, "content": {"application/octet-stream": {}}}},
)
def send_upload(
    body: Annotated[bytes, Depends(chunk_body)],
    access: Lead,
    upload_id: UUID,
    offset: Annotated[int, Query(ge=0, description="Where these bytes begin: `received` of the last answer.")],
    request: Request,
) -> UploadOut:
    """Appends raw bytes. Once this answers, they survive a restart of the server."""
    found = uploads.find_upload(access.session, access.project.id, upload_id, lock=True)
    state = request.app.state
    moved = uploads.receive_bytes(access.session, state.storage, state.settings, found, offset, body)
    return UploadOut.model_validate(moved, from_attributes=True)


@router.post("/batches", status_code=201)
def start_import(access: Lead, body: BatchIn, request: Request) -> BatchOut:
    """Starts an import. It goes on in the background; `job_id` shows its progress."""
    require_active(access)
    settings = request.app.state.settings
    return imports.shown(imports.start_import(access.session, settings, access.caller, access.project.id, body))


@router.get("/batches")
def list_batches(
    access: Team, limit: Annotated[int, Query(ge=1, le=500)] = 100, after: UUID | None = None
) -> BatchPage:
    """Imports, newest first."""
    rows = batches.list_batches(access.session, access.project.id, limit, after)
    following = str(rows[-1].id) if len(rows) == limit else None
    return BatchPage(items=[imports.shown(row) for row in rows], next=following)


@router.get("/batches/{batch_id}")
def get_batch(access: Team, batch_id: UUID) -> BatchOut:
    """One import."""
    return imports.shown(imports.find_batch(access.session, access.project.id, batch_id))


@router.post("/batches/{batch_id}/cancel")
def cancel_import(access: Lead, batch_id: UUID) -> BatchOut:
    """Ends an import early. What has been read stays."""
    return imports.shown(imports.cancel_import(access.session, access.caller, access.project.id, batch_id))


@router.post("/batches/{batch_id}/resume")
def resume_import(access: Lead, batch_id: UUID) -> BatchOut:
    """Continues a failed or cancelled import from where it was, without a duplicate."""
    require_active(access)
    return imports.shown(imports.resume_import(access.session, access.caller, access.project.id, batch_id))


@router.post("/batches/{batch_id}/read")
def read_references(access: Lead, batch_id: UUID) -> BatchOut:
    """Reads the bytes of items that were only listed (`read: false`)."""
    require_active(access)
    return imports.shown(imports.read_references(access.session, access.caller, access.project.id, batch_id))


@router.get("/batches/{batch_id}/refusals")
def list_refusals(
    access: Team,
    batch_id: UUID,
    check: str | None = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    after: UUID | None = None,
) -> RefusalPage:
    """What of a batch did not come in, and why."""
    imports.find_batch(access.session, access.project.id, batch_id)
    rows = batches.list_refusals(access.session, access.project.id, batch_id, limit, after, check)
    following = str(rows[-1].id) if len(rows) == limit else None
    return RefusalPage(items=[RefusalOut.model_validate(row, from_attributes=True) for row in rows], next=following)


@router.patch("/items")
def change_items(access: Lead, body: ItemChange) -> ItemsChanged:
    """Changes licence, consent, group or state of many items."""
    changed = changes.change_items(access.session, access.caller.person_id, access.project.id, body)
    return ItemsChanged(changed=changed)


@router.post("/items/{item_id}/erase")
def erase_item(access: Lead, item_id: UUID, body: EraseIn) -> EraseOut:
    """Erases a picture for good, for instance when its consent is withdrawn; a tombstone stays."""
    return changes.erase_item(access.session, access.caller.person_id, access.project.id, item_id, body.reason)


@router.get("/items/{item_id}/image", response_class=StreamingResponse)
def get_item_image(access: AnyRole, item_id: UUID, request: Request) -> StreamingResponse:
    """The bytes of an item that is referred to, from where they are."""
    item = changes.find_item(access.session, access.project.id, item_id)
    stream, media_type = showing.open_reference(item, request.app.state.settings)
    headers = {
        "Cache-Control": "private, max-age=3600",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    return StreamingResponse(_pieces(stream), media_type=media_type, headers=headers)


def _pieces(stream: BinaryIO) -> Iterator[bytes]:
    with stream:
        while piece := stream.read(READ):
            yield piece
