"""Where writers put files: a folder, or a zip that is written as it goes."""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import IO, Any, cast

from tongguan.catalog.formats.paths import safe_path, suffix_of

# Already packed tightly: packing again costs time and gains nothing.
_PACKED = frozenset({".jpg", ".jpeg", ".png", ".webp", ".gif", ".tif", ".tiff"})
IN_MEMORY = 2**20
# A new file, or an old one from its beginning; bytes stay bytes on every system.
_NEW = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
_EPOCH = (1980, 1, 1, 0, 0, 0)


class FolderSink:
    """Writes below a folder, which is made when missing. `files` counts what was written."""

    def __init__(self, root: Path | str) -> None:
        self.root = Path(root)
        self.root.mkdir(parents=True, exist_ok=True)
        self._root = str(self.root)
        self.files = 0
        self._made: set[str] = set()

    def write(self, path: str, chunks: Iterable[bytes]) -> None:
        """Stores one file; a file left half written by an error is removed."""
        clean = safe_path(path)
        if clean is None:
            raise ValueError(f"{path!r} is not a path inside the target")
        # Paths as plain text and no buffer: with small files, more time goes into these than into writing.
        target = f"{self._root}{os.sep}{clean}"
        parent = clean.rpartition("/")[0]
        if parent not in self._made:
            os.makedirs(f"{self._root}{os.sep}{parent}", exist_ok=True)  # noqa: PTH103
            self._made.add(parent)
        try:
            out = os.open(target, _NEW, 0o666)
            try:
                for chunk in chunks:
                    _write_all(out, chunk)
            finally:
                os.close(out)
        except BaseException:
            Path(target).unlink(missing_ok=True)
            raise
        self.files += 1

    def close(self) -> None:
        """Everything is on disk already."""


def _write_all(out: int, chunk: bytes) -> None:
    """All of a chunk: the system may take less than it is given."""
    written = os.write(out, chunk)
    while written < len(chunk):
        written += os.write(out, memoryview(chunk)[written:])


class _Pending:
    """A growing file whose end is kept in memory: zipfile goes back to the head of each member to write its length, and
    on a plain file each of these steps is a call of the system. The file stands at `_base`, where memory begins."""

    def __init__(self, target: IO[bytes]) -> None:
        self._target, self._tail, self._base = target, io.BytesIO(), target.tell()

    def seekable(self) -> bool:
        return True

    def flush(self) -> None:
        """`settle` does it, when there is enough."""

    def write(self, data: Any) -> int:
        return self._tail.write(data)

    def tell(self) -> int:
        return self._base + self._tail.tell()

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        if whence != io.SEEK_SET:
            raise io.UnsupportedOperation("only positions from the start")
        if not 0 <= offset - self._base <= self._tail.getbuffer().nbytes:
            self.settle()
            self._base = self._target.seek(offset)
        self._tail.seek(offset - self._base)
        return offset

    def settle(self) -> None:
        """Puts on disk what is in memory; the position stays where it is."""
        position = self.tell()
        self._target.write(self._tail.getvalue())
        self._base, self._tail = self._target.seek(position), io.BytesIO()

    def settle_above(self, limit: int) -> None:
        """The same, once more than `limit` bytes are in memory."""
        if self._tail.tell() > limit:
            self.settle()


class ZipSink:
    """Writes a zip to a path or to any binary stream, member after member. Same input, same bytes."""

    def __init__(self, target: Path | str | IO[bytes]) -> None:
        self._own = Path(target).open("wb") if isinstance(target, (str, Path)) else None  # noqa: SIM115  closed by close()
        self._pending = _Pending(self._own or cast(IO[bytes], target))
        self._zip = zipfile.ZipFile(cast(IO[bytes], self._pending), "w", allowZip64=True)
        self.files = 0

    def write(self, path: str, chunks: Iterable[bytes]) -> None:
        """Stores one member. The first chunk is taken before the member is begun, so an absent source leaves none."""
        clean = safe_path(path)
        if clean is None:
            raise ValueError(f"{path!r} is not a path inside the archive")
        pending = iter(chunks)
        first = next(pending, b"")
        info = zipfile.ZipInfo(clean, _EPOCH)
        info.compress_type = zipfile.ZIP_STORED if suffix_of(clean) in _PACKED else zipfile.ZIP_DEFLATED
        info.external_attr = 0o644 << 16
        with self._zip.open(info, "w", force_zip64=True) as out:
            out.write(first)
            for chunk in pending:
                out.write(chunk)
                self._pending.settle_above(IN_MEMORY)
        self._pending.settle_above(IN_MEMORY)
        self.files += 1

    def close(self) -> None:
        """Writes the directory of the archive; without it the archive cannot be read."""
        self._zip.close()
        self._pending.settle()
        if self._own is not None:
            self._own.close()
