"""Named places where tests make a process fail: killed, out of space, or with an error.

`TONGGUAN_FAILPOINTS="collect.after_chunk=kill@3;datasets.export=enospc"` acts at the third and first passing.
"""

from __future__ import annotations

import errno
import os
import signal
from collections import Counter

_passed: Counter[str] = Counter()
_armed: dict[str, tuple[str, int]] = {}


class FailpointError(RuntimeError):
    """Raised by a failpoint with the action `error`."""


def arm(spec: str) -> None:
    """Replaces the armed failpoints by `name=action[@n];…`; actions: kill, enospc, error. Empty disarms."""
    _armed.clear()
    _passed.clear()
    for part in filter(None, (piece.strip() for piece in spec.split(";"))):
        name, _, action = part.partition("=")
        what, _, count = action.partition("@")
        _armed[name] = (what, int(count or 1))


def hit(name: str) -> None:
    """Passes the failpoint `name`; does nothing unless it is armed."""
    if name not in _armed:
        return
    _passed[name] += 1
    action, at = _armed[name]
    if _passed[name] != at:
        return
    if action == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    elif action == "enospc":
        raise OSError(errno.ENOSPC, "No space left on device")
    else:
        raise FailpointError(name)


arm(os.environ.get("TONGGUAN_FAILPOINTS", ""))
