"""Children that are started before their supervisor is ready: they import while it starts the database.

Light, for it comes before every other import of the program: on two cores half of a start is imports.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

AHEAD = "TONGGUAN_AHEAD_FD"  # read by core.parent
NICE = {"worker": 10}  # from its first import on: the API answers earlier


@dataclass(frozen=True, slots=True)
class Waiting:
    """A child that imports, and then waits for its settings."""

    process: subprocess.Popen[bytes]
    line: socket.socket

    def hand_over(self, environment: Mapping[str, str], descriptors: Sequence[int] = ()) -> bool:
        """Tells the child its settings and gives it open files. False when it has died: start another."""
        try:
            with self.line:
                message = json.dumps(dict(environment)).encode()
                sent = socket.send_fds(self.line, [message], list(descriptors))
                self.line.sendall(message[sent:])
        except OSError:
            return False
        return self.process.poll() is None


_waiting: dict[str, Waiting] = {}


def start(words: Sequence[str]) -> None:
    """Starts API and worker for a command line of `serve` or `demo`, unless it only asks for help."""
    if "--help" in words:
        return
    for name in ("api", "worker") if "--no-worker" not in words else ("api",):
        _waiting[name] = _start(name)


def take(name: str) -> Waiting | None:
    """The waiting child of a name, once; None where none was started."""
    return _waiting.pop(name, None)


def command(name: str) -> list[str]:
    """The command line of a child."""
    return [sys.executable, "-m", f"tongguan.{name}"]


def lower(name: str, process: subprocess.Popen[bytes]) -> None:
    """Gives a child the priority that it has from its first import on."""
    if name in NICE and hasattr(os, "setpriority"):
        os.setpriority(os.PRIO_PROCESS, process.pid, NICE[name])


def _start(name: str) -> Waiting:
    ours, theirs = socket.socketpair()
    with theirs:
        environment = {**os.environ, AHEAD: str(theirs.fileno())}
        process = subprocess.Popen(command(name), env=environment, pass_fds=(theirs.fileno(),))
    lower(name, process)
    return Waiting(process, ours)
