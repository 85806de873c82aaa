"""Records of a file in any order, gathered by key on disk: memory holds 16 bytes a record and one number a key."""

from __future__ import annotations

import itertools
import tempfile
from array import array
from collections.abc import Iterator
from typing import IO, Any

import orjson

IN_MEMORY = 8 * 2**20


class Grouped:
    """`add` in any order, then `take` all records of a key in the order they came. Close it to free the disk."""

    def __init__(self) -> None:
        self._file: IO[bytes] = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115  closed by close()
        self._starts = array("q", [0])
        self._before = array("q")
        self._last: dict[Any, int] = {}

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
        self._file.write(data)
        self._starts.append(self._starts[-1] + len(data))

    def __iter__(self) -> Iterator[Any]:
        """Every key, in order of first appearance."""
        return iter(self._last)

    def take(self, key: Any) -> list[Any]:
        """All records of a key; [] when it has none."""
        records: list[int] = []
        at = self._last.get(key, -1)
        while at >= 0:
            records.append(at)
            at = self._before[at]
        records.reverse()
        found: list[Any] = []
        first = 0
        for last in range(len(records)):
            # Records of one key mostly came one after the other, and are read together.
            if last + 1 == len(records) or records[last + 1] != records[last] + 1:
                found += self._together(records[first], records[last])
                first = last + 1
        self._file.seek(0, 2)
        return found

    def _together(self, first: int, last: int) -> list[Any]:
        """The records of two numbers and all between them."""
        starts = self._starts[first : last + 2]
        self._file.seek(starts[0])
        data = self._file.read(starts[-1] - starts[0])
        return [orjson.loads(data[a - starts[0] : b - starts[0]]) for a, b in itertools.pairwise(starts)]

    def close(self) -> None:
        """Removes the temporary file."""
        self._file.close()
