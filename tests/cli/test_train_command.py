"""`tongguan train`, `evaluate` and `predict` as scripts use them: JSON, sides, resume, exit codes."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.train.plates import write_coco, write_sided_coco

SMALL = ["--set", "size=64", "--set", "batch=4", "--set", "checkpoint_steps=2"]
LAUNCH = [sys.executable, "-c", "from tongguan.cli.main import main; main()"]


def call(*words: str | Path) -> tuple[int, dict[str, Any], str]:
    """Exit code, the JSON object on stdout, and stderr."""
    environment = {**os.environ, "TONGGUAN_TRAIN_THREADS": "1", "TONGGUAN_TRAIN_NICE": "0"}
    command = [*LAUNCH, *(str(word) for word in words), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=120)
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, json.loads(done.stdout) if done.stdout.strip() else {}, done.stderr


def train(data: Path, out: Path, *more: str | Path) -> tuple[int, dict[str, Any], str]:
    """A short training."""
    return call("train", "--recipe", "detection", "--data", data, "--out", out, *SMALL, *more)


@pytest.fixture(scope="module")
def flat(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, dict[str, Any]]:
    """Plates without sides, a run on them, and what the command said."""
    tmp = tmp_path_factory.mktemp("flat")
    data = write_coco(tmp / "data", 24)
    shutil.copy(data / "images" / "plate_003.png", data / "images" / "zz.png")
    code, answer, _ = train(data, tmp / "run", "--set", "steps=6")
    assert code == 0
    return data, tmp / "run", answer


def test_what_train_says(flat: tuple[Path, Path, dict[str, Any]]) -> None:
    _, run, answer = flat
    assert answer["run"] == str(run)
    assert answer["recipe"] == "detection"
    assert answer["minutes"] > 0
    split = answer["split"]
    assert set(split) == {"train", "kept", "test", "left_out", "by"}
    assert split["by"] == "near-duplicate cluster"
    assert answer["items"] == split["train"] + split["kept"] + split["test"] + split["left_out"] == 25
    assert {"target", "group", "excluded"} <= set(answer["data"])
    assert set(answer["metrics"]) == {"map50", "map50_95"}
    assert set(answer["metrics"]["map50"]) == {"value", "low", "high"}
    assert "held-out" in answer["threshold_from"]
    assert "baseline" in answer


def test_a_finished_run_or_other_parameters_are_bad_usage(
    flat: tuple[Path, Path, dict[str, Any]], tmp_path: Path
) -> None:
    data, run, _ = flat
    assert train(data, run, "--set", "steps=6")[0] == 2
    for more in (["--set", "steps=7"], ["--set", "steps=6", "--seed", "1"], ["--set", "steps=6", "--set", "kept=0.3"]):
        assert train(data, run, *more)[0] == 2
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "note.txt").write_text("mine")
    assert train(data, tmp_path / "other")[0] == 2
    assert (tmp_path / "other" / "note.txt").read_text() == "mine"


@pytest.mark.parametrize(
    "words",
    [
        ["--set", "steps"],
        ["--set", "nothing=1"],
        ["--set", "size=65"],
        ["--set", "batch=-1"],
        ["--set", "kept=1"],
        ["--minutes", "0"],
        ["--params", "/nowhere.json"],
        ["--format", "unknown"],
    ],
)
def test_bad_usage(flat: tuple[Path, Path, dict[str, Any]], tmp_path: Path, words: list[str]) -> None:
    code, answer, words_said = train(flat[0], tmp_path / "run", *words)
    assert code == 2
    assert answer.get("error")
    assert words_said.strip()
    assert not (tmp_path / "run").exists()


def test_bad_data(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert train(tmp_path / "nowhere", tmp_path / "run")[0] == 2
    code, answer, _ = train(tmp_path / "empty", tmp_path / "run")
    assert code == 2
    assert answer["params"]["candidates"]
    assert call("train", "--recipe", "nothing", "--data", tmp_path, "--out", tmp_path / "run")[0] == 2


def test_evaluate_on_its_own_data_is_the_kept_side_again(
    flat: tuple[Path, Path, dict[str, Any]], tmp_path: Path
) -> None:
    data, run, answer = flat
    moved = tmp_path / "elsewhere"
    shutil.copytree(data, moved)
    code, found, _ = call("evaluate", run, "--data", moved, "--html", tmp_path / "page.html", "--compare", run)
    assert code == 0
    assert found["items"] == answer["split"]["kept"]
    assert found["overlap"] == 0
    assert found["metrics"] == answer["metrics"]
    assert found["compare"]["difference"]["map50"]["value"] == 0
    page = (tmp_path / "page.html").read_text()
    assert "map50_95" in page
    assert "<script" not in page


def test_evaluate_on_other_data_takes_every_labelled_item(
    flat: tuple[Path, Path, dict[str, Any]], tmp_path: Path
) -> None:
    _, run, answer = flat
    other = write_coco(tmp_path / "other", 5, seed=9)
    assert call("evaluate", run, "--data", other)[1]["overlap"] == 0
    some = write_coco(tmp_path / "some", 10)
    code, found, _ = call("evaluate", run, "--data", some)
    assert code == 0
    assert found["items"] == 10
    assert 0 < found["overlap"] <= 10
    assert found["overlap"] <= answer["split"]["train"]


def test_predict(flat: tuple[Path, Path, dict[str, Any]], tmp_path: Path) -> None:
    data, run, answer = flat
    picture = data / "images" / "plate_001.png"
    code, found, _ = call("predict", run, data / "images", picture)
    assert code == 0
    assert found["threshold"] == answer["threshold"]
    assert [one["item"] for one in found["predictions"]][-1] == str(picture)
    assert found["predictions"][0]["item"] == "plate_000.png"
    assert len(found["predictions"]) == 26
    twice = [one["labels"] for one in found["predictions"] if one["item"] in ("plate_001.png", str(picture))]
    assert twice[0] == twice[1]
    marks = [mark for one in found["predictions"] for mark in one["labels"]]
    assert marks
    assert set(marks[0]) == {"kind", "label", "x", "y", "width", "height", "score"}
    above = call("predict", run, picture, "--threshold", "0.2")[1]
    assert above["threshold"] == 0.2
    assert all(mark["score"] >= 0.2 for mark in above["predictions"][0]["labels"])
    (tmp_path / "bad.png").write_bytes(b"x")
    code, found, _ = call("predict", run, tmp_path / "bad.png", picture)
    assert code == 1
    assert [one["item"] for one in found["refused"]] == [str(tmp_path / "bad.png")]
    assert len(found["predictions"]) == 1
    assert call("predict", run, tmp_path / "nowhere.png")[0] == 2
    assert call("predict", tmp_path, picture)[0] == 1
    assert call("predict", tmp_path / "no-run", picture)[0] == 2
    typed = os.path.relpath(picture)
    assert call("predict", run, f"./{typed}")[1]["predictions"][0]["item"] == f"./{typed}"


def test_nothing_kept_claims_nothing(tmp_path: Path) -> None:
    data = write_coco(tmp_path / "data", 6)
    code, answer, _ = train(data, tmp_path / "run", "--set", "steps=2", "--set", "kept=0")
    assert code == 0
    assert answer["split"]["train"] == 6
    assert answer["metrics"] == {}
    assert "training items" in answer["threshold_from"]
    assert call("evaluate", tmp_path / "run", "--data", data)[0] == 2


def test_own_sides(tmp_path: Path) -> None:
    data = write_sided_coco(tmp_path / "data", {"train": 8, "val": 3, "test": 2, "line": 2})
    code, answer, _ = train(data, tmp_path / "run", "--set", "steps=2")
    assert code == 0
    split = answer["split"]
    assert (split["train"], split["kept"], split["test"], split["left_out"]) == (8, 3, 2, 2)
    found = call("evaluate", tmp_path / "run", "--data", data)[1]
    assert (found["items"], found["side"]) == (2, "test")


@pytest.mark.kill
def test_a_killed_command_is_continued_by_the_same_command(tmp_path: Path) -> None:
    data = write_coco(tmp_path / "data", 12)
    words: list[str | Path] = ["train", "--recipe", "detection", "--data", data, "--out", tmp_path / "run", *SMALL]
    words += ["--set", "steps=30", "--set", "kept=0", "--json"]
    environment = {**os.environ, "TONGGUAN_TRAIN_THREADS": "1", "TONGGUAN_TRAIN_NICE": "0"}
    child = subprocess.Popen(
        [*LAUNCH, *(str(word) for word in words)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment
    )
    until = time.monotonic() + 60
    while not (tmp_path / "run" / "checkpoints" / "last.pt").exists():
        assert time.monotonic() < until
        time.sleep(0.02)
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    code, answer, said = call(*words[:-1])
    assert code == 0
    assert "going on" in said
    assert answer["sessions"] == 2
    assert answer["steps"] == 30
