"""Studies: what may vary, what comes next, and that a killed study ends as an undisturbed one."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.train.plates import write_coco
from tongguan.train.recipes import RECIPES
from tongguan.train.recipes.base import UsageProblem
from tongguan.train.recipes.reading import read_source
from tongguan.train.recipes.search import Range, checked_space, own_space, read_range
from tongguan.train.recipes.sides import decide_sides
from tongguan.train.recipes.start import checked_params
from tongguan.train.recipes.studies.adviser import Watch, suggest
from tongguan.train.recipes.studies.conduct import studied
from tongguan.train.recipes.studies.records import Look, StudyWish, TrialRecord, best_of

LAUNCH = [sys.executable, "-c", "from tongguan.cli.main import main; main()"]
TINY = [f"--set={one}" for one in ("steps=4", "size=64,96", "batch=2", "width=16", "depth=1", "looks=2")]
TINY += ["--set=pretrained=false", "--set=search=learning_rate,size", "--set=holdout=0.3"]


@pytest.mark.parametrize("recipe", sorted(RECIPES))
def test_declared_ranges_lie_within_the_parameters_own(recipe: str) -> None:
    space = own_space(RECIPES[recipe].params)
    assert len(space) >= 2
    assert checked_space(recipe, None, {}) == space
    schema = RECIPES[recipe].params.model_json_schema()["properties"]
    assert all("search" in schema[name] for name in space), "the form reads the ranges from the same place"
    own = checked_params(recipe, {}).model_dump()
    assert all(one.holds(own[name]) for name, one in space.items()), "the recipe's own values are one of the trials"


@pytest.mark.parametrize(
    ("wished", "settings"),
    [
        ({"steps": None}, {}),
        ({"learning_rate": {"low": 1, "high": 2}}, {}),
        ({"learning_rate": {"low": 0.01, "high": 0.001}}, {}),
        ({"learning_rate": {"low": 0, "high": 0.01, "log": True}}, {}),
        ({"learning_rate": {"choices": []}}, {}),
        ({"learning_rate": {"low": 0.001, "high": 0.01}}, {"learning_rate": 0.002}),
        ({"size": {"choices": [65]}}, {}),
        ({}, {}),
    ],
)
def test_ranges_that_cannot_be_studied_are_refused(wished: dict[str, Any], settings: dict[str, Any]) -> None:
    with pytest.raises(UsageProblem):
        checked_space("detection", wished, settings)


def test_ranges_of_the_command_line() -> None:
    assert read_range("0.001:0.01:log") == Range(low=0.001, high=0.01, log=True)
    assert read_range("160, 192").choices == (160, 192)
    assert read_range("true,false").choices == (True, False)
    for text in ("3", "a:b", "1:2:lin", "2:1"):
        with pytest.raises(ValueError, match=r"."):
            read_range(text)


def wish(seed: int = 0) -> StudyWish:
    space = checked_space("detection", {"learning_rate": None, "freeze": None, "size": None}, {})
    return StudyWish(recipe="detection", space=space, seed=seed)


def record(number: int, value: float, state: Any = "done") -> TrialRecord:
    rate = 0.001 + 0.0007 * number
    looks = tuple(Look(step=10 * at, look=at, value=value * at / 3) for at in (1, 2, 3))
    params = {"learning_rate": rate, "freeze": number % 5, "size": 192}
    return TrialRecord(number=number, state=state, params=params, value=value, looks=looks)


def test_the_next_parameters_follow_from_the_records_alone() -> None:
    before = [record(at, 0.5 + 0.03 * (at % 4)) for at in range(8)]
    first = suggest(wish(), before)
    assert first == suggest(wish(), before)
    assert first != suggest(wish(seed=1), before)
    assert first != suggest(wish(), before[:7])
    assert set(first) == {"learning_rate", "freeze", "size"}
    assert isinstance(first["freeze"], int)
    assert 0.001 <= first["learning_rate"] <= 0.008
    checked_params("detection", first)


def test_a_trial_below_the_median_of_the_others_is_given_up() -> None:
    before = [record(at, value) for at, value in enumerate((0.6, 0.7, 0.8))]
    assert not Watch(wish(), before).give_up(1, 0.0), "one look is too early"
    assert Watch(wish(), before).give_up(2, 0.1)
    assert not Watch(wish(), before).give_up(2, 0.9)
    assert not Watch(wish(), before[:2]).give_up(2, 0.1), "too few to compare with"


def test_a_pruned_or_failed_trial_never_wins() -> None:
    rows = [record(0, 0.5), record(1, 0.9, "pruned"), record(2, 0.6), record(3, 0.6)]
    best = best_of(rows, higher_is_better=True)
    assert best is not None
    assert best.number == 2
    worst = best_of(rows, higher_is_better=False)
    assert worst is not None
    assert worst.number == 0
    assert best_of([record(1, 0.9, "failed")], higher_is_better=True) is None


def test_nothing_kept_reaches_a_trial(tmp_path: Path) -> None:
    source = read_source(write_coco(tmp_path / "data", 30), "coco", ("box",))
    gathered = decide_sides(source, 0.3, 0.2, always_hold_out=True)
    assert gathered.side("kept")
    assert {item.side for item in studied(gathered, wish()).items} == {"train"}
    with pytest.raises(UsageProblem, match="held out"):
        studied(decide_sides(source, 0.3, 0.0), wish())


def call(cwd: Path, *words: str, failpoints: str = "") -> tuple[int, dict[str, Any]]:
    """Exit code and JSON object of `tongguan study`."""
    environment = {**os.environ, "TONGGUAN_TRAIN_THREADS": "1", "TONGGUAN_TRAIN_NICE": "0"}
    environment["TONGGUAN_FAILPOINTS"] = failpoints
    command = [*LAUNCH, "study", "--recipe", "detection", *words, "--json"]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=240, cwd=cwd, check=False)
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, json.loads(done.stdout) if done.stdout.strip() else {}


def bare(answer: dict[str, Any]) -> list[dict[str, Any]]:
    """The trials without what depends on the clock."""
    return [{key: value for key, value in one.items() if key != "seconds"} for one in answer["trials"]]


@pytest.mark.kill
@pytest.mark.slow
def test_killed_between_every_two_steps_ends_the_same_and_goes_on(tmp_path: Path) -> None:
    data = write_coco(tmp_path / "data", 16)
    words = ["--data", str(data), "--trials", "3", *TINY]
    code, quiet = call(tmp_path, *words, "--out", "quiet")
    assert code == 0
    assert [one["state"] for one in quiet["trials"]] == ["done"] * 3
    assert [one["look"] for one in quiet["trials"][0]["looks"]] == [1, 2]
    assert quiet["best"]["value"] == max(one["value"] for one in quiet["trials"])
    assert json.loads((tmp_path / "quiet" / "best.json").read_text())["steps"] == 4
    points = ("study.trial_chosen", "study.trial_trained", "study.trial_stored")
    passing = {"study.trial_chosen": 2}
    spec = ";".join(f"{name}=kill@{passing.get(name, 1)}!{tmp_path / name}" for name in points)
    for _ in points:
        assert call(tmp_path, *words, "--out", "killed", failpoints=spec)[0] == -signal.SIGKILL
    code, killed = call(tmp_path, *words, "--out", "killed", failpoints=spec)
    assert code == 0
    assert all((tmp_path / name).exists() for name in points)
    assert bare(killed) == bare(quiet)
    assert killed["best"] == quiet["best"]
    assert list((tmp_path / "killed" / "trials").iterdir()) == []
    words[3] = "4"
    code, more = call(tmp_path, *words, "--out", "killed")
    assert code == 0
    assert bare(more)[:3] == bare(quiet)
    assert len(more["trials"]) == 4
    assert call(tmp_path, *words, "--out", "killed", "--seed", "5")[0] == 2
    shutil.rmtree(tmp_path / "killed")


@pytest.mark.parametrize(
    "words",
    [
        ["--trials", "0"],
        ["--trials", "2", "--set", "steps=1:9"],
        ["--trials", "2", "--set", "learning_rate=0.5:0.9"],
        ["--trials", "2", "--set", "holdout=0"],
        ["--trials", "2", "--set", "looks=0"],
        ["--trials", "2", "--minutes", "0"],
    ],
)
def test_bad_usage(tmp_path: Path, words: list[str]) -> None:
    data = write_coco(tmp_path / "data", 6)
    assert call(tmp_path, "--data", str(data), *words)[0] == 2
    assert [found.name for found in tmp_path.iterdir()] == ["data"]
