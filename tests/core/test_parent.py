"""A child that is started ahead of its settings: it waits for them, takes open files, and ends with its supervisor."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

from tongguan.cli import ahead

CHILD = (
    "import json, os; from tongguan.core.parent import take_settings; files = take_settings(); "
    "print(json.dumps([os.environ.get('TONGGUAN_DATA_DIR'), [os.read(one, 10).decode() for one in files]]))"
)


def waiting() -> ahead.Waiting:
    """A child that waits."""
    ours, theirs = socket.socketpair()
    with theirs:
        process = subprocess.Popen(
            [sys.executable, "-c", CHILD],
            env={**os.environ, ahead.AHEAD: str(theirs.fileno())},
            pass_fds=(theirs.fileno(),),
            stdout=subprocess.PIPE,
        )
    return ahead.Waiting(process, ours)


def test_a_waiting_child_takes_settings_and_files(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"open")
    child, long = waiting(), "通关" * 100_000  # more than one piece
    with file.open("rb") as opened:
        assert child.hand_over({"TONGGUAN_DATA_DIR": "/srv/通关", "LONG": long[:40_000]}, [opened.fileno()])
    out, _ = child.process.communicate(timeout=30)
    assert json.loads(out) == ["/srv/通关", ["open"]]


def test_a_waiting_child_ends_with_its_supervisor() -> None:
    child = waiting()
    child.line.close()
    out, _ = child.process.communicate(timeout=30)
    assert (child.process.returncode, out) == (0, b"")


def test_a_child_that_has_died_is_told_nothing() -> None:
    child = waiting()
    child.process.kill()
    child.process.communicate(timeout=30)
    assert not child.hand_over({"TONGGUAN_DATA_DIR": "x"})


def test_help_starts_nothing() -> None:
    ahead.start(["serve", "--help"])
    assert ahead.take("api") is None
    assert ahead.take("worker") is None
