"""Runs of every recipe that are killed, and then come to the same model, or cancelled, and can be continued."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from typing import Any

import pytest

from tests.train import here
from tests.train.test_recipe_contract import RECIPE_IDS, begin
from tongguan.train.recipes.folder import RunFolder
from tongguan.train.recipes.supervise import Cancelled, start_child, train_run


@pytest.mark.kill
@pytest.mark.parametrize("recipe", RECIPE_IDS)
def test_killed_and_resumed_is_the_same(recipe: str, tmp_path: Path) -> None:
    whole = begin(recipe, tmp_path, "whole", steps=24, checkpoint_steps=4)
    assert here.run(RunFolder(whole)) == 0
    path = begin(recipe, tmp_path, "killed", steps=24, checkpoint_steps=4)
    for least in (4, 12):
        child = start_child(RunFolder(path))
        _wait_for_step(path, least)
        os.kill(child.pid, signal.SIGKILL)
        child.wait()
        assert child.stdout is not None
        child.stdout.close()
        assert RunFolder(path).read().state == "running"
    assert train_run(path).sessions == 3
    assert (whole / "model" / "model.onnx").read_bytes() == (path / "model" / "model.onnx").read_bytes()
    steps = [line.split(",")[0] for line in (path / "metrics.jsonl").read_text().splitlines()]
    assert len(steps) == len(set(steps)), "no figure is written twice"


def _wait_for_step(path: Path, step: int) -> None:
    """Waits until a checkpoint was written after `step` steps, seen by its growing time stamp."""
    checkpoint = path / "checkpoints" / "last.pt"
    seen, last = 0, 0.0
    until = time.monotonic() + 60
    while seen * 4 < step - 4 * (step > 4):
        assert time.monotonic() < until, "no checkpoint was written"
        if checkpoint.exists() and checkpoint.stat().st_mtime != last:
            last, seen = checkpoint.stat().st_mtime, seen + 1
        time.sleep(0.005)


@pytest.mark.parametrize("recipe", RECIPE_IDS)
def test_cancelled_it_leaves_a_checkpoint_to_go_on_from(recipe: str, tmp_path: Path) -> None:
    path = begin(recipe, tmp_path, "run", steps=2_000, checkpoint_steps=1_000)
    events: list[dict[str, Any]] = []

    def stop() -> bool:
        return any(event.get("phase") == "train" and event.get("step", 0) >= 2 for event in events)

    with pytest.raises(Cancelled):
        train_run(path, on_event=events.append, should_stop=stop)
    assert RunFolder(path).read().state == "cancelled"
    assert (path / "checkpoints" / "last.pt").exists()
