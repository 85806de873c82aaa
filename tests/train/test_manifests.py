"""Manifests are light, documented, and make a form."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tongguan.train.recipes import RECIPES
from tongguan.train.recipes.start import checked_params

GUIDE = Path(__file__).parents[2] / "docs" / "guides" / "training.md"


@pytest.mark.parametrize("recipe", sorted(RECIPES))
def test_every_parameter_is_documented_and_described(recipe: str) -> None:
    text = GUIDE.read_text(encoding="utf-8")
    assert f"--recipe {recipe}" in text
    schema = RECIPES[recipe].params.model_json_schema()
    for name, field in schema["properties"].items():
        assert f"`{name}`" in text, f"docs/guides/training.md says nothing about {name}"
        assert field.get("description"), f"{name} has no description for the form"


@pytest.mark.parametrize("recipe", sorted(RECIPES))
def test_text_of_the_command_line_is_understood(recipe: str) -> None:
    assert checked_params(recipe, {"steps": "12"}).steps == 12


def test_the_registry_is_light() -> None:
    code = (
        "import sys; import tongguan.train.recipes; "
        "heavy = {'torch', 'onnxruntime', 'onnx', 'sqlalchemy', 'fastapi'} & set(sys.modules); "
        "sys.exit(', '.join(heavy) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr


def test_prediction_needs_no_training_code() -> None:
    code = (
        "import sys; import tongguan.train.recipes.detection.predict; "
        "heavy = {'torch', 'onnx', 'sqlalchemy', 'fastapi'} & set(sys.modules); sys.exit(', '.join(heavy) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
