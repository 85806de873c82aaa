"""Every label kind has a page that says what the program does, and whose examples run."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.architecture.skeleton import ROOT
from tongguan.catalog.labels.registry import LABEL_KINDS
from tongguan.cli.main import build

FOLDER = ROOT / "docs" / "catalog" / "kinds"


def test_the_pages_agree_with_the_registry() -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "kind_pages.py"), "--check"],
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, f"run: python scripts/kind_pages.py; differing: {done.stdout}{done.stderr}"


def _blocks(kind: str, language: str) -> str:
    page = (FOLDER / f"{kind}.md").read_text(encoding="utf-8")
    (block,) = re.findall(rf"```{language}\n(.*?)```", page, flags=re.DOTALL)
    return str(block)


def test_the_code_of_the_pages_runs() -> None:
    code = "".join(_blocks(kind, "python") for kind in LABEL_KINDS)
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True, cwd=ROOT / "src")
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) == len(LABEL_KINDS)


@pytest.mark.parametrize("kind", LABEL_KINDS)
def test_the_answers_of_a_page_are_merged(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "answers.json"
    path.write_text(_blocks(kind, "json"), encoding="utf-8")
    done = CliRunner().invoke(build("aggregate"), ["aggregate", str(path), "--kind", kind, "--json"])
    assert done.exit_code == 0, done.output
    (task,) = json.loads(done.stdout)["tasks"]
    assert task["confidence"] == pytest.approx(1)
