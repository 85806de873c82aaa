"""Resumable uploads: bytes go to a spool in the data folder, and when all are there into the byte store."""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from tongguan.collect.events import UPLOAD_EXPIRED
from tongguan.collect.models import Upload
from tongguan.collect.repository import batches
from tongguan.collect.schemas import UploadIn
from tongguan.core import failpoints
from tongguan.core.clock import now
from tongguan.core.database import Session
from tongguan.core.errors import Conflict, Invalid, NotFound, TooLarge, Unavailable
from tongguan.core.events import emit
from tongguan.core.settings import Settings
from tongguan.core.storage import Storage

CHUNK_LIMIT = 16 * 2**20
READ = 1 << 20
KEPT = timedelta(days=7)


def spool_path(settings: Settings, org_id: UUID, upload_id: UUID) -> Path:
    """Where an unfinished upload lies. The folder survives a restart."""
    return settings.data_dir / "spool" / str(org_id) / str(upload_id)


def upload_key(org_id: UUID, upload_id: UUID) -> str:
    """Storage key of a finished upload."""
    return f"{org_id}/uploads/{upload_id}"


def safe_name(name: str) -> str:
    """A file name from a browser as a `/` path inside the batch. Invalid when it tries to leave it."""
    text = name.replace("\\", "/").lstrip("/")
    parts = [part for part in text.split("/") if part not in ("", ".")]
    if not parts or ".." in parts or any(ord(char) < 32 or ord(char) == 127 for char in text):
        raise Invalid(
            "upload.name", "The file name is not a path inside the upload.", {"field": "name", "name": name[:200]}
        )
    return "/".join(parts)


def announce_upload(
    session: Session, storage: Storage, settings: Settings, project_id: UUID, person_id: UUID, announced: UploadIn
) -> Upload:
    """Makes room for a file; an empty one is complete at once. TooLarge above the installation's limit."""
    limit = int(settings.upload_limit_gib * 2**30)
    if announced.size > limit:
        raise TooLarge(
            "upload.too_large",
            f"The file has {announced.size:,} bytes, at most {limit:,} are taken.",
            {"size": announced.size, "limit": limit},
        )
    upload = Upload(
        project_id=project_id,
        name=safe_name(announced.name),
        size=announced.size,
        received=0,
        state="receiving",
        sha256=announced.sha256 or "",
        created_by=person_id,
    )
    session.add(upload)
    session.flush()
    session.refresh(upload)
    if upload.size == 0:
        receive_bytes(session, storage, settings, upload, 0, b"")
    return upload


def find_upload(session: Session, project_id: UUID, upload_id: UUID, lock: bool = False) -> Upload:
    """The upload; NotFound when this project has none of that id."""
    upload = batches.get_upload(session, project_id, upload_id, lock)
    if upload is None:
        raise NotFound("upload.unknown", "There is no such upload.", {"id": str(upload_id)})
    return upload


def receive_bytes(
    session: Session, storage: Storage, settings: Settings, upload: Upload, offset: int, data: bytes
) -> Upload:
    """Appends bytes at `offset`, which must be what has been received; the answer is sent after they are on disk.

    The file is cut to the offset first: bytes written before a crash, but never acknowledged, are written again.
    Conflict `upload.offset` names the offset that is expected. The last chunk moves the file into the byte store;
    a wrong checksum makes the upload `failed`. If the spool was lost, `received` falls back to 0: send from there.
    """
    if upload.state != "receiving":
        raise Conflict(
            "upload.closed", "This upload is complete.", {"state": upload.state, "received": upload.received}
        )
    if offset != upload.received:
        raise Conflict(
            "upload.offset",
            f"Bytes are expected from {upload.received:,} on, not from {offset:,}.",
            {"received": upload.received, "offset": offset},
        )
    if offset + len(data) > upload.size:
        raise Invalid(
            "upload.size", "More bytes than were announced.", {"size": upload.size, "got": offset + len(data)}
        )
    path = spool_path(settings, upload.org_id, upload.id)
    try:
        if not _append(path, offset, data):
            upload.received = 0
            session.flush()
            return upload
        failpoints.hit("collect.upload_spooled")
        upload.received = offset + len(data)
        if upload.received == upload.size:
            _finish(storage, upload, path)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise no_space() from error
        raise
    session.flush()
    return upload


def no_space() -> Unavailable:
    """The error of a full disk, for people."""
    return Unavailable(
        "storage.full", "The server has no space left. What was saved is kept; free some space and continue.", {}
    )


def _append(path: Path, offset: int, data: bytes) -> bool:
    """Writes and syncs; False when the bytes before the offset are gone."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not path.exists():
        path.touch(mode=0o600)
    if path.stat().st_size < offset:
        return False
    with path.open("r+b") as file:
        file.truncate(offset)
        file.seek(offset)
        failpoints.hit("collect.upload_write")
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    return True


def _finish(storage: Storage, upload: Upload, path: Path) -> None:
    if upload.sha256 and _digest(path) != upload.sha256:
        path.unlink(missing_ok=True)
        upload.state = "failed"
        return
    key = upload_key(upload.org_id, upload.id)
    storage.put(key, chunks(path))
    failpoints.hit("collect.upload_stored")
    upload.key, upload.state = key, "stored"
    path.unlink(missing_ok=True)


def chunks(path: Path) -> Iterator[bytes]:
    """A file in pieces of 1 MiB."""
    with path.open("rb") as file:
        while piece := file.read(READ):
            yield piece


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    for piece in chunks(path):
        digest.update(piece)
    return digest.hexdigest()


def expire_uploads(session: Session) -> int:
    """Gives up uploads that nobody finished or imported for a week. Returns how many."""
    expired = batches.forgotten_uploads(session, now() - KEPT)
    for upload in expired:
        upload.state = "failed"
        emit(session, UPLOAD_EXPIRED, {"upload_id": str(upload.id)})
    return len(expired)


def discard_upload(storage: Storage, settings: Settings, org_id: UUID, upload_id: UUID) -> None:
    """Removes the bytes of an upload that was given up. Can be repeated."""
    spool_path(settings, org_id, upload_id).unlink(missing_ok=True)
    storage.delete(upload_key(org_id, upload_id))
