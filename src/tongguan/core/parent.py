"""A child process and its supervisor: the settings come from it, and the child ends when it is gone."""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
import threading
import time

MOST_FILES = 4


def take_settings() -> list[int]:
    """Where the supervisor started this process ahead of the database (TONGGUAN_AHEAD_FD): waits for the settings,
    which become the environment, and gives the open files that came with them. Ends when the supervisor is gone."""
    descriptor = os.environ.pop("TONGGUAN_AHEAD_FD", None)
    if descriptor is None:
        return []
    message = bytearray()
    try:
        with socket.socket(fileno=int(descriptor)) as line:
            piece, files, _, _ = socket.recv_fds(line, 1 << 16, MOST_FILES)
            while piece:
                message += piece
                piece = line.recv(1 << 16)
    except (KeyboardInterrupt, OSError):
        message.clear()
    if not message:
        sys.exit(0)
    os.environ.update(json.loads(message))
    return files


def follow_supervisor() -> None:
    """Watches the supervisor (TONGGUAN_SUPERVISOR) from a thread; does nothing when run alone."""
    wanted = os.environ.get("TONGGUAN_SUPERVISOR")
    if not wanted:
        return

    def watch() -> None:
        while os.getppid() == int(wanted):
            time.sleep(0.5)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, name="follow-supervisor", daemon=True).start()
