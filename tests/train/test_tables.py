"""Recipes for tables: what is learnt, what is refused, that a stopped run ends the same, and what a model says."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest

from tests.train.rows import KINDS, QUICK, write_plates, write_screening
from tongguan.evaluate.measure import evaluate
from tongguan.evaluate.measure.page import page
from tongguan.train.recipes import load_predictor
from tongguan.train.recipes.base import ItemUnreadable, ModelRefused, UsageProblem
from tongguan.train.recipes.folder import RunFolder
from tongguan.train.recipes.sources.registry import gather, media_of
from tongguan.train.recipes.start import Wish, open_or_continue
from tongguan.train.recipes.supervise import Cancelled, train_run


def begin(recipe: str, data: Path, out: Path, kept: float = 0.2, **settings: Any) -> Path:
    """Opens a run."""
    wished = {**QUICK, **settings}
    made = gather(recipe, data, "auto", wished, kept)
    folder, _ = open_or_continue(out, Wish(recipe, wished, kept=kept, threads=1), made)
    return folder.path


def result(path: Path) -> dict[str, Any]:
    """What a finished run says of itself."""
    found = RunFolder(path).read().result
    assert found is not None
    return found


@pytest.fixture(scope="module")
def plates(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A trained classifier of rows and its table."""
    tmp = tmp_path_factory.mktemp("plates")
    data = write_plates(tmp / "plates.csv", 240)
    path = begin("tabular-classification", data, tmp / "run")
    train_run(path)
    return path, data


@pytest.fixture(scope="module")
def screened(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A trained screening and its table, in which cases and controls are of different plates."""
    tmp = tmp_path_factory.mktemp("screening")
    data = write_screening(tmp / "blood.csv", 400)
    path = begin("tabular-screening", data, tmp / "run", negative="Normal", specificity=0.9)
    train_run(path)
    return path, data


def test_rows_are_learnt_and_the_baseline_stands_beside(plates: tuple[Path, Path]) -> None:
    path, _ = plates
    found = result(path)
    assert found["metrics"]["accuracy"]["value"] > 0.75
    assert set(found["metrics"]) == {"accuracy", "macro_f1", "ece"}
    assert found["baseline"]["name"] == "plain LightGBM"
    assert found["blind"]["metrics"]["accuracy"]["value"] < 0.6
    assert [one["column"] for one in found["data"]["excluded"]] == ["number"]
    assert "training rows" in found["threshold_from"]
    assert "每一行" in (path / "model" / "model.md").read_text(encoding="utf-8")


def test_items_are_rows_by_file_and_number(plates: tuple[Path, Path]) -> None:
    path, data = plates
    predictor = load_predictor(path)
    named = list(media_of(predictor.recipe).members("plates.csv", data.read_bytes()))
    assert [name for name, _ in named[:2]] == ["plates.csv:1", "plates.csv:2"]
    together = predictor.predict([content for _, content in named])
    assert together[7] == predictor.predict([named[7][1]])[0], "an answer depends on the row alone"
    mark = together[0][0].model_dump()
    assert set(mark["scores"]) == set(KINDS)
    assert sum(mark["scores"].values()) == pytest.approx(1, abs=1e-4)
    with pytest.raises(ItemUnreadable):
        predictor.predict([b"no row"])


def test_a_run_that_was_stopped_ends_the_same(plates: tuple[Path, Path], tmp_path: Path) -> None:
    _, data = plates
    path = begin("tabular-classification", data, tmp_path / "whole", folds=8)
    train_run(path)
    again = begin("tabular-classification", data, tmp_path / "run", folds=8)
    seen: list[dict[str, Any]] = []
    with pytest.raises(Cancelled):
        train_run(again, on_event=seen.append, should_stop=lambda: any(one.get("event") == "holdout" for one in seen))
    assert RunFolder(again).read().state == "cancelled"
    assert train_run(again).sessions == 2
    assert (again / "model" / "trees.json").read_bytes() == (path / "model" / "trees.json").read_bytes()


def test_evaluate_knows_its_own_rows_and_others(plates: tuple[Path, Path], tmp_path: Path) -> None:
    path, data = plates
    own = evaluate(path, data)
    assert own.side == "kept"
    assert own.overlap == 0
    assert own.figures["metrics"] == result(path)["metrics"]
    new = evaluate(path, write_plates(tmp_path / "new.csv", 60, seed=1), compare=path)
    assert len(new.judged) == 60
    assert new.as_json()["compare"]["difference"]["accuracy"]["value"] == 0
    text = page(new)
    assert "Confusion" in text
    assert "Worst items" in text
    copied = evaluate(path, write_plates(tmp_path / "old.csv", 240).rename(tmp_path / "renamed.csv"))
    assert copied.side == "kept", "the same rows are known again under another name"


def test_damaged_trees_are_refused(plates: tuple[Path, Path], tmp_path: Path) -> None:
    path, _ = plates
    for name in ("model.json", "labels.json"):
        (tmp_path / name).write_bytes((path / "model" / name).read_bytes())
    (tmp_path / "trees.json").write_bytes(b"{}")
    with pytest.raises(ModelRefused, match="SHA-256"):
        load_predictor(tmp_path)


def test_screening_keeps_its_specificity_and_warns_of_batches(screened: tuple[Path, Path]) -> None:
    path, _ = screened
    found, run = result(path), RunFolder(path).read()
    assert set(found["metrics"]) == {"sensitivity", "specificity", "organ_top1", "auroc", "ece"}
    assert found["inner"]["specificity"] >= 0.9
    refused = {one["column"]: one for one in found["data"]["excluded"]}
    assert {"Sample ID", "Stage", "Age"} <= set(refused)
    assert found["batches"]["suspicious"]
    assert found["batches"]["limits_alone"]["auroc"] > found["batches"]["common_limits"]["auroc"] - 0.2
    assert any("different batches" in one["message"] and "5.125" in one["message"] for one in run.warnings)
    assert set(found["slices"]["Stage"]) == {"I", "II"}


def test_a_screening_says_its_decision(screened: tuple[Path, Path]) -> None:
    path, data = screened
    predictor = load_predictor(path)
    contents = [content for _, content in media_of(predictor.recipe).members("blood.csv", data.read_bytes())]
    marks = [one[0].model_dump() for one in predictor.predict(contents)]
    for mark in marks:
        assert (mark["label"] == "Normal") == (1 - mark["scores"]["Normal"] < predictor.threshold - 1e-5)
    evaluated = evaluate(path, data).as_json()
    assert {"Stage"} <= {row["kind"] for row in evaluated["slices"]}
    assert evaluated["warnings"]


def test_blanks_that_tell_a_class_are_told(screened: tuple[Path, Path], tmp_path: Path) -> None:
    """Every stomach has lost its HGF, and nobody else."""
    _, data = screened
    with data.open(encoding="utf-8", newline="") as file:
        head, *rows = csv.reader(file)
    kept = [[*row[:5], "", *row[6:]] if row[1] == "Stomach" else row for row in rows]
    told = tmp_path / "told.csv"
    with told.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([head, *kept])
    run = train_run(begin("tabular-screening", told, tmp_path / "run", negative="Normal", specificity=0.9))
    words = next(one["message"] for one in run.warnings if one["code"] == "class_blanks")
    assert "Stomach: HGF (pg/ml) (blank in 100% of it, 0% of the other positives)" in words


def test_batches_that_are_mixed_give_no_warning(tmp_path: Path) -> None:
    data = write_screening(tmp_path / "mixed.csv", 240, apart=False)
    path = begin("tabular-screening", data, tmp_path / "run", negative="Normal", specificity=0.9)
    assert not [one for one in train_run(path).warnings if one["code"] == "batches"]


def test_which_table_and_column_must_be_clear(tmp_path: Path) -> None:
    (tmp_path / "two").mkdir()
    write_plates(tmp_path / "two" / "a.csv", 40)
    write_plates(tmp_path / "two" / "b.csv", 40)
    with pytest.raises(UsageProblem, match="table="):
        gather("tabular-classification", tmp_path / "two", "auto", {}, 0.2)
    made = gather("tabular-classification", tmp_path / "two", "auto", {"table": "b"}, 0.2)
    assert made.facts["table"] == "b.csv"
    with pytest.raises(UsageProblem, match="no column"):
        gather("tabular-classification", tmp_path / "two", "auto", {"table": "b", "target": "x"}, 0.2)


def test_sides_of_files_and_of_time(tmp_path: Path) -> None:
    folder = tmp_path / "sided"
    folder.mkdir()
    for at, side in enumerate(("train", "val", "test")):
        write_plates(folder / f"{side}.csv", 30, seed=at)
    counts = gather("tabular-classification", folder, "auto", {}, 0.2).counts()
    assert (counts["train"], counts["kept"], counts["test"]) == (30, 30, 30)
