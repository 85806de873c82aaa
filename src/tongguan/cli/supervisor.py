"""Starts and watches the processes of one installation: PostgreSQL, the API, the worker, the model runner."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import threading
import time
from dataclasses import dataclass, field

import psycopg

from tongguan.cli import ahead
from tongguan.cli.runner_keeper import RunnerKeeper
from tongguan.core import backup, embedded, provision, roles, telemetry
from tongguan.core.runtime import start_server
from tongguan.core.settings import Settings

GRACE = 8.0
log = telemetry.logger("supervisor")


@dataclass(slots=True)
class Child:
    """A process that is started again when it ends by itself."""

    name: str
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    failures: int = 0


@dataclass
class Supervisor:
    """Owns the listening socket, so that a restarted API loses no connection attempt."""

    settings: Settings
    workers: bool = True
    children: list[Child] = field(default_factory=list)
    stopping: threading.Event = field(default_factory=threading.Event)
    server: embedded.EmbeddedServer | None = None
    listener: socket.socket | None = None
    runner: RunnerKeeper | None = None
    app_url: str = ""

    def prepare(self) -> None:
        """Opens the port, starts the database, migrates. Raises before any child exists."""
        self.settings.data_dir.mkdir(parents=True, exist_ok=True)
        telemetry.configure_logging(self.settings.log_level, self.settings.log_json)
        self.listener = _listen(self.settings)
        self.settings.bind_port = self.listener.getsockname()[1]
        owner_url, self.server = start_server(self.settings)
        provision.migrate(
            owner_url,
            roles.app_password(self.settings),
            lambda revision: backup.before_migration(self.settings, revision),
        )
        self.app_url = roles.app_url(self.settings, owner_url)

    def start(self) -> None:
        """Starts the children."""
        self.children.append(Child("api"))
        if self.workers:
            self.children.append(Child("worker"))
        for child in self.children:
            self._spawn(child)
        self.runner = RunnerKeeper(self.settings, {**os.environ, **self._told()})

    def run(self) -> None:
        """Watches until told to stop; a child that ends is started again, with a growing pause."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self.stopping.set())
        while not self.stopping.wait(0.5):
            self._keep_database()
            for child in self.children:
                if child.process is not None and child.process.poll() is not None:
                    self._restart(child)

    def close(self) -> None:
        """Ends the children, then the database."""
        for child in self.children:
            if child.process is not None and child.process.poll() is None:
                child.process.terminate()
        until = time.monotonic() + GRACE
        for child in self.children:
            if child.process is None:
                continue
            try:
                child.process.wait(max(0.1, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.process.kill()
                child.process.wait()
        if self.runner is not None:
            self.runner.close(GRACE)
        if self.listener is not None:
            self.listener.close()
        if self.server is not None:
            self.server.stop()

    def _told(self) -> dict[str, str]:
        """What the children are told in their environment."""
        environment = {
            "TONGGUAN_DATA_DIR": str(self.settings.data_dir),
            # Children get the application's role only: nothing that serves people can change the tables.
            "TONGGUAN_DATABASE_URL": self.app_url,
            "TONGGUAN_APP_DATABASE_URL": self.app_url,
            "TONGGUAN_BIND_HOST": self.settings.bind_host,
            "TONGGUAN_BIND_PORT": str(self.settings.bind_port),
            "TONGGUAN_SUPERVISOR": str(os.getpid()),
            "TONGGUAN_LOG_LEVEL": self.settings.log_level,
            "TONGGUAN_LOG_JSON": str(self.settings.log_json).lower(),
        }
        if self.settings.public_url:
            environment["TONGGUAN_PUBLIC_URL"] = self.settings.public_url
        return environment

    def _spawn(self, child: Child) -> None:
        listener = self.listener.fileno() if child.name == "api" and self.listener is not None else None
        descriptors = () if listener is None else (listener,)
        waiting = ahead.take(child.name)
        if waiting is not None and waiting.hand_over(self._told(), descriptors):
            child.process = waiting.process
        else:
            environment = {**os.environ, **self._told()}
            if listener is not None:
                environment["TONGGUAN_LISTEN_FD"] = str(listener)
            child.process = subprocess.Popen(ahead.command(child.name), env=environment, pass_fds=descriptors)
            ahead.lower(child.name, child.process)
        child.started = time.monotonic()
        log.info("started", child=child.name, pid=child.process.pid)

    def _restart(self, child: Child) -> None:
        code = child.process.returncode if child.process else None
        lived = time.monotonic() - child.started
        child.failures = 0 if lived > 60 else child.failures + 1
        pause = min(0.2 * 2**child.failures, 15)
        log.warning("ended", child=child.name, code=code, lived=round(lived, 1), again_in=pause)
        if not self.stopping.wait(pause):
            self._spawn(child)

    def _keep_database(self) -> None:
        """Starts the embedded server again when it has stopped."""
        if self.server is None:
            return
        if embedded.is_running(self.server.folder):
            return
        log.warning("PostgreSQL is not running: starting it again")
        try:
            self.server = embedded.start_again(self.server)
        except (OSError, subprocess.SubprocessError, psycopg.Error, AssertionError) as error:
            log.error("PostgreSQL does not start", error=str(error)[:300])


def _listen(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.bind_host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((settings.bind_host, settings.bind_port))
    listener.listen(1024)
    return listener


def wait_until_ready(settings: Settings, seconds: float = 30) -> bool:
    """Whether the API answers within so many seconds."""
    until = time.monotonic() + seconds
    host = "127.0.0.1" if settings.bind_host in ("0.0.0.0", "") else settings.bind_host  # noqa: S104
    while time.monotonic() < until:
        try:
            with socket.create_connection((host, settings.bind_port), timeout=1) as connection:
                connection.settimeout(5)
                connection.sendall(b"GET /healthz HTTP/1.0\r\nHost: localhost\r\n\r\n")
                if b" 200 " in connection.recv(64):
                    return True
        except OSError:
            time.sleep(0.1)
    return False
