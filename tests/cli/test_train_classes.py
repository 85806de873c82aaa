"""`tongguan train`, `evaluate` and `predict` for classes of whole pictures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.cli.test_train_command import call
from tests.train.spots import KINDS, picture, write_folders, write_table

SMALL = ["--set", "size=64", "--set", "batch=8", "--set", "steps=30"]


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, dict[str, Any]]:
    """Folders of classes, a run on them, and what the command said."""
    tmp = tmp_path_factory.mktemp("classes")
    data = write_folders(tmp / "data", 16)
    code, answer, said = call(
        "train", "--recipe", "image-classification", "--data", data, "--out", tmp / "run", *SMALL, "--set", "kept=0.3"
    )
    assert code == 0, said
    return data, tmp / "run", answer


def test_what_train_says(trained: tuple[Path, Path, dict[str, Any]]) -> None:
    _, _, answer = trained
    assert answer["recipe"] == "image-classification"
    assert answer["data"]["format"] == "class-folders"
    assert answer["data"]["target"] == "class"
    assert list(answer["metrics"]) == ["accuracy", "macro_f1", "ece"]
    accuracy, blind = answer["metrics"]["accuracy"], answer["baseline"]["metrics"]["accuracy"]
    assert accuracy["low"] <= accuracy["value"] <= accuracy["high"]
    assert answer["baseline"]["name"] == "most frequent class"
    assert accuracy["value"] > blind["value"] + 0.2, "it has learnt"
    assert set(answer["classes"]["accuracy"]) <= set(KINDS)
    assert "held-out" in answer["threshold_from"]
    assert 0.25 <= answer["temperature"] <= 8
    assert answer["onnx"]["score"] < 1e-4


def test_predict_gives_the_class_with_all_probabilities(
    trained: tuple[Path, Path, dict[str, Any]], tmp_path: Path
) -> None:
    _, run, answer = trained
    file = tmp_path / "new.png"
    file.write_bytes(picture(999_999, "stripes"))
    code, found, _ = call("predict", run, file)
    assert code == 0
    assert found["threshold"] == answer["threshold"]
    (mark,) = found["predictions"][0]["labels"]
    assert set(mark) == {"kind", "label", "score", "scores"}
    assert mark["kind"] == "class"
    assert set(mark["scores"]) == set(KINDS)
    assert sum(mark["scores"].values()) == pytest.approx(1, abs=1e-4)
    assert mark["score"] == mark["scores"][mark["label"]] == max(mark["scores"].values())


def test_evaluate_measures_the_kept_side_and_other_data(
    trained: tuple[Path, Path, dict[str, Any]], tmp_path: Path
) -> None:
    data, run, answer = trained
    code, found, said = call("evaluate", run, "--data", data, "--compare", run)
    assert code == 0, said
    assert found["metrics"] == answer["metrics"]
    assert found["items"] == answer["split"]["kept"]
    assert found["compare"]["difference"]["accuracy"]["value"] == 0
    code, found, said = call("evaluate", run, "--data", write_table(tmp_path / "other", 4, seed=7))
    assert code == 0, said
    assert (found["items"], found["overlap"]) == (12, 0)


def test_groups_of_a_table_are_not_parted(tmp_path: Path) -> None:
    data = write_table(tmp_path / "data", 8, groups=4)
    words: list[str | Path] = [
        "--recipe",
        "image-classification",
        "--data",
        data,
        "--out",
        tmp_path / "run",
        *SMALL[:4],
    ]
    code, answer, said = call("train", *words, "--set", "steps=2", "--set", "kept=0.5")
    assert code == 0, said
    assert answer["split"]["by"] == answer["data"]["group"] == "group column"
    assert answer["split"]["kept"] % 6 == 0, "six pictures a group"


def test_one_class_is_nothing_to_tell_apart(tmp_path: Path) -> None:
    data = write_folders(tmp_path / "data", 3)
    words: list[str | Path] = ["--recipe", "image-classification", "--data", data / "rings", "--out", tmp_path / "run"]
    assert call("train", *words)[0] == 2
