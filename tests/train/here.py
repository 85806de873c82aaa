"""Training in the process of the test: the libraries are loaded once for all of its tests."""

from __future__ import annotations

import signal

from tongguan.train.recipes.child import work
from tongguan.train.recipes.folder import RunFolder


def run(folder: RunFolder) -> int:
    """Exit code of the training; the signals of the test stay its own."""
    handlers = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        return work(folder, 0.0)
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
