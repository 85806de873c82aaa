"""`make new`: files that pass the linters as they are written, nothing overwritten, bad names refused."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from scripts.new import KINDS, NEXT, Refused, main, plan, tidy, words_of, write

from tests.architecture.limits import find_excesses
from tests.architecture.skeleton import ROOT, run
from tests.architecture.test_tools import BIN


@pytest.mark.parametrize("kind", KINDS)
def test_files_pass_ruff_and_limits_as_they_are_written(kind: str, tmp_path: Path) -> None:
    shutil.copy(ROOT / "pyproject.toml", tmp_path / "pyproject.toml")
    for package in (ROOT / "src" / "tongguan").rglob("__init__.py"):  # so that ruff knows what is our own
        (tmp_path / package.relative_to(ROOT)).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / package.relative_to(ROOT)).touch()
    files = plan(kind, "new-thing")
    write(tmp_path, files)
    tidy(tmp_path, files)
    assert (tmp_path / "src").is_dir()
    for arguments in (["check", "--no-cache"], ["format", "--no-cache", "--check"]):
        done = run([str(BIN / "ruff"), *arguments, "."], tmp_path)
        assert done.returncode == 0, done.stdout
    assert find_excesses(tmp_path) == []
    assert "new" in NEXT[kind].format(**words_of("new-thing"))


@pytest.mark.parametrize(
    ("name", "module", "class_name"),
    [
        ("rotated_box", "rotated_box", "RotatedBox"),
        ("class", "class_", "Class"),
        ("label-studio", "label_studio", "LabelStudio"),
    ],
)
def test_names(name: str, module: str, class_name: str) -> None:
    assert words_of(name) == {"id": name, "module": module, "Class": class_name}


@pytest.mark.parametrize(
    ("kind", "name"), [("tool", "x"), ("label", "Box"), ("label", "../x"), ("label", ""), ("label", "a b")]
)
def test_refused(kind: str, name: str) -> None:
    with pytest.raises(Refused):
        plan(kind, name)


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    files = plan("format", "coco")
    write(tmp_path, files)
    with pytest.raises(Refused, match="exists already"):
        write(tmp_path, files)
    assert main(["label", "box"]) == 2
    assert main([]) == 2
