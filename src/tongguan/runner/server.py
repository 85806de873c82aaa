"""Connections of the runner: one thread each, many questions after another."""

from __future__ import annotations

import os
import socket
import threading

from tongguan.core import telemetry
from tongguan.core.settings import Settings
from tongguan.core.storage import Storage
from tongguan.deploy.wire import frames
from tongguan.runner.shelf import Shelf
from tongguan.runner.turns import Turns
from tongguan.runner.work import Work

log = telemetry.logger("runner")


class Server:
    """Answers on a listening socket until it is closed."""

    def __init__(self, settings: Settings, storage: Storage, listener: socket.socket) -> None:
        # Read by the recipes when a model is opened: one number for all models of this process.
        os.environ["TONGGUAN_PREDICT_THREADS"] = str(settings.runner_threads or _cores())
        shelf = Shelf(storage, settings.data_dir / "tmp" / "runner", settings.runner_models)
        self._work = Work(shelf, Turns(settings.runner_parallel))
        self._listener = listener
        self._closed = threading.Event()
        self._open: set[socket.socket] = set()

    def serve(self) -> None:
        """Takes connections until `close`."""
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                if self._closed.is_set():
                    return
                raise
            threading.Thread(target=self._talk, args=(connection,), daemon=True, name="question").start()

    def close(self) -> None:
        """Stops listening for good (also for who shares the socket); what is under way is cut off."""
        if self._closed.is_set():
            return
        self._closed.set()
        self._listener.shutdown(socket.SHUT_RDWR)  # wakes the thread that waits in accept
        self._listener.close()
        for connection in list(self._open):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue

    def _talk(self, connection: socket.socket) -> None:
        self._open.add(connection)
        with connection:
            try:
                while True:
                    head, body = frames.receive(connection)
                    frames.send(connection, self._work.answer(head, body))
            except (OSError, EOFError):
                pass  # the asker is gone: it asks again on a new connection
            finally:
                self._open.discard(connection)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else (os.cpu_count() or 1)
