"""Grades on a scale: by the commands; the order; figures against scikit-learn; chances that never rise."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from sklearn.metrics import cohen_kappa_score, mean_absolute_error

from tests.cli.test_train_command import call
from tests.train.graded import bars, gathered, write_graded
from tongguan.catalog.labels.class_ import ClassLabel
from tongguan.catalog.metrics.base import measure
from tongguan.catalog.metrics.grades import GradeItem
from tongguan.catalog.metrics.registry import METRICS, metrics_of
from tongguan.train.recipes.base import RecipeError
from tongguan.train.recipes.items import Item
from tongguan.train.recipes.ordinal_grading.scale import grade_mark, scale_of
from tongguan.train.recipes.torch_parts.classifier import Classifier
from tongguan.train.recipes.torch_parts.grader import Exported, Grader

NAMES = ("light", "medium", "heavy")
SMALL = [f"--set={one}" for one in ("size=64", "batch=8", "steps=30", "freeze=8", "flip_x=false")]


def test_grades_are_learnt_told_and_measured(tmp_path: Path) -> None:
    data = write_graded(tmp_path / "data", 16, NAMES)
    words: list[str | Path] = ["train", "--recipe", "ordinal-grading", "--data", data, *SMALL, "--set", "kept=0.3"]
    code, _, said = call(*words, "--out", tmp_path / "lost")
    assert code == 1
    assert "--set order=" in said
    code, answer, said = call(*words, "--out", tmp_path / "run", "--set", "order=light,medium,heavy")
    assert code == 0, said
    assert answer["labels"] == list(NAMES)
    assert list(answer["metrics"]) == ["accuracy", "ece", "qwk", "grade_mae", "within_one"]
    assert answer["metrics"]["qwk"]["value"] > 0.6, "it has learnt"
    assert answer["baseline"]["metrics"]["qwk"]["value"] == pytest.approx(0, abs=1e-9)
    assert answer["metrics"]["grade_mae"]["value"] < answer["baseline"]["metrics"]["grade_mae"]["value"]
    assert answer["onnx"]["score"] < 1e-4
    (tmp_path / "new.png").write_bytes(bars(12_345, 3))
    code, found, said = call("predict", tmp_path / "run", tmp_path / "new.png")
    assert code == 0, said
    (mark,) = found["predictions"][0]["labels"]
    assert list(mark["scores"]) == list(NAMES), "in the order of the scale"
    assert (mark["grade"], mark["grades"]) == (NAMES.index(mark["label"]), 3)
    assert sum(mark["scores"].values()) == pytest.approx(1, abs=1e-4)
    code, found, said = call("evaluate", tmp_path / "run", "--data", data, "--html", tmp_path / "page.html")
    assert code == 0, said
    assert found["metrics"] == answer["metrics"]


def test_figures_are_those_of_scikit_learn() -> None:
    rng = np.random.default_rng(2)
    truth = rng.integers(0, 5, 300)
    answer = np.clip(truth + rng.integers(-2, 3, 300), 0, 4)
    items = [GradeItem(str(a), str(b), 0.5, int(a), int(b), 5) for a, b in zip(truth, answer, strict=True)]
    groups = [str(at) for at in range(300)]
    found = {one.id: measure(one, items, groups, resamples=50).overall for one in metrics_of("grading")}
    assert found["qwk"].value == pytest.approx(cohen_kappa_score(truth, answer, weights="quadratic"))
    assert found["grade_mae"].value == pytest.approx(mean_absolute_error(truth, answer))
    assert found["within_one"].value == pytest.approx(float((np.abs(truth - answer) <= 1).mean()))
    assert all(one.low is not None and one.high is not None and one.low <= one.high for one in found.values())
    alike = [GradeItem("1", "1", 1.0, 1, 1, 3)] * 4
    assert measure(METRICS["qwk"], alike, ["a", "b", "c", "d"], resamples=5).overall.value is None
    off = [GradeItem("9", "0", 1.0, -1, 0, 3)]
    assert measure(METRICS["grade_mae"], off, ["a"], resamples=5).overall.value == 2


def test_the_chance_of_being_above_never_rises_with_the_grade() -> None:
    torch.manual_seed(0)
    model = Grader(Classifier(1, 0.0), (0.9, 0.7, 0.4, 0.2, 0.1)).eval()
    assert torch.allclose((model.cuts() / -2).sigmoid(), torch.tensor([0.9, 0.7, 0.4, 0.2, 0.1]), atol=1e-3)
    with torch.no_grad():
        model.steps.copy_(torch.tensor([-3.0, 2.0, 0.0, -8.0]))
        shares = Exported(model, 0.7).eval()(torch.randint(0, 255, (3, 3, 64, 64), dtype=torch.uint8))
    assert (model.cuts().diff() > 0).all()
    assert (shares >= 0).all()
    assert torch.allclose(shares.sum(1), torch.ones(3), atol=1e-5)


def _items(*labels: ClassLabel) -> list[Item]:
    made = []
    for at, label in enumerate(labels):
        raw = (label.model_dump(mode="json"),)
        made.append(Item(name=str(at), path="", sha256="", side="train", group="", labels=raw))
    return made


def test_the_order_comes_from_places_or_numbers_or_is_asked_for(tmp_path: Path) -> None:
    numbered = _items(*(ClassLabel(label=name) for name in ("grade 10", "grade 9", "grade 2")))
    assert scale_of(numbered, "") == ("grade 2", "grade 9", "grade 10")
    placed = _items(ClassLabel(label="b", grade=0, grades=2), ClassLabel(label="a", grade=1, grades=2))
    assert scale_of(placed, "") == ("b", "a")
    assert scale_of(placed, "a, b, c") == ("a", "b")
    for items, order in ((_items(ClassLabel(label="x"), ClassLabel(label="y")), ""), (placed, "a"), (placed, "a,b,a")):
        with pytest.raises(RecipeError):
            scale_of(items, order)
    assert gathered(tmp_path, 3).items


@pytest.mark.parametrize(("shares", "place"), [((0.2, 0.3, 0.5), 1), ((0.6, 0.1, 0.3), 0), ((0.1, 0.1, 0.8), 2)])
def test_the_answer_is_the_middle_grade(shares: tuple[float, ...], place: int) -> None:
    mark: dict[str, Any] = grade_mark(NAMES, np.array(shares)).model_dump()
    assert (mark["label"], mark["grade"]) == (NAMES[place], place)
