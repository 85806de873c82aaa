"""The byte store: a folder or S3, one interface, streaming. Bytes never pass through the database."""

from __future__ import annotations

import errno
import io
import itertools
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast
from urllib.parse import unquote, urlsplit

import obstore
from obstore.exceptions import GenericError
from obstore.store import LocalStore, MemoryStore, ObjectStore, S3Store

from tongguan.core.settings import Settings

CHUNK = 1 << 20
_NUMBERS = itertools.count(1)


@dataclass(frozen=True, slots=True)
class StoredObject:
    """What is known of a stored object without reading it."""

    key: str
    size: int


class Storage:
    """Reads and writes objects by key. Keys begin with the organization."""

    def __init__(self, store: ObjectStore) -> None:
        self.store = store
        self._folder = store.prefix if isinstance(store, LocalStore) else None

    def put(self, key: str, data: bytes | Iterable[bytes] | BinaryIO) -> None:
        """Stores an object whole: readers see the old one or the new one, never a part.

        OSError with ENOSPC when the disk or the quota is full.
        """
        file = self._file(key)
        if file is not None and isinstance(data, bytes) and "#" not in key:
            _write(file, data)
            return
        try:
            obstore.put(self.store, key, data if isinstance(data, bytes) else cast(Any, data))
        except GenericError as error:
            if "No space left" in str(error) or "quota exceeded" in str(error).lower():
                raise OSError(errno.ENOSPC, "No space left on device") from error
            raise

    def read(self, key: str) -> bytes:
        """All bytes of an object. FileNotFoundError when absent."""
        return bytes(obstore.get(self.store, key).bytes())

    def open(self, key: str) -> BinaryIO:
        """A seekable reader that fetches as it goes; in a folder it is the file itself."""
        file = self._file(key)
        if file is not None:
            # Through the store each picture costs three hops between threads, twenty times as much as opening a file.
            return file.open("rb")
        return cast(BinaryIO, io.BufferedReader(_Reader(self.store, key), CHUNK))

    def stream(self, key: str, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """The bytes from start to end (exclusive) in chunks."""
        size = self.size(key)
        position, stop = start, size if end is None else min(end, size)
        while position < stop:
            upto = min(position + CHUNK, stop)
            yield bytes(obstore.get_range(self.store, key, start=position, end=upto))
            position = upto

    def head(self, key: str) -> StoredObject | None:
        """Size of an object, or None when absent."""
        try:
            meta = obstore.head(self.store, key)
        except FileNotFoundError:
            return None
        return StoredObject(key, int(meta["size"]))

    def size(self, key: str) -> int:
        """Bytes of an object. FileNotFoundError when absent."""
        found = self.head(key)
        if found is None:
            raise FileNotFoundError(key)
        return found.size

    def delete(self, key: str) -> None:
        """Removes an object; absent is fine."""
        try:
            obstore.delete(self.store, key)
        except FileNotFoundError:
            return

    def list(self, prefix: str) -> Iterator[StoredObject]:
        """All objects below a prefix."""
        for page in obstore.list(self.store, prefix):
            for meta in page:
                yield StoredObject(str(meta["path"]), int(meta["size"]))

    def _file(self, key: str) -> Path | None:
        """The file of a key in a folder; None in another store, or for a key that the store has to judge itself."""
        if self._folder is None or not {"", ".", ".."}.isdisjoint(key.split("/")):
            return None
        return self._folder / key


def _write(file: Path, data: bytes) -> None:
    """Writes a file whole, as the local store does: beside it under a name that no listing shows (a number behind #),
    then in its place.

    Through the store's own threads one picture costs ten times as much.
    """
    beside = file.with_name(f"{file.name}#{os.getpid()}{next(_NUMBERS):012}")
    try:
        try:
            beside.write_bytes(data)
        except FileNotFoundError:
            file.parent.mkdir(parents=True, exist_ok=True)
            beside.write_bytes(data)
        beside.replace(file)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


class _Reader(io.RawIOBase):
    """A raw reader over ranges of an object."""

    def __init__(self, store: ObjectStore, key: str) -> None:
        self._store, self._key = store, key
        self._size = int(obstore.head(store, key)["size"])
        self._position = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size}[whence]
        self._position = max(0, base + offset)
        return self._position

    def readinto(self, buffer: Any) -> int:
        want = min(len(buffer), self._size - self._position)
        if want <= 0:
            return 0
        data = bytes(obstore.get_range(self._store, self._key, start=self._position, end=self._position + want))
        buffer[: len(data)] = data
        self._position += len(data)
        return len(data)


def open_storage(settings: Settings) -> Storage:
    """The installation's byte store."""
    return Storage(open_store(settings.storage_location, settings, make=True))


def memory_storage() -> Storage:
    """A store in memory, for tests."""
    return Storage(MemoryStore())


def open_store(url: str, settings: Settings, make: bool = False) -> ObjectStore:
    """An object store for file:///folder or s3://bucket/prefix."""
    parts = urlsplit(url)
    if parts.scheme == "file":
        folder = Path(unquote(parts.path))
        if make:
            folder.mkdir(parents=True, exist_ok=True)
        return LocalStore(folder)
    if parts.scheme != "s3":
        raise ValueError(f"storage must be file:// or s3://, not {url!r}")
    options: dict[str, Any] = {"region": settings.s3_region}
    if settings.s3_endpoint:
        options["endpoint"] = settings.s3_endpoint
        options["virtual_hosted_style_request"] = False
    if settings.s3_access_key:
        options["access_key_id"] = settings.s3_access_key
        options["secret_access_key"] = settings.s3_secret_key or ""
    client: dict[str, Any] = {"allow_http": True} if (settings.s3_endpoint or "").startswith("http://") else {}
    return S3Store(parts.netloc, prefix=parts.path.strip("/") or None, client_options=cast(Any, client), **options)


class StoreTree:
    """A `Tree` (catalog.formats.base) over a prefix of a store."""

    def __init__(self, store: ObjectStore) -> None:
        self._storage = Storage(store)
        self._sizes: dict[str, int] | None = None

    def list(self) -> list[str]:
        """All keys below the prefix, sorted."""
        if self._sizes is None:
            self._sizes = {found.key: found.size for found in self._storage.list("")}
        return sorted(self._sizes)

    def open(self, path: str) -> BinaryIO:
        """A reader of one object."""
        return self._storage.open(path)

    def size(self, path: str) -> int:
        """Bytes of one object."""
        return self._storage.size(path)


def tree(url: str, settings: Settings) -> StoreTree:
    """A tree over an S3 prefix or a folder below the import roots. PermissionError outside of them."""
    parts = urlsplit(url)
    if parts.scheme == "file":
        folder = Path(unquote(parts.path)).resolve()
        if not any(folder == root or root in folder.parents for root in settings.roots()):
            raise PermissionError(str(folder))
    return StoreTree(open_store(url, settings))
