"""Running the child process of a run and following it: for commands and for the worker's jobs."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

from tongguan.train.recipes.base import RecipeError
from tongguan.train.recipes.child import CANCELLED
from tongguan.train.recipes.folder import Run, RunFolder

Event = dict[str, Any]
LOG = "child.log"
GRACE = 60.0
"""Seconds that a child gets to write its checkpoint when it is told to stop."""


class Cancelled(Exception):
    """The run was stopped on request; the same command continues it."""


def start_child(folder: RunFolder, spent: float = 0.0) -> subprocess.Popen[str]:
    """Starts the training process of a run. `spent`: seconds already used of its minutes, for a first session."""
    threads = str(folder.read().threads)
    environment = {
        **os.environ,
        "OMP_NUM_THREADS": threads,
        "MKL_NUM_THREADS": threads,
        # Waiting threads sleep: a spinning one takes the core of a person's request.
        "OMP_WAIT_POLICY": "PASSIVE",
        "CUBLAS_WORKSPACE_CONFIG": ":4096:8",
        "PYTHONUNBUFFERED": "1",
    }
    command = [sys.executable, "-m", "tongguan.train.recipes.child", "--out", str(folder.path)]
    command += ["--parent", str(os.getpid()), "--spent", f"{spent:.2f}"]
    with (folder.path / LOG).open("ab") as log:
        return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True, env=environment)


def train_run(
    path: Path,
    on_event: Callable[[Event], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
    spent: float = 0.0,
) -> Run:
    """Trains a run to its end in a child process and returns it.

    on_event gets every progress event. should_stop is asked about twice a second. Raises Cancelled after a stop, and
    RecipeError with the child's reason when it failed. A caller that is killed takes the child with it; called again,
    training goes on from the last checkpoint.
    """
    folder = RunFolder(path)
    child = start_child(folder, spent)
    try:
        for event in _events(child):
            if event is not None and on_event:
                on_event(event)
            if should_stop and should_stop() and not folder.cancel_file.exists():
                folder.cancel_file.touch()
        code = child.wait()
    finally:
        _end(folder, child)
    if code == CANCELLED:
        folder.cancel_file.unlink(missing_ok=True)
        raise Cancelled
    run = folder.read()
    if code != 0:
        raise _reason(folder, run, code)
    return run


def _end(folder: RunFolder, child: subprocess.Popen[str]) -> None:
    """When the caller is interrupted: asks the child to stop, and kills it when it does not."""
    if child.poll() is None:
        folder.cancel_file.touch()
        try:
            child.wait(GRACE)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
    if child.stdout:
        child.stdout.close()


def _reason(folder: RunFolder, run: Run, code: int) -> RecipeError:
    if run.state == "failed" and run.error:
        return RecipeError(str(run.error.get("code")), str(run.error.get("message")))
    log = ""
    with contextlib.suppress(OSError):
        log = (folder.path / LOG).read_text(encoding="utf-8", errors="replace")[-600:].strip()
    message = f"the training process ended with {code}" + (f": {log}" if log else "")
    if code < 0:
        message += "; the same command continues the run"
    return RecipeError("child_died", message, exit=code)


def _events(child: subprocess.Popen[str]) -> Iterator[Event | None]:
    """The child's events as they come, and None about twice a second in between."""
    lines: queue.Queue[str | None] = queue.Queue()
    if child.stdout is None:
        return
    threading.Thread(target=_pump, args=(child.stdout, lines), daemon=True, name="child-output").start()
    while True:
        try:
            line = lines.get(timeout=0.5)
        except queue.Empty:
            yield None
            continue
        if line is None:
            return
        with contextlib.suppress(ValueError):
            event = json.loads(line)
            if isinstance(event, dict):
                yield event


def _pump(stream: IO[str], lines: queue.Queue[str | None]) -> None:
    with contextlib.suppress(ValueError, OSError):
        for line in stream:
            lines.put(line)
    lines.put(None)
