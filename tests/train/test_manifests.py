"""Manifests are light, documented, and make a form."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tongguan.train.recipes import RECIPES
from tongguan.train.recipes.start import checked_params

GUIDES = Path(__file__).parents[2] / "docs" / "guides"


@pytest.mark.parametrize("recipe", sorted(RECIPES))
def test_every_parameter_is_documented_and_described(recipe: str) -> None:
    page = GUIDES / "recipes" / f"{recipe}.md"
    general = (GUIDES / "training.md").read_text(encoding="utf-8")
    text = general + (page.read_text(encoding="utf-8") if page.exists() else "")
    for command in (f"train --recipe {recipe}", "evaluate runs/", "predict runs/"):
        assert command in text
    schema = RECIPES[recipe].params.model_json_schema()
    for name, field in schema["properties"].items():
        assert f"`{name}`" in text, f"no guide says anything about {name} of {recipe}"
        assert field.get("description"), f"{name} has no description for the form"


@pytest.mark.parametrize("recipe", sorted(RECIPES))
def test_text_of_the_command_line_is_understood(recipe: str) -> None:
    assert checked_params(recipe, {"steps": "12"}).steps == 12


def test_the_registry_is_light() -> None:
    code = (
        "import sys; import tongguan.train.recipes; "
        "heavy = {'torch', 'transformers', 'peft', 'onnxruntime', 'onnx', 'sqlalchemy', 'fastapi'} & set(sys.modules); "
        "sys.exit(', '.join(heavy) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr


def test_prediction_needs_no_training_code() -> None:
    modules = ", ".join(one.predict for one in RECIPES.values())
    code = (
        f"import sys; import {modules}; "
        "heavy = {'torch', 'transformers', 'peft', 'onnx', 'sqlalchemy', 'fastapi'} & set(sys.modules); "
        "sys.exit(', '.join(heavy) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
