"""One runner process: `python -m tongguan.runner`. The supervisor starts it at the first question."""

from __future__ import annotations

import os
import signal
import socket
import threading

from tongguan.catalog.media.image import limit_pictures
from tongguan.core import telemetry
from tongguan.core.parent import follow_supervisor
from tongguan.core.settings import load_settings
from tongguan.core.storage import open_storage
from tongguan.deploy.wire.address import listen
from tongguan.runner.server import Server


def main() -> None:
    """Answers until it is told to stop. TONGGUAN_RUNNER_FD hands over an open socket from the supervisor."""
    follow_supervisor()
    settings = load_settings()
    telemetry.configure_logging(settings.log_level, settings.log_json)
    limit_pictures(settings.picture_limit_mpx, settings.picture_limit_side)
    descriptor = os.environ.get("TONGGUAN_RUNNER_FD")
    listener = socket.socket(fileno=int(descriptor)) if descriptor else listen(settings.data_dir)
    server = Server(settings, open_storage(settings), listener)
    done = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: done.set())
    threading.Thread(target=server.serve, daemon=True, name="listener").start()
    telemetry.logger("runner").info("ready", models=settings.runner_models, threads=settings.runner_threads)
    done.wait()


if __name__ == "__main__":
    main()
