"""Archives as trees: zip, and tar with or without compression. Members that could do harm are left out and listed."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import stat
import tarfile
import tempfile
import zipfile
import zlib
from pathlib import Path
from typing import IO, BinaryIO, TypeVar, cast

from tongguan.catalog.formats.base import ReadError
from tongguan.catalog.formats.paths import is_junk, safe_path

ZIP_SUFFIXES = (".zip",)
TAR_SUFFIXES = (".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz")

MAX_MEMBERS = 5_000_000
MAX_MEMBER_BYTES = 16 * 2**30
# Pictures and labels are rarely packed better than 100 to 1; above this, and above a size that matters, it is a bomb.
MAX_RATIO = 300
RATIO_MATTERS_ABOVE = 256 * 2**20
_CHUNK = 2**20
_DAMAGE = (zipfile.BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError, EOFError, NotImplementedError)


Info = TypeVar("Info", zipfile.ZipInfo, tarfile.TarInfo)


class DamagedMember(OSError):
    """A member whose bytes cannot be unpacked."""


def is_archive_name(name: str) -> bool:
    """Whether the name's ending is one of an archive that can be read."""
    return name.lower().endswith(ZIP_SUFFIXES + TAR_SUFFIXES)


class _Guarded(io.RawIOBase):
    """A member's stream that turns the unpackers' many errors into one, with the member's name."""

    def __init__(self, inner: IO[bytes], name: str) -> None:
        super().__init__()
        self._inner = inner
        self._name = name

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return self._inner.seekable()

    def readinto(self, buffer: object) -> int:
        view = memoryview(cast(bytearray, buffer)).cast("B")
        try:
            data = self._inner.read(len(view))
        except (*_DAMAGE, RuntimeError) as error:
            raise DamagedMember(f"{self._name}: cannot be unpacked ({error})") from error
        view[: len(data)] = data
        return len(data)

    def seek(self, offset: int, whence: int = 0) -> int:
        try:
            return self._inner.seek(offset, whence)
        except _DAMAGE as error:
            raise DamagedMember(f"{self._name}: cannot be unpacked ({error})") from error

    def tell(self) -> int:
        return self._inner.tell()

    def close(self) -> None:
        self._inner.close()
        super().close()


class ArchiveTree:
    """A zip or tar file as a tree. `skipped` lists members left out: outside the tree, links, encrypted, bombs.

    Close it (or use it as a context manager): a compressed tar is unpacked into a temporary file once.
    """

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        self.skipped: list[tuple[str, str]] = []
        self._zip: zipfile.ZipFile | None = None
        self._tar: tarfile.TarFile | None = None
        self._spool: IO[bytes] | None = None
        self._zip_members: dict[str, zipfile.ZipInfo] = {}
        self._tar_members: dict[str, tarfile.TarInfo] = {}
        try:
            if self.path.name.lower().endswith(ZIP_SUFFIXES):
                self._open_zip()
            else:
                self._open_tar()
        except BaseException:
            self.close()
            raise
        self._members = sorted(self._zip_members or self._tar_members)

    def __enter__(self) -> ArchiveTree:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def list(self) -> list[str]:
        """All member paths, sorted by code point."""
        return self._members

    def open(self, path: str) -> BinaryIO:
        """The member's bytes. FileNotFoundError when absent, DamagedMember (an OSError) when it cannot be unpacked."""
        try:
            if self._zip is not None:
                inner: IO[bytes] | None = self._zip.open(self._zip_members[path])
            else:
                assert self._tar is not None  # noqa: S101  one of the two is open
                inner = self._tar.extractfile(self._tar_members[path])
        except KeyError:
            raise FileNotFoundError(f"{path}: not in {self.path.name}") from None
        except (*_DAMAGE, RuntimeError) as error:
            raise DamagedMember(f"{path}: cannot be unpacked ({error})") from error
        if inner is None:
            raise FileNotFoundError(f"{path}: not a file in {self.path.name}")
        return io.BufferedReader(_Guarded(inner, path), 2**16)

    def size(self, path: str) -> int:
        """Bytes of the member, unpacked, as the archive says."""
        try:
            return self._zip_members[path].file_size if self._zip is not None else self._tar_members[path].size
        except KeyError:
            raise FileNotFoundError(f"{path}: not in {self.path.name}") from None

    def close(self) -> None:
        """Closes the archive and removes what was unpacked."""
        for part in (self._zip, self._tar, self._spool):
            if part is not None:
                part.close()
        self._zip = self._tar = self._spool = None

    def _open_zip(self) -> None:
        try:
            self._zip = zipfile.ZipFile(self.path)
            infos = self._zip.infolist()
        except (*_DAMAGE, OSError, ValueError) as error:
            raise ReadError(f"{self.path}: not a readable zip archive ({error})") from error
        if len(infos) > MAX_MEMBERS:
            raise ReadError(f"{self.path}: {len(infos):,} members, at most {MAX_MEMBERS:,} are read")
        total = sum(info.file_size for info in infos)
        self._refuse_bomb(total, max(1, self.path.stat().st_size), "the archive")
        for info in infos:
            if info.is_dir():
                continue
            name = _zip_name(info)
            reason = self._zip_refusal(info)
            self._admit(name, info, reason, self._zip_members)

    def _zip_refusal(self, info: zipfile.ZipInfo) -> str | None:
        if stat.S_ISLNK(info.external_attr >> 16):
            return "a link"
        if info.flag_bits & 0x1:
            return "encrypted"
        if info.file_size > MAX_MEMBER_BYTES:
            return f"{info.file_size:,} bytes unpacked, at most {MAX_MEMBER_BYTES:,} are read"
        return None

    def _open_tar(self) -> None:
        try:
            self._spool = self._plain_tar()
            self._tar = tarfile.open(fileobj=self._spool, mode="r:")  # noqa: SIM115  closed by close()
            infos = self._tar.getmembers()
        except (*_DAMAGE, OSError, ValueError) as error:
            raise ReadError(f"{self.path}: not a readable tar archive ({error})") from error
        if len(infos) > MAX_MEMBERS:
            raise ReadError(f"{self.path}: {len(infos):,} members, at most {MAX_MEMBERS:,} are read")
        for info in infos:
            if info.isdir():
                continue
            reason = None if info.isreg() else "a link" if info.issym() or info.islnk() else "not a plain file"
            self._admit(info.name, info, reason, self._tar_members)

    def _plain_tar(self) -> IO[bytes]:
        """The tar without compression: itself, or unpacked into a temporary file so that members are found at once."""
        lowered = self.path.name.lower()
        if lowered.endswith(".tar"):
            return self.path.open("rb")
        opener = gzip.open if lowered.endswith("gz") else bz2.open if lowered.endswith("bz2") else lzma.open
        packed_size = max(1, self.path.stat().st_size)
        spool = tempfile.TemporaryFile(prefix="tongguan-tar-")  # noqa: SIM115  closed by close()
        try:
            with opener(self.path, "rb") as packed:
                total = 0
                while chunk := packed.read(_CHUNK):
                    total += len(chunk)
                    self._refuse_bomb(total, packed_size, "the archive")
                    spool.write(chunk)
            spool.seek(0)
        except BaseException:
            spool.close()
            raise
        return spool

    def _refuse_bomb(self, unpacked: int, packed: int, what: str) -> None:
        if unpacked > RATIO_MATTERS_ABOVE and unpacked > MAX_RATIO * packed:
            raise ReadError(
                f"{self.path}: {what} would unpack {packed:,} bytes to more than {unpacked:,}: "
                f"refused as a decompression bomb (at most {MAX_RATIO} to 1)"
            )

    def _admit(self, name: str, info: Info, reason: str | None, members: dict[str, Info]) -> None:
        """Takes one member in, or lists it among those left out."""
        clean = safe_path(name)
        if clean is None:
            leaves = ".." in name.replace("\\", "/").split("/") or name[:1] in ("/", "\\")
            reason = "a path that leaves the archive" if leaves else "a path that is not safe"
        elif reason is None and is_junk(clean):
            return
        elif reason is None and members.setdefault(clean, info) is not info:
            reason = "a second member of this name"
        if reason is not None:
            self.skipped.append((name[:300], reason))


def _zip_name(info: zipfile.ZipInfo) -> str:
    """Names without the UTF-8 mark come as code page 437; most were written as UTF-8 or on a Chinese Windows."""
    if info.flag_bits & 0x800 or info.filename.isascii():
        return info.filename
    try:
        raw = info.filename.encode("cp437")
    except UnicodeEncodeError:
        return info.filename
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return info.filename
