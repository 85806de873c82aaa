"""What a recipe's `train(job)` is given: its run, its items, its plan, and ways to report and to be stopped."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TextIO

from tongguan.catalog.formats.base import Tree
from tongguan.train.recipes.base import RecipeParams
from tongguan.train.recipes.folder import RunFolder
from tongguan.train.recipes.items import Gathered
from tongguan.train.recipes.plan import Planner, append_line


class Stopped(Exception):
    """The run was asked to stop; raised between two steps, after a checkpoint was written."""


class Clock:
    """Seconds of work of a run over all its sessions."""

    def __init__(self, before: float = 0.0) -> None:
        self._before = before
        self._started = time.monotonic()

    def seconds(self) -> float:
        """Seconds so far."""
        return self._before + time.monotonic() - self._started

    def continue_from(self, seconds: float) -> None:
        """A checkpoint was loaded: its seconds and those of this session so far."""
        self._before = seconds


@dataclass(slots=True)
class Reporter:
    """Progress as JSON lines on a stream; figures over time into the run."""

    folder: RunFolder
    out: TextIO = field(default_factory=lambda: sys.stdout)
    every: float = 0.5
    _last: float = 0.0

    def event(self, kind: str, **values: Any) -> None:
        """Writes one event at once."""
        self.out.write(json.dumps({"event": kind, **values}, ensure_ascii=False) + "\n")
        self.out.flush()

    def progress(self, **values: Any) -> None:
        """Writes a progress event, at most two a second."""
        at = time.monotonic()
        if at - self._last >= self.every:
            self._last = at
            self.event("progress", **values)

    def phase(self, name: str) -> None:
        """The run enters a phase: read, train, export, judge."""
        self.event("phase", phase=name)

    def warn(self, code: str, message: str) -> None:
        """Something that the person should know and that does not stop the run; written once into run.json."""
        self.event("warning", code=code, message=message)
        run = self.folder.read()
        if all(one["code"] != code for one in run.warnings):
            self.folder.change(warnings=[*run.warnings, {"code": code, "message": message}])

    def figures(self, step: int, **values: float) -> None:
        """A line of metrics.jsonl."""
        append_line(self.folder.metrics_file, {"step": step, **values})


@dataclass(frozen=True, slots=True)
class Job:
    """One training job. `budget`: its seconds, None when the number of steps is fixed. `trial`: after the last step the
    run is over, without a model."""

    folder: RunFolder
    params: RecipeParams
    seed: int
    threads: int
    gathered: Gathered
    tree: Tree
    clock: Clock
    report: Reporter
    stop: Callable[[], bool]
    budget: float | None
    trial: bool = False

    def planner(self, after: float, guess: float = 0.6, most: int | None = None) -> Planner:
        """The steps, fixed or from the minutes less `after`: a guess of the seconds that what comes before the first
        and after the last one takes, half of all at most. guess and most: see `Planner`."""
        budget = None if self.budget is None else self.budget - min(self.budget / 2, after)
        return Planner(self.folder.plan_file, self.params.steps, budget, guess, most)

    def judged(self) -> int:
        """How many items the written model is asked about: those held out and those kept."""
        return sum(item.holdout or item.side == "kept" for item in self.gathered.items)

    def check_stop(self) -> None:
        """Raises Stopped when somebody wants the run to stop."""
        if self.stop():
            raise Stopped
