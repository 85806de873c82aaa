"""One array of a growing file, gathered in a temporary file so that memory stays constant."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from typing import IO

CHUNK = 2**20
IN_MEMORY = 4 * 2**20


class Part:
    """Entries one after the other, with a separator between them; `chunks` gives them back once all are in."""

    def __init__(self, separator: bytes = b",") -> None:
        self._spool: IO[bytes] = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115  closed by close()
        self._separator = separator
        self.count = 0

    def add(self, entry: bytes) -> None:
        """One more entry."""
        self._spool.write((self._separator + b"\n" if self.count else b"") + entry)
        self.count += 1

    def chunks(self) -> Iterator[bytes]:
        """Everything, in order."""
        self._spool.seek(0)
        while chunk := self._spool.read(CHUNK):
            yield chunk

    def close(self) -> None:
        """Removes the temporary file."""
        self._spool.close()
