"""The contract of every recipe: learns, exports what it trained, loads again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import onnxruntime
import pytest

from tests.train import here
from tests.train.drifts import gathered_clouds
from tests.train.graded import gathered as gathered_grades
from tests.train.oddities import gathered as gathered_oddities
from tests.train.outlined import gathered_masks, gathered_turned
from tests.train.plates import gathered
from tests.train.spots import gathered as gathered_spots
from tests.train.talk import gathered_pairs, gathered_sounds, gathered_spans, gathered_speech, gathered_texts
from tongguan.catalog.labels.registry import LABEL_KINDS, parse_labels
from tongguan.train.recipes import RECIPES, load_predictor
from tongguan.train.recipes.folder import RunFolder
from tongguan.train.recipes.items import Gathered
from tongguan.train.recipes.model_folder import MODEL
from tongguan.train.recipes.start import Wish, open_or_continue

MADE: dict[tuple[str, str], Callable[..., Gathered]] = {
    ("detection", "image"): gathered,
    ("classification", "image"): gathered_spots,
    ("picture-anomaly", "image"): gathered_oddities,
    ("segmentation", "image"): gathered_masks,
    ("grading", "image"): gathered_grades,
    ("oriented-detection", "image"): gathered_turned,
    ("spans", "text"): gathered_spans,
    ("classification", "text"): gathered_texts,
    ("preference", "pairs"): gathered_pairs,
    ("classification", "sound"): gathered_sounds,
    ("transcription", "sound"): gathered_speech,
    ("cuboids", "point_cloud"): gathered_clouds,
}
"""Samples for each task and medium: a recipe of one not listed here fails the contract."""
SMALL: dict[str, dict[str, Any]] = {
    "detection": {"size": 96, "batch": 4, "zoom": 0, "shift": 0, "light": 0, "flip_x": False, "flip_y": False},
    "image-classification": {
        "size": 64,
        "batch": 4,
        "zoom": 0,
        "shift": 0,
        "light": 0,
        "flip_x": False,
        "smoothing": 0,
    },
    "segmentation": {
        "size": 96,
        "batch": 4,
        "freeze": 8,
        "zoom": 0,
        "shift": 0,
        "light": 0,
        "flip_x": False,
        "flip_y": False,
        "width": 32,
        "depth": 1,
        "average": 0.95,
    },
    "oriented-detection": {
        "size": 64,
        "batch": 4,
        "freeze": 8,
        "zoom": 0,
        "shift": 0,
        "light": 0,
        "flip_x": False,
        "flip_y": False,
        "width": 32,
        "depth": 1,
        "average": 0.95,
    },
    "ordinal-grading": {"size": 64, "batch": 4, "freeze": 10, "shift": 0, "light": 0, "flip_x": False},
    "anomaly": {"size": 64, "batch": 4, "memory": 32, "flip_x": False, "flip_y": False, "light": 0},
    "cuboid-detection": {
        "cell": 0.25,
        "width": 16,
        "batch": 4,
        "learning_rate": 0.01,
        "turn": 0,
        "zoom": 0,
        "dropped": 0,
        "flip_x": False,
        "flip_y": False,
        "average": 0.9,
    },
    "span-extraction": {"members": 2, "width": 32, "batch": 8, "dropout": 0, "least": 1},
    "text-classification": {"batch": 8, "blanking": 0, "least": 1},
    "preference": {"batch": 8, "blanking": 0, "least": 1},
    "speech-to-text": {
        "width": 48,
        "depth": 2,
        "batch": 8,
        "dropout": 0,
        "learning_rate": 0.01,
        "average": 0.9,
        "warp": 0,
        "stretch": 0,
        "noise": 0,
        "mask_bands": 0,
        "mask_frames": 0,
    },
    "sound-classification": {
        "width": 8,
        "batch": 8,
        "dropout": 0,
        "smoothing": 0,
        "warp": 0,
        "stretch": 0,
        "uneven": 0,
        "colour": 0,
        "members": 2,
        "noise": 0,
        "mask_bands": 0,
        "mask_frames": 0,
    },
}
"""Settings that make a recipe quick; a new recipe may need none."""
RECIPE_IDS = sorted(one.id for one in RECIPES.values() if not one.folds and one.model_file == MODEL)
"""Recipes that learn in steps and leave a graph; those that part the training items themselves have tests of their own,
and so has what leaves another form: docs/decisions/0008."""


def made_for(recipe: str, folder: Path, count: int) -> Gathered:
    """Samples that a recipe can learn."""
    return MADE[RECIPES[recipe].task, RECIPES[recipe].media](folder, count)


def begin(recipe: str, tmp: Path, out: str, **settings: Any) -> Path:
    """Opens a run on eight samples, four of them kept as well."""
    made = made_for(recipe, tmp / "data", 8)
    wish = Wish(recipe, {**SMALL.get(recipe, {}), **settings}, kept=0, threads=1)
    folder, _ = open_or_continue(tmp / out, wish, made)
    return folder.path


_LEARNED: dict[str, tuple[Path, Path]] = {}


def learned_run(recipe: str, factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A run that saw eight samples many times, and the folder of the data: once for all tests that ask."""
    if recipe not in _LEARNED:
        tmp = factory.mktemp(recipe)
        path = begin(recipe, tmp, "run", steps=100, batch=8)
        assert here.run(RunFolder(path)) == 0
        _LEARNED[recipe] = (path, tmp / "data")
    return _LEARNED[recipe]


@pytest.fixture(scope="module", params=RECIPE_IDS)
def learned(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path, Path]:
    """A run that saw eight samples many times: recipe, its folder, the folder of the data."""
    return (request.param, *learned_run(request.param, tmp_path_factory))


def test_learns_eight_samples_by_heart(learned: tuple[str, Path, Path]) -> None:
    recipe, path, data = learned
    from_disk = RunFolder(path)
    run = from_disk.read()
    assert run.state == "finished"
    assert run.result is not None
    assert run.result["metrics"] == {}, "nothing is kept, so nothing may be claimed"
    assert "training items" in run.result["threshold_from"]
    predictor = load_predictor(path)
    made = made_for(recipe, data, 8)
    right = total = 0
    for item in made.items:
        marks = predictor.predict([(data / item.path).read_bytes()])[0]
        found = [mark for mark in marks if (mark.score or 0) >= predictor.threshold]
        total += len(item.labels)
        right += sum(any(_same(mark.model_dump(), label) for mark in found) for label in item.labels)
    assert right >= 0.9 * total


def _same(mark: dict[str, Any], label: dict[str, Any]) -> bool:
    if mark["label"] != label["label"]:
        return False
    if mark["kind"] != label["kind"]:
        return False
    if mark["kind"] == "class":
        return True
    if mark["kind"] == "sound_segment":
        return bool(mark["transcript"] == label["transcript"])
    if mark["kind"] == "span":
        return bool((mark["start"], mark["end"]) == (label["start"], label["end"]))
    return LABEL_KINDS[mark["kind"]].agreement(*parse_labels([mark, label])) >= 0.5


def test_marks_follow_the_contract(learned: tuple[str, Path, Path]) -> None:
    _, path, data = learned
    predictor = load_predictor(path / "model")
    for file in sorted(data.iterdir()):
        marks = predictor.predict([file.read_bytes()])[0]
        scores = [mark.score or 0.0 for mark in marks]
        assert len(marks) <= 100
        assert scores == sorted(scores, reverse=True)
        assert all(score >= 0.01 for score in scores)
        assert {mark.label for mark in marks} <= set(predictor.labels)


def test_loaded_twice_gives_the_same(learned: tuple[str, Path, Path]) -> None:
    _, path, data = learned
    contents = [file.read_bytes() for file in sorted(data.iterdir())]
    first, second = load_predictor(path), load_predictor(path)
    assert first.predict(contents) == second.predict(contents)
    assert first.predict(contents)[3] == second.predict([contents[3]])[0], "an answer depends on the item alone"


def test_the_export_is_what_was_trained(learned: tuple[str, Path, Path]) -> None:
    _, path, _ = learned
    run = RunFolder(path).read()
    assert run.result is not None
    check = run.result["onnx"]
    assert check["items"] == 8
    assert check["score"] < 1e-4
    assert check["pixels"] < 0.01
    model = (path / "model" / "model.onnx").read_bytes()
    assert onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"]).get_modelmeta() is not None


def test_figures_over_time_and_plans_are_in_the_run(learned: tuple[str, Path, Path]) -> None:
    recipe, path, _ = learned
    lines = (path / "metrics.jsonl").read_text().splitlines()
    assert len(lines) == 10
    assert (path / "plan.jsonl").read_text().count("\n") == 1
    assert not (path / "checkpoints").exists()
    for name in ("model.onnx", "model.json", "labels.json"):
        assert (path / "model" / name).is_file()
    assert (path / "model" / "preprocessing.json").is_file() == (RECIPES[recipe].media == "image")
