"""One worker process."""

from __future__ import annotations

import gc
import os
import signal
import threading

from tongguan.catalog.media.image import limit_pictures
from tongguan.core import links, telemetry
from tongguan.core.parent import follow_supervisor, take_settings
from tongguan.core.runtime import open_runtime
from tongguan.core.settings import load_settings, secret_of
from tongguan.worker.engine import Engine
from tongguan.worker.stages import JOB_MODULES


def main() -> None:
    """Works until it is told to stop."""
    take_settings()
    follow_supervisor()
    if hasattr(os, "nice"):
        os.nice(max(0, 10 - os.nice(0)))  # people who wait for their next task come before work behind the scenes
    settings = load_settings()
    runtime = open_runtime(settings, pool_size=6)
    links.configure(secret_of(settings, "links"))
    limit_pictures(settings.picture_limit_mpx, settings.picture_limit_side)
    gc.freeze()  # what the modules hold stays for good: no collection looks at it again
    gc.enable()
    engine = Engine(runtime)
    done = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: done.set())
    engine.launch()
    telemetry.logger("worker").info("ready", stages=len(JOB_MODULES))
    done.wait()
    if not engine.stop():
        os._exit(0)  # what still runs resumes at the next start
    runtime.close()
