"""Records of a file in any order, gathered by key on disk: memory holds 16 bytes a record and one number a key."""

from __future__ import annotations

import tempfile
from array import array
from collections.abc import Iterator
from typing import IO, Any

import orjson

IN_MEMORY = 8 * 2**20
# Bytes that wait to be written together.
WAITING = 2**17


class Grouped:
    """`add` in any order, then `take` all records of a key in the order they came. Close it to free the disk."""

    def __init__(self) -> None:
        self._file: IO[bytes] = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115  closed by close()
        self._starts = array("q", [0])
        self._before = array("q")
        self._last: dict[Any, int] = {}
        self._waiting: list[bytes] = []
        self._written = self._end = 0

    def __enter__(self) -> Grouped:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __contains__(self, key: object) -> bool:
        return key in self._last

    def __len__(self) -> int:
        return len(self._before)

    def add(self, key: Any, record: Any) -> None:
        """Keeps a record (anything that JSON can hold) under a key (anything hashable)."""
        data = orjson.dumps(record)
        at = len(self._before)
        self._before.append(self._last.get(key, -1))
        self._last[key] = at
        self._waiting.append(data)
        # A comma stands behind each record, so that some of them are the inside of a list.
        self._end += len(data) + 1
        self._starts.append(self._end)
        if self._end - self._written >= WAITING:
            self._write()

    def _write(self) -> None:
        self._file.seek(0, 2)
        self._file.write(b",".join((*self._waiting, b"")))
        self._waiting.clear()
        self._written = self._end

    def __iter__(self) -> Iterator[Any]:
        """Every key, in order of first appearance."""
        return iter(self._last)

    def take(self, key: Any) -> list[Any]:
        """All records of a key; [] when it has none."""
        if self._waiting:
            self._write()
        # Records of one key mostly came one after the other, and are read together.
        runs: list[tuple[int, int]] = []
        first = self._last.get(key, -1)
        while first >= 0:
            last = first
            while (before := self._before[first]) == first - 1 and before >= 0:
                first = before
            runs.append((first, last))
            first = before
        found: list[Any] = []
        for first, last in reversed(runs):
            found += self._together(first, last)
        return found

    def _together(self, first: int, last: int) -> list[Any]:
        """The records of two numbers and all between them."""
        start = self._starts[first]
        self._file.seek(start)
        data = self._file.read(self._starts[last + 1] - start - 1)
        found: list[Any] = orjson.loads(b"[%b]" % data)
        return found

    def close(self) -> None:
        """Removes the temporary file."""
        self._file.close()
