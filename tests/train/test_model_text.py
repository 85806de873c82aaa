"""What goes with a model: its card in words, and an example that needs nothing of ours."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.train.test_recipe_contract import RECIPE_IDS, learned_run, made_for
from tongguan.train.recipes import RECIPES, load_predictor
from tongguan.train.recipes.model_text import example

SOURCE = Path(__file__).parents[2] / "src"
OF_PICTURES = [recipe for recipe in RECIPE_IDS if RECIPES[recipe].media == "image"]
"""Their examples need nothing of ours; those of other recipes load the model through the package."""


@pytest.mark.parametrize("recipe", RECIPE_IDS)
def test_the_example_runs_alone_and_says_what_the_model_says(
    recipe: str, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path, data = learned_run(recipe, tmp_path_factory)
    predictor = load_predictor(path)
    item = made_for(recipe, data, 8).items[0]
    picture = data / item.path
    wanted = [
        mark.model_dump()
        for mark in predictor.predict([picture.read_bytes()])[0]
        if (mark.score or 0) >= predictor.threshold or RECIPES[recipe].task in ("classification", "grading")
    ]
    assert wanted
    # -I: neither the environment nor this folder; our package is found by PYTHONPATH alone.
    alone = ["-I"] if recipe in OF_PICTURES else []
    done = subprocess.run(
        [sys.executable, *alone, str(path / "model" / "example.py"), str(picture)],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(SOURCE)},
        timeout=60,
        check=True,
    )
    said: list[dict[str, Any]] = [json.loads(line) for line in done.stdout.splitlines()]
    if RECIPES[recipe].task == "segmentation":
        # The example gives a class of pixels a line, the model a region.
        assert {one["label"] for one in said} == {one["label"] for one in wanted}
        said, wanted = [], []
    assert [one["label"] for one in said] == [one["label"] for one in wanted]
    for one, mark in zip(said, wanted, strict=True):
        assert one["score"] == pytest.approx(mark["score"], abs=1e-4)
        if "box" in one:
            # Ours lies at the mean place of the boxes around it.
            assert one["box"] == pytest.approx([mark[key] for key in ("x", "y", "width", "height")], abs=6)
    text = (path / "model" / "model.md").read_text(encoding="utf-8")
    for wish in ("用途 Intended use", "数据 Data", "指标 Figures", "局限 Limits", "ONNX against PyTorch"):
        assert wish in text
    assert all(label in text for label in predictor.labels)
    assert "no figure is claimed" in text


@pytest.mark.parametrize("recipe", OF_PICTURES)
def test_the_example_is_short_and_needs_three_packages(recipe: str) -> None:
    lines = [line for line in example(RECIPES[recipe]).splitlines() if line.strip()]
    assert len(lines) <= 17
    assert "tongguan" not in "".join(lines)
