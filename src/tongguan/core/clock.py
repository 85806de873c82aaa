"""The one clock: UTC with zone, frozen by tests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

_frozen: ContextVar[datetime | None] = ContextVar("tongguan_clock", default=None)


def now() -> datetime:
    """The present time in UTC, or the frozen one inside `frozen`."""
    return _frozen.get() or datetime.now(UTC)


@contextmanager
def frozen(moment: datetime) -> Iterator[None]:
    """Freezes `now()` in this context; for tests of waiting times and leases."""
    token = _frozen.set(moment)
    try:
        yield
    finally:
        _frozen.reset(token)
