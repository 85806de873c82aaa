"""Masks: by the commands, from run lengths and polygons; counts of pixels; what a map of classes shows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from tests.cli.test_train_command import call
from tests.train.outlined import LABELS, masked, write_masks
from tests.train.plates import plate, write_coco
from tongguan.catalog.labels.mask import MaskLabel, rle
from tongguan.catalog.labels.polygon import PolygonLabel
from tongguan.catalog.metrics.base import measure
from tongguan.catalog.metrics.registry import METRICS, metrics_of
from tongguan.train.recipes.judging import judge_of
from tongguan.train.recipes.torch_parts.augment import Strength, apply, apply_to_classes, draw

SMALL = [f"--set={one}" for one in ("size=96", "batch=8", "steps=40", "freeze=8", "width=32", "depth=1")]


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, dict[str, Any]]:
    """Plates with masks, a run on them, and what the command said."""
    tmp = tmp_path_factory.mktemp("masks")
    data = write_masks(tmp / "data", 24)
    code, answer, said = call(
        "train", "--recipe", "segmentation", "--data", data, "--out", tmp / "run", *SMALL, "--set", "kept=0.3"
    )
    assert code == 0, said
    return data, tmp / "run", answer


def test_what_train_says(trained: tuple[Path, Path, dict[str, Any]]) -> None:
    _, _, answer = trained
    assert list(answer["metrics"]) == ["map50", "miou", "dice"]
    found, blind = answer["metrics"]["miou"], answer["baseline"]["metrics"]["miou"]
    assert found["low"] <= found["value"] <= found["high"]
    assert found["value"] > blind["value"] + 0.2, "it has learnt"
    assert set(answer["classes"]["dice"]) == set(LABELS)
    assert answer["onnx"]["score"] < 1e-4
    assert "held-out" in answer["threshold_from"]


def test_predict_and_evaluate_give_masks(trained: tuple[Path, Path, dict[str, Any]], tmp_path: Path) -> None:
    data, run, answer = trained
    (tmp_path / "new.png").write_bytes(plate(999)[0])
    code, found, said = call("predict", run, tmp_path / "new.png")
    assert code == 0, said
    marks = found["predictions"][0]["labels"]
    assert {mark["kind"] for mark in marks} == {"mask"}
    assert all(mark["size"] == [96, 96] and rle.area(rle.expand(mark["counts"])) for mark in marks)
    code, found, said = call("evaluate", run, "--data", data, "--compare", run, "--html", tmp_path / "page.html")
    assert code == 0, said
    assert found["metrics"] == answer["metrics"]
    assert found["compare"]["difference"]["miou"]["value"] == 0
    assert {cell["truth"] for cell in found["confusion"]["cells"]} <= {"", *LABELS}
    assert "miou" in (tmp_path / "page.html").read_text(encoding="utf-8")
    code, other, said = call("evaluate", run, "--data", write_masks(tmp_path / "outlined", 6, outlines=True))
    assert code == 0, said
    assert other["metrics"]["miou"]["value"] > 0.3


def test_boxes_are_no_masks(tmp_path: Path) -> None:
    words: list[str | Path] = ["--recipe", "segmentation", "--data", write_coco(tmp_path / "data", 4)]
    code, _, said = call("train", *words, "--out", tmp_path / "run", *SMALL)
    assert code == 2, said


def test_pixels_by_hand() -> None:
    judge = judge_of("segmentation")
    drawn = [masked(box) for box in plate(3)[1]]
    perfect = judge.item(drawn, [one.model_copy(update={"score": 0.9}) for one in drawn])
    blind = judge.item(drawn, [])
    half = MaskLabel(label="bright", size=(2, 4), counts=rle.compress(np.array([0, 4, 4])), score=0.7)
    whole = PolygonLabel(label="bright", points=((0, 0), (4, 0), (4, 2), (0, 2)))
    items = [judge.item([whole], [half]), judge.item([], [])]
    for metric in metrics_of("segmentation"):
        assert measure(metric, [perfect], ["a"], resamples=5).overall.value == 1
        assert measure(metric, [blind], ["a"], resamples=5).overall.value == 0
        assert measure(metric, [judge.item([], [])], ["a"], resamples=5).overall.value is None
    found = {name: measure(METRICS[name], items, ["a", "b"], resamples=5).overall.value for name in ("miou", "dice")}
    assert found == {"miou": 0.5, "dice": pytest.approx(2 * 4 / (8 + 4))}
    assert items[0].overlap.tolist() == [[0.5]]


def test_maps_of_classes_move_as_their_pictures_do() -> None:
    rng = np.random.default_rng(1)
    classes = torch.zeros(2, 64, 64, dtype=torch.long)
    classes[:, 10:30, 20:50] = 2
    moves = draw(rng, 2, 64, Strength(0.4, 0.1, True, True, 0.0))
    moved = apply_to_classes(classes, moves)
    seen = apply((classes[:, None] == 2).float().expand(-1, 3, -1, -1).contiguous(), moves)[:, 0] > 0.5
    assert ((moved == 2) == seen).float().mean() > 0.97
    assert set(moved.unique().tolist()) <= {0, 2}
