"""Plans of steps: fixed, measured, re-planned, replayed, cut off by a kill."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from tongguan.train.recipes.plan import Plan, Planner, read_lines, read_plans


def run(planner: Planner, speed: list[float], start: int = 0, seconds: float = 0.0) -> tuple[list[float], float]:
    """Makes all steps with the given seconds per step (the last repeats); returns the progress after each."""
    progress, step = [], start
    while step < planner.steps:
        seconds += speed[min(step, len(speed) - 1)]
        step += 1
        planner.after(step, seconds)
        progress.append(planner.progress(step))
    return progress, seconds


def test_fixed_steps_are_never_changed(tmp_path: Path) -> None:
    planner = Planner(tmp_path / "plan.jsonl", 40, None)
    progress, _ = run(planner, [3.0])
    assert progress == pytest.approx([(at + 1) / 40 for at in range(40)])
    assert read_plans(tmp_path / "plan.jsonl") == [Plan(0, 40, None, 0.0)]


@pytest.mark.parametrize("speed", [[0.1], [2.0], [0.5] * 200 + [1.0], [1.0] * 100 + [0.4], [9.0, 2.0, 0.6]])
def test_minutes_are_kept_whatever_the_speed(tmp_path: Path, speed: list[float]) -> None:
    planner = Planner(tmp_path / "plan.jsonl", None, 300.0)
    progress, seconds = run(planner, speed)
    assert 0.93 * 300 <= seconds <= 1.02 * 300
    assert progress[-1] == pytest.approx(1.0)
    assert all(0 < second - first < 0.25 for first, second in itertools.pairwise(progress))


def test_a_resumed_run_replays_its_plans(tmp_path: Path) -> None:
    file = tmp_path / "plan.jsonl"
    whole = Planner(file, None, 120.0)
    progress, _ = run(whole, [0.3] * 60 + [0.6])
    plans = read_plans(file)
    assert len(plans) > 2
    for at in (0, 5, 50, len(progress) - 1):
        again = Planner(file, None, 120.0)
        again.replay(at, 0.0)
        # Another speed now: what was written is followed all the same.
        resumed, _ = run(again, [0.001], start=at)
        assert resumed == pytest.approx(progress[at:])
    assert read_plans(file) == plans


def test_a_line_cut_by_a_kill_is_dropped(tmp_path: Path) -> None:
    file = tmp_path / "plan.jsonl"
    run(Planner(file, None, 60.0), [0.5])
    whole = read_plans(file)
    file.write_text(file.read_text() + '{"at": 90, "ste')
    assert read_plans(file) == whole
    assert read_lines(file, lambda line: line["at"] == 0) == read_lines(file)


def test_a_run_needs_steps_or_minutes() -> None:
    with pytest.raises(ValueError, match="steps or minutes"):
        Planner(None, None, None)


def test_a_budget_never_plans_more_than_the_most_that_helps(tmp_path: Path) -> None:
    planner = Planner(tmp_path / "plan.jsonl", None, 600.0, guess=0.5, most=50)
    progress, seconds = run(planner, [0.2])
    assert len(progress) == 50
    assert progress[-1] == 1
    assert seconds == pytest.approx(10.0)
    slow = Planner(None, None, 10.0, guess=0.5, most=50)
    progress, seconds = run(slow, [1.0])
    assert len(progress) < 15
    assert seconds < 14
