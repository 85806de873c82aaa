"""What commands about models share: progress as words on stderr, and how a problem ends the command."""

from __future__ import annotations

import sys
import time
from typing import Any, NoReturn

import typer

from tongguan.cli.output import stop
from tongguan.core.errors import TongguanError

_PHASES = {
    "read": "decoding the training items",
    "train": "training",
    "export": "exporting, and checking the export",
    "threshold": "fixing the threshold",
    "judge": "measuring on the kept side",
}


class RunProgress:
    """Says what a run does: every two seconds on a terminal, every twenty in a log."""

    def __init__(self) -> None:
        self._pause = 2.0 if sys.stderr.isatty() else 20.0
        self._said = time.monotonic()

    def say(self, words: str) -> None:
        """One line at once."""
        typer.echo(words, err=True)
        self._said = time.monotonic()

    def now_and_then(self, words: str) -> None:
        """One line, unless one was said a moment ago."""
        if time.monotonic() - self._said >= self._pause:
            self.say(words)

    def read(self, items: int) -> None:
        """Items read so far."""
        self.now_and_then(f"read {items:,} items")

    def judge(self, phase: str, done: int, of: int) -> None:
        """Items measured so far."""
        self.now_and_then(f"{phase}: {done:,}" + (f" of {of:,}" if of else ""))

    def event(self, event: dict[str, Any]) -> None:
        """An event of the training process."""
        kind = event.get("event")
        if kind == "phase":
            self.say(_PHASES.get(str(event.get("phase")), str(event.get("phase"))))
        elif kind == "warning":
            self.say(f"warning: {event.get('message')}")
        elif kind == "plan" and event.get("seconds_per_step"):
            self.now_and_then(f"planned {event['steps']:,} steps at {event['seconds_per_step']:.2f} s a step")
        elif kind == "holdout":
            self.say(f"step {event['step']:,}: {event['metric']} {event['holdout']:.3f} on held-out training items")
        elif kind == "progress" and event.get("phase") == "train":
            self.now_and_then(f"step {event['step']:,} of {event['of']:,}, {event['seconds']:.0f} s")
        elif kind == "progress" and "done" in event:
            self.now_and_then(f"{event.get('phase')}: {event['done']:,} of {event['of']:,}")


def fail(problem: TongguanError, code: int, json: bool) -> NoReturn:
    """Ends the command with the problem's words; `--json` also tells its stable code and its facts."""
    stop(problem.message, code, json, problem=problem.code, params=problem.params)
