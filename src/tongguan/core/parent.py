"""A child process ends when its supervisor is gone, even if that was killed without a word."""

from __future__ import annotations

import os
import signal
import threading
import time


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
