"""Running the process that evaluates: sends it the pictures, follows it, stops it."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO

from tongguan.core import failpoints
from tongguan.core.errors import TongguanError
from tongguan.evaluate.measure.work import WorkFolder

GRACE = 10.0
LOG = "child.log"
Event = dict[str, Any]


class Child:
    """The process of one evaluation. Its end is always waited for."""

    def __init__(self, folder: WorkFolder) -> None:
        self._folder = folder
        # One thread: the same answers whatever the machine does beside, and a core stays free for people.
        environment = {**os.environ, "TONGGUAN_PREDICT_THREADS": "1", "OMP_NUM_THREADS": "1", "PYTHONUNBUFFERED": "1"}
        command = [sys.executable, "-m", "tongguan.evaluate.measure.child", "--work", str(folder.path)]
        command += ["--parent", str(os.getpid())]
        with (folder.path / LOG).open("ab") as log:
            self._process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, env=environment
            )
        self._events: queue.Queue[Event | None] = queue.Queue()
        threading.Thread(target=self._pump, daemon=True, name="evaluation-output").start()

    def send(self, head: dict[str, Any], content: bytes = b"") -> None:
        """One line, and the bytes of a picture behind it. TongguanError with its reason when the process has died."""
        pipe = self._process.stdin
        if pipe is None:
            return
        try:
            pipe.write(json.dumps(head).encode() + b"\n" + content)
            pipe.flush()
        except (BrokenPipeError, OSError):
            self.wait_for("never", lambda: None)

    def wait_for(self, wanted: str, look: Callable[[], None]) -> Event:
        """The next event of that name; `look` is called about twice a second and may raise."""
        while True:
            try:
                event = self._events.get(timeout=0.5)
            except queue.Empty:
                look()
                continue
            if event is None:
                raise self._died()
            if event["event"] == "failed":
                raise TongguanError(event["code"], event["message"], event["params"])
            if event["event"] == wanted:
                return event

    def close(self) -> None:
        """Ends the process, if it still runs."""
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(GRACE)
            except subprocess.TimeoutExpired:
                self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()

    def _pump(self) -> None:
        with contextlib.suppress(ValueError, OSError):
            for line in self._process.stdout or ():
                with contextlib.suppress(ValueError):
                    event = json.loads(line)
                    if isinstance(event, dict) and "event" in event:
                        self._events.put(event)
        self._events.put(None)

    def _died(self) -> TongguanError:
        code = self._process.wait()
        log = ""
        with contextlib.suppress(OSError):
            log = (self._folder.path / LOG).read_text(encoding="utf-8", errors="replace")[-600:].strip()
        words = f"The process that evaluates ended with {code}" + (f": {log}" if log else "") + "."
        return TongguanError("evaluation.died", words, {"exit": code})


def answer(
    folder: WorkFolder,
    pictures: Callable[[set[int]], Iterator[tuple[int, BinaryIO | None]]],
    step: Callable[[int], None],
) -> None:
    """Answers what is not answered yet, then measures; leaves figures.json.

    pictures(answered): (position, bytes or None where they are gone) of the others, in order. step(done) is called
    after each, and about twice a second while the figures are made; it may raise to stop.
    """
    child = Child(folder)
    try:
        done = set(child.wait_for("ready", lambda: None)["answered"])
        count = len(done)
        for position, stream in pictures(done):
            if stream is not None:
                content = stream.read()
                child.send({"position": position, "size": len(content)}, content)
                child.wait_for("answered", lambda: None)
            count += 1
            failpoints.hit("evaluate.answered")
            step(count)
        failpoints.hit("evaluate.all_answered")
        child.send({"measure": True})
        child.wait_for("measured", lambda: step(count))
    finally:
        child.close()
