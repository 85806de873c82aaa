"""Starts the model runner at the first question, and again when it died."""

from __future__ import annotations

import select
import socket
import subprocess
import sys
import threading
import time

from tongguan.core import telemetry
from tongguan.core.settings import Settings
from tongguan.deploy.wire.address import listen, socket_path

LOOK = 0.2
log = telemetry.logger("supervisor")


class RunnerKeeper:
    """Owns the runner's listening socket: a question that arrives while nobody runs waits in it, none is refused.

    An installation without deployments never has the process, so it costs no memory.
    """

    def __init__(self, settings: Settings, environment: dict[str, str]) -> None:
        self._path = socket_path(settings.data_dir)
        self._listener: socket.socket = listen(settings.data_dir)
        self._environment = {**environment, "TONGGUAN_RUNNER_FD": str(self._listener.fileno())}
        self._stopping = threading.Event()
        self._failures = 0
        self.process: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._run, name="runner-keeper", daemon=True)
        self._thread.start()

    def close(self, grace: float) -> None:
        """Ends the runner and takes the socket away."""
        self._stopping.set()
        self._thread.join(timeout=2)
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(grace)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self._listener.close()
        self._path.unlink(missing_ok=True)

    def _run(self) -> None:
        while not self._stopping.is_set():
            if self.process is None:
                ready, _, _ = select.select([self._listener], [], [], LOOK)
                if ready and not self._stopping.is_set():
                    self._spawn()
            else:
                self._watch(self.process)

    def _spawn(self) -> None:
        command = [sys.executable, "-m", "tongguan.runner"]
        self.process = subprocess.Popen(command, env=self._environment, pass_fds=(self._listener.fileno(),))
        self._started = time.monotonic()
        log.info("started", child="runner", pid=self.process.pid)

    def _watch(self, process: subprocess.Popen[bytes]) -> None:
        try:
            code = process.wait(LOOK)
        except subprocess.TimeoutExpired:
            return
        lived = time.monotonic() - self._started
        self._failures = 0 if lived > 20 else self._failures + 1
        pause = min(0.05 * 2**self._failures, 10)
        log.warning("ended", child="runner", code=code, lived=round(lived, 1), again_in=pause)
        self.process = None
        self._stopping.wait(pause)
