"""Where a batch reads from: a folder or archive on the server, uploaded files, a prefix of S3."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, cast
from urllib.parse import urlsplit
from uuid import UUID

from tongguan.catalog.formats.archive import ArchiveTree, is_archive_name
from tongguan.catalog.formats.base import ReadError, Tree
from tongguan.catalog.formats.tree import FolderTree
from tongguan.collect.models import Upload
from tongguan.core import storage as core_storage
from tongguan.core.errors import Invalid
from tongguan.core.settings import Settings
from tongguan.core.storage import Storage

FILE, S3 = "file://", "s3://"


@dataclass(slots=True)
class Source:
    """An opened source. `base` + path is the address of a member, empty where members have none of their own."""

    tree: Tree
    base: str = ""
    parallel: bool = False  # members may be opened by several threads at once
    closers: list[Callable[[], None]] = field(default_factory=list)

    def close(self) -> None:
        """Closes what was opened; copies of archives stay until the batch is finished."""
        for closer in self.closers:
            closer()


def check_location(source: str, location: str, settings: Settings) -> str:
    """The location in its normal form. Invalid when it is missing, not allowed, or not there."""
    if source == "s3":
        return _bucket(location, settings)
    if source in ("folder", "archive"):
        path = allowed_path(location, settings)
        if not (path.is_dir() if source == "folder" else path.is_file()):
            raise _wrong("collect.location_missing", f"There is no {source} at {location}.", location)
        return str(path)
    if source == "list" and location:
        return _bucket(location, settings) if location.startswith(S3) else str(allowed_path(location, settings))
    return location


def allowed_path(location: str, settings: Settings) -> Path:
    """A path below the import roots, and not among the installation's own data. Invalid otherwise."""
    path = Path(location.removeprefix(FILE)).resolve()
    roots = settings.roots()
    if not location or not any(path.is_relative_to(root) for root in roots):
        raise Invalid(
            "collect.location_forbidden",
            f"{location or 'The location'} is not below a folder from which this server may import "
            "(TONGGUAN_IMPORT_ROOTS).",
            {"field": "location", "location": location, "roots": [str(root) for root in roots]},
        )
    data, own_imports = settings.data_dir.resolve(), (settings.data_dir / "import").resolve()
    inside = path.is_relative_to(data) and not path.is_relative_to(own_imports)
    if inside or data.is_relative_to(path):
        raise _wrong("collect.location_forbidden", "This folder holds the installation's own data.", location)
    return path


def _bucket(location: str, settings: Settings) -> str:
    parts = urlsplit(location)
    if parts.scheme != "s3" or not parts.netloc:
        raise _wrong("collect.location_s3", "The location must be s3://bucket/prefix.", location)
    wanted = f"s3://{parts.netloc}/{parts.path.strip('/')}".rstrip("/") + "/"
    own = settings.storage_location.rstrip("/") + "/"
    if wanted.startswith(own) or own.startswith(wanted):
        raise _wrong("collect.location_forbidden", "This prefix holds the installation's own data.", location)
    return wanted.rstrip("/")


def open_source(
    source: str, location: str, uploads: Sequence[Upload], work: Path, storage: Storage, settings: Settings
) -> Source:
    """Opens the tree of a batch. `work` is a folder for copies of uploaded archives. Invalid says what is wrong."""
    try:
        if source == "folder":
            path = allowed_path(location, settings)
            return Source(FolderTree(path), f"{FILE}{path}/", parallel=True)
        if source == "archive":
            archive = ArchiveTree(allowed_path(location, settings))
            return Source(archive, closers=[archive.close])
        if source == "s3":
            return Source(core_storage.tree(location, settings), location.rstrip("/") + "/", parallel=True)
        return _open_uploads(uploads, work, storage)
    except (ReadError, FileNotFoundError, PermissionError) as error:
        raise Invalid(
            "collect.unreadable_source", f"The source cannot be read: {error}", {"detail": str(error)[:500]}
        ) from error
    except OSError as error:
        if error.errno is not None:
            raise  # the machine's trouble (no space, no memory), not the source's
        raise Invalid(
            "collect.unreadable_source", f"The source cannot be read: {error}", {"detail": str(error)[:500]}
        ) from error


def open_address(address: str, settings: Settings) -> BinaryIO:
    """The bytes behind a reference's address. Invalid when the address is of no kind that is read."""
    if address.startswith(FILE):
        return allowed_path(address, settings).open("rb")
    if address.startswith(S3):
        folder, _, name = address.rpartition("/")
        return core_storage.tree(_bucket(folder, settings), settings).open(name)
    raise Invalid(
        "collect.address",
        "Only s3:// addresses and files below the import roots can be read.",
        {"address": address[:300]},
    )


class UploadTree:
    """Uploaded files and the members of uploaded archives as one tree. With several archives, each is a folder."""

    def __init__(self, uploads: Sequence[Upload], work: Path, storage: Storage) -> None:
        self._storage = storage
        self._plain: dict[str, Upload] = {}
        self._packed: dict[str, tuple[ArchiveTree, str]] = {}
        self.skipped: list[tuple[str, str]] = []
        self._archives: list[ArchiveTree] = []
        many = sum(is_archive_name(upload.name) for upload in uploads) > 1
        for upload in uploads:
            if is_archive_name(upload.name):
                self._unpack(upload, work, f"{upload.name.rpartition('/')[2].split('.')[0]}/" if many else "")
            elif upload.name in self._plain:
                self.skipped.append((upload.name, "a second file of this name"))
            else:
                self._plain[upload.name] = upload

    def _unpack(self, upload: Upload, work: Path, prefix: str) -> None:
        archive = ArchiveTree(local_copy(upload, work, self._storage))
        self._archives.append(archive)
        self.skipped.extend((prefix + name, reason) for name, reason in archive.skipped)
        for member in archive.list():
            if prefix + member in self._packed:
                self.skipped.append((prefix + member, f"a second file of this name, in {upload.name}"))
            else:
                self._packed[prefix + member] = (archive, member)

    def list(self) -> list[str]:
        """All paths, sorted by code point."""
        return sorted({*self._plain, *self._packed})

    def open(self, path: str) -> BinaryIO:
        """The bytes of a file or member."""
        if path in self._packed:
            archive, member = self._packed[path]
            return archive.open(member)
        if path not in self._plain:
            raise FileNotFoundError(path)
        upload = self._plain[path]
        if upload.size < 8 * 2**20:
            return cast(BinaryIO, io.BytesIO(self._storage.read(upload.key)))
        return self._storage.open(upload.key)

    def size(self, path: str) -> int:
        """Bytes of a file or member."""
        if path in self._packed:
            archive, member = self._packed[path]
            return archive.size(member)
        if path not in self._plain:
            raise FileNotFoundError(path)
        return self._plain[path].size

    def close(self) -> None:
        """Closes the archives."""
        for archive in self._archives:
            archive.close()


def local_copy(upload: Upload, work: Path, storage: Storage) -> Path:
    """An uploaded archive as a local file, since archives are read at random. Kept for a resume, whole or not."""
    suffix = "".join(Path(upload.name.lower()).suffixes[-2:])
    target = work / f"{upload.id}{suffix}"
    if target.is_file() and target.stat().st_size == upload.size:
        return target
    work.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = target.with_name(target.name + ".part")
    try:
        with part.open("wb") as file:
            for piece in storage.stream(upload.key):
                file.write(piece)
    except OSError:
        part.unlink(missing_ok=True)
        raise
    part.rename(target)
    return target


def work_folder(settings: Settings, org_id: UUID, batch_id: UUID) -> Path:
    """Where a batch keeps copies of uploaded archives while it is read."""
    return settings.data_dir / "spool" / str(org_id) / f"batch-{batch_id}"


def discard_work(settings: Settings, org_id: UUID, batch_id: UUID) -> None:
    """Removes a batch's copies of archives."""
    folder = work_folder(settings, org_id, batch_id)
    if folder.is_dir():
        for file in folder.iterdir():
            file.unlink(missing_ok=True)
        folder.rmdir()


def _open_uploads(uploads: Sequence[Upload], work: Path, storage: Storage) -> Source:
    tree = UploadTree(uploads, work, storage)
    return Source(tree, closers=[tree.close])


def _wrong(code: str, message: str, location: str) -> Invalid:
    return Invalid(code, message, {"field": "location", "location": location[:300]})
