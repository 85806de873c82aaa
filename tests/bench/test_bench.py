"""The benches run, say what machine they ran on, and write their figures."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import bench.__main__ as runner
import pytest
from bench._boxes import compare_voc, make_coco
from bench._measured import measured
from bench.machine import describe

from bench import dawid_skene, evaluation
from tongguan.catalog.formats.convert import convert
from tongguan.catalog.formats.registry import FORMATS
from tongguan.catalog.formats.sink import FolderSink
from tongguan.catalog.formats.tree import open_tree


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


def test_boxes_survive_two_conversions_and_a_lost_one_is_seen(tmp_path: Path) -> None:
    make_coco(tmp_path / "coco", 3, 4)
    for source, target in (("coco", "yolo"), ("yolo", "voc")):
        convert(open_tree(tmp_path / source), FORMATS[source], FORMATS[target], FolderSink(tmp_path / target))
    labels = tmp_path / "voc" / "Annotations"
    same = compare_voc(labels, 3, 4, 1)
    assert (same["boxes"], same["absent"]) == (12, 0)
    assert same["largest_difference_px"] < 1e-5
    (labels / "000002.xml").unlink()
    assert compare_voc(labels, 3, 4, 1)["absent"] == 4


def test_memory_of_a_process_is_its_own() -> None:
    small = measured([sys.executable, "-c", "import time; time.sleep(0.2)"])
    large = measured([sys.executable, "-c", "import time; held = b'x' * 200_000_000; time.sleep(0.2)"])
    assert large.peak_bytes - small.peak_bytes > 150_000_000
    assert small.peak_bytes < 60_000_000
    with pytest.raises(RuntimeError, match="no luck"):
        measured([sys.executable, "-c", "raise SystemExit('no luck')"])


def test_public_evaluators_give_our_figures() -> None:
    figures = evaluation.run(pictures=60)
    for name in evaluation.REFERENCES:
        theirs = figures[name]
        assert "left_out" in theirs or theirs["difference_map50_95"] < 1e-9, name
