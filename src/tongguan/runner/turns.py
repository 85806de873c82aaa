"""Who runs next: a few pictures at a time, live answers before shadow ones."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Turns:
    """At most `places` at a time; one that is not urgent waits while an urgent one waits."""

    def __init__(self, places: int) -> None:
        self.places = max(1, places)
        self._free = self.places
        self._urgent = 0
        self._changed = threading.Condition()

    @contextmanager
    def take(self, urgent: bool) -> Iterator[None]:
        """Waits for a place and holds it."""
        with self._changed:
            self._urgent += urgent
            while self._free == 0 or (self._urgent and not urgent):
                self._changed.wait()
            self._urgent -= urgent
            self._free -= 1
        try:
            yield
        finally:
            with self._changed:
                self._free += 1
                self._changed.notify_all()
