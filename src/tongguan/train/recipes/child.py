"""The process in which a recipe trains: `python -m tongguan.train.recipes.child --out RUN`.

Progress goes to stdout as JSON lines. Stopped by SIGTERM, SIGINT or the file `cancel` in the run: a checkpoint is
written and the process ends with 3. Killed at any moment: started again, it goes on from the last checkpoint. Exit
codes: 0 finished, 1 failed, 3 cancelled. When its parent is gone it ends at once, as if killed.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
import time
from pathlib import Path
from types import FrameType
from typing import Any

from tongguan.train.recipes.base import RecipeError
from tongguan.train.recipes.folder import Run, RunFolder, now
from tongguan.train.recipes.items import read_gathered
from tongguan.train.recipes.job import Clock, Job, Reporter, Stopped
from tongguan.train.recipes.model_text import write_texts
from tongguan.train.recipes.registry import load_trainer
from tongguan.train.recipes.sources.registry import media_of
from tongguan.train.recipes.start import checked_params, discard

CANCELLED = 3
ORPHANED = 4
NICE = 10
WAIT_FOR_LOCK = 20.0


class _Stop:
    """Whether somebody wants the run to stop."""

    def __init__(self, folder: RunFolder) -> None:
        self._folder = folder
        self._signalled = False
        self._looked = 0.0
        self._file = False
        signal.signal(signal.SIGTERM, self._handle)
        signal.signal(signal.SIGINT, self._handle)

    def _handle(self, _number: int, _frame: FrameType | None) -> None:
        self._signalled = True

    def __call__(self) -> bool:
        if time.monotonic() - self._looked > 0.02:
            self._looked = time.monotonic()
            self._file = self._folder.cancel_file.exists()
        return self._signalled or self._file


def _follow_parent(parent: int) -> None:
    """A run without the process that started it would train on unseen, beside the one that continues it."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.3)
        os._exit(ORPHANED)

    threading.Thread(target=watch, daemon=True, name="parent").start()


def _job(folder: RunFolder, run: Run, stop: _Stop, report: Reporter, spent: float) -> Job:
    asked = run.asked
    params = checked_params(asked.recipe, asked.params)
    gathered = read_gathered(folder.items_file)
    fixed = params.steps is not None or asked.minutes is None
    return Job(
        folder=folder,
        params=params,
        seed=asked.seed,
        threads=run.threads,
        gathered=gathered,
        tree=media_of(asked.recipe).open(Path(run.source)),
        clock=Clock(spent),
        report=report,
        stop=stop,
        budget=None if fixed else float(asked.minutes or 0.0) * 60.0,
        trial=asked.trial,
    )


def work(folder: RunFolder, spent: float) -> int:
    """Trains the run of `folder`; returns the exit code."""
    report = Reporter(folder)
    stop = _Stop(folder)
    run = folder.read()
    started = run.started_at or now()
    run = folder.change(state="running", sessions=run.sessions + 1, started_at=started, error=None)
    job: Job | None = None
    try:
        job = _job(folder, run, stop, report, spent if run.sessions == 1 else 0.0)
        result: dict[str, Any] = load_trainer(run.asked.recipe).train(job)
    except Stopped:
        folder.change(state="cancelled", seconds=job.clock.seconds() if job else 0.0)
        report.event("cancelled")
        return CANCELLED
    except RecipeError as error:
        return _failed(folder, report, error.code, error.message)
    except BrokenPipeError:
        # Nobody listens any more: whoever began this is gone, and who continues finds the run as it stands.
        return ORPHANED
    except Exception as error:
        _failed(folder, report, "train.crashed", f"{type(error).__name__}: {error}"[:2_000])
        raise
    if not run.asked.trial:
        write_texts(folder, run, result, job.gathered)
    folder.change(state="finished", finished_at=now(), seconds=job.clock.seconds(), result=result)
    discard(folder.path)
    report.event("finished", result=result)
    return 0


def _failed(folder: RunFolder, report: Reporter, code: str, message: str) -> int:
    folder.change(state="failed", finished_at=now(), error={"code": code, "message": message})
    report.event("failed", code=code, message=message)
    return 1


def _niceness() -> int:
    """How far this process steps back behind others: TONGGUAN_TRAIN_NICE, 0 to 19, else 10."""
    text = os.environ.get("TONGGUAN_TRAIN_NICE", "").strip()
    return min(19, int(text)) if text.isdigit() else NICE


def main(arguments: list[str] | None = None) -> int:
    """Entry point of the process."""
    parser = argparse.ArgumentParser(prog="tongguan.train.recipes.child")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--parent", type=int, default=0)
    parser.add_argument("--spent", type=float, default=0.0)
    given = parser.parse_args(arguments)
    if given.parent:
        _follow_parent(given.parent)
    os.nice(_niceness())
    folder = RunFolder(given.out)
    until = time.monotonic() + WAIT_FOR_LOCK
    while True:
        try:
            with folder.locked():
                return work(folder, given.spent)
        except RecipeError as error:
            # A killed predecessor may need a moment to go.
            if error.code != "train.run_busy" or time.monotonic() > until:
                Reporter(folder).event("failed", code=error.code, message=error.message)
                return 1
            time.sleep(0.2)


if __name__ == "__main__":
    sys.exit(main())
