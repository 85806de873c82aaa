"""The benches run, say what machine they ran on, and write their figures."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import bench.__main__ as runner
import pytest
from bench.machine import describe

from bench import dawid_skene


def test_machine() -> None:
    facts = describe()
    assert facts["cores"] >= 1
    assert facts["memory_gib"] > 0
    assert facts["processor"]


def test_names_are_found_by_looking() -> None:
    assert "dawid_skene" in runner.names()
    assert "machine" not in runner.names()


def test_unknown_name_is_exit_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert runner.main(["nothing"]) == 2
    assert "dawid_skene" in capsys.readouterr().err


@pytest.mark.filterwarnings("ignore")
def test_figures_are_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(runner, "FOLDER", tmp_path)
    small = dawid_skene.run

    def run() -> dict[str, Any]:
        return small(tasks=300)

    monkeypatch.setattr(dawid_skene, "run", run)
    monkeypatch.setattr(dawid_skene, "REAL_DATA", tmp_path / "nowhere")
    assert runner.main(["dawid_skene"]) == 0
    written = json.loads((tmp_path / "dawid_skene.json").read_text(encoding="utf-8"))
    assert written == json.loads(capsys.readouterr().out)
    assert written["figures"]["answers"] == 1500
    assert written["machine"]["cores"] >= 1
    theirs = written["figures"]["crowd_kit"]
    assert "left_out" in theirs or theirs["different_labels"] == 0


def test_a_broken_bench_does_not_hide_the_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "FOLDER", tmp_path)

    def fail() -> dict[str, Any]:
        raise RuntimeError("no luck")

    monkeypatch.setattr(dawid_skene, "run", fail)
    assert runner.main(["dawid_skene"]) == 1
    assert "no luck" in json.loads((tmp_path / "dawid_skene.json").read_text(encoding="utf-8"))["error"]
