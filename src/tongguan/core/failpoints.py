"""Named places where tests make a process fail: killed, out of space, or with an error.

`TONGGUAN_FAILPOINTS="collect.after_chunk=kill@3;datasets.export=enospc"` acts at the third and first passing.
`collect.after_chunk=kill@3!/tmp/marker` acts once for all processes: it makes the marker file, and does nothing where
the file is there already, so that a process which is started again lives on.
"""

from __future__ import annotations

import errno
import os
import signal
from collections import Counter
from pathlib import Path

_passed: Counter[str] = Counter()
_armed: dict[str, tuple[str, int, str]] = {}


class FailpointError(RuntimeError):
    """Raised by a failpoint with the action `error`."""


def arm(spec: str) -> None:
    """Replaces the armed failpoints by `name=action[@n][!marker];…`; actions: kill, enospc, error. Empty disarms."""
    _armed.clear()
    _passed.clear()
    for part in filter(None, (piece.strip() for piece in spec.split(";"))):
        name, _, action = part.partition("=")
        action, _, marker = action.partition("!")
        what, _, count = action.partition("@")
        _armed[name] = (what, int(count or 1), marker)


def hit(name: str) -> None:
    """Passes the failpoint `name`; does nothing unless it is armed."""
    if name not in _armed:
        return
    _passed[name] += 1
    action, at, marker = _armed[name]
    if _passed[name] != at or (marker and not _first(marker)):
        return
    if action == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    elif action == "enospc":
        raise OSError(errno.ENOSPC, "No space left on device")
    else:
        raise FailpointError(name)


def _first(marker: str) -> bool:
    """Makes the marker file; whether it was not there before."""
    try:
        Path(marker).touch(exist_ok=False)
    except FileExistsError:
        return False
    return True


arm(os.environ.get("TONGGUAN_FAILPOINTS", ""))
