"""A worker that lives again each time it is killed: `python -m tests.kill.lives`.

The program is imported once and each life is a fork of it, so that twenty deaths cost seconds, not minutes. What a
life does is the worker's own `main`.
"""

from __future__ import annotations

import os
import signal
import sys

from tongguan.worker.process import main as work


def main() -> None:
    """Prints a line for each death by `kill -9`; SIGTERM ends the life under way, and with it this program."""
    while True:
        child = os.fork()
        if child == 0:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            work()
            os._exit(0)
        signal.signal(signal.SIGTERM, lambda *_, pid=child: os.kill(pid, signal.SIGTERM))
        _, status = os.waitpid(child, 0)
        if not os.WIFSIGNALED(status) or os.WTERMSIG(status) != signal.SIGKILL:
            sys.exit(os.waitstatus_to_exitcode(status))
        print("killed", flush=True)


if __name__ == "__main__":
    main()
