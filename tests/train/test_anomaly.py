"""Pictures unlike good ones: by the commands, learnt from good ones alone; regions; the threshold."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import ndimage

from tests.cli.test_train_command import call
from tests.train.oddities import oddity, write_oddities
from tests.train.plates import write_coco, write_plates
from tongguan.train.recipes.anomaly.scoring import share, usual_distance
from tongguan.train.recipes.picture_parts.regions import regions

SMALL = ["--set", "size=96", "--set", "batch=8", "--set", "steps=6", "--set", "memory=64", "--set", "alarms=0.2"]


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, dict[str, Any]]:
    """Folders of good and defective plates, a run on them, and what the command said."""
    tmp = tmp_path_factory.mktemp("oddities")
    data = write_oddities(tmp / "data", 40, 8)
    code, answer, said = call(
        "train", "--recipe", "anomaly", "--data", data, "--out", tmp / "run", *SMALL, "--set", "kept=0.3"
    )
    assert code == 0, said
    return data, tmp / "run", answer


def test_defects_never_seen_are_told_from_good_pictures(trained: tuple[Path, Path, dict[str, Any]]) -> None:
    _, _, answer = trained
    assert list(answer["metrics"]) == ["sensitivity", "specificity", "auroc"]
    assert answer["metrics"]["auroc"]["value"] > 0.95
    assert answer["metrics"]["auroc"]["value"] >= answer["baseline"]["metrics"]["auroc"]["value"]
    assert set(answer["classes"]["sensitivity"]) <= {"hole", "stain"}
    assert answer["defective_unused"] > 0
    assert "held-out good training pictures" in answer["threshold_from"]
    assert answer["threshold"] == 0.5
    assert answer["onnx"]["score"] < 1e-4


def test_predict_says_good_or_where_it_is_odd(trained: tuple[Path, Path, dict[str, Any]], tmp_path: Path) -> None:
    _, run, _ = trained
    name, content, drawn = write_plates(tmp_path, 1, seed=77)[0]
    (tmp_path / "good.png").write_bytes(oddity(123_456, odd=False))
    code, found, said = call("predict", run, tmp_path / name, tmp_path / "good.png")
    assert code == 0, said
    odd, good = (one["labels"] for one in found["predictions"])
    verdict = next(mark for mark in odd if mark["kind"] == "class")
    assert verdict["label"] == "anomalous"
    assert verdict["score"] == pytest.approx(verdict["scores"]["anomalous"])
    boxes = [mark for mark in odd if mark["kind"] == "box"]
    best = max(boxes, key=lambda mark: float(mark["score"]))
    middle = best["x"] + best["width"] / 2, best["y"] + best["height"] / 2
    reached = [
        one.x - 8 <= middle[0] <= one.x + one.width + 8 and one.y - 8 <= middle[1] <= one.y + one.height + 8
        for one in drawn
    ]
    assert any(reached)
    assert [mark["label"] for mark in good] == ["good"]
    assert content


def test_evaluate_counts_defects_once_a_picture(trained: tuple[Path, Path, dict[str, Any]], tmp_path: Path) -> None:
    data, run, answer = trained
    code, found, said = call("evaluate", run, "--data", data, "--compare", run, "--html", tmp_path / "page.html")
    assert code == 0, said
    assert found["metrics"] == answer["metrics"]
    assert found["compare"]["difference"]["auroc"]["value"] == 0
    assert {cell["truth"] for cell in found["confusion"]["cells"]} <= {"", "anomalous"}
    assert "auroc" in (tmp_path / "page.html").read_text(encoding="utf-8")
    code, other, said = call("evaluate", run, "--data", write_coco(tmp_path / "boxes", 6, seed=5))
    assert code == 0, said
    assert other["metrics"]["sensitivity"]["value"] == 1
    assert set(other["classes"]["sensitivity"]) <= {"bright", "dark"}


def test_without_a_good_picture_nothing_is_learnt(tmp_path: Path) -> None:
    data = write_oddities(tmp_path / "data", 4, 4)
    words: list[str | Path] = ["--recipe", "anomaly", "--data", data, "--out", tmp_path / "run", *SMALL]
    code, _, said = call("train", *words, "--set", "good=sound", "--set", "kept=0")
    assert code == 1
    assert "no training picture is good" in said


def test_the_threshold_lets_few_good_pictures_through() -> None:
    rng = np.random.default_rng(0)
    passed = []
    for _ in range(400):
        seen, new = rng.normal(5, 1, 40), rng.normal(5, 1, 50)
        passed.append(float((new > usual_distance(seen.tolist(), 0.1)).mean()))
    assert np.mean(passed) <= 0.1 + 0.01
    assert usual_distance([1.0, 2.0, 3.0], 0.05) == pytest.approx(3, rel=1e-5)
    assert share(2.0, 2.0) == 0.5


@pytest.mark.parametrize("seed", range(6))
def test_regions_are_those_of_scipy(seed: int) -> None:
    rng = np.random.default_rng(seed)
    inside = ndimage.gaussian_filter(rng.normal(size=(37, 53)), seed * 0.5) > 0.02
    numbers, count = regions(inside)
    theirs, wanted = ndimage.label(inside, np.ones((3, 3)))
    assert count == wanted
    assert (numbers == theirs).all()
    assert regions(np.zeros((3, 4), dtype=bool))[1] == 0
