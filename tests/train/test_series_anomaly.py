"""A watcher of series: disturbances are told from usual rows, alarms are as rare as asked."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

from tests.train.test_series import write_series
from tongguan.catalog.labels.interval import IntervalLabel
from tongguan.evaluate.measure.watchers import evaluate_watcher, watcher_page
from tongguan.train.recipes import load_predictor
from tongguan.train.recipes.folder import RunFolder
from tongguan.train.recipes.sources.registry import gather
from tongguan.train.recipes.start import Wish, open_or_continue
from tongguan.train.recipes.supervise import train_run


def test_a_disturbance_is_found_and_usual_rows_are_not(tmp_path: Path) -> None:
    data = write_series(tmp_path / "hours.csv", 2_400)
    settings = {"history": 24, "window": 4, "alarms": 0.01}
    made = gather("series-anomaly", data, "auto", settings, 0.15)
    folder, _ = open_or_continue(tmp_path / "run", Wish("series-anomaly", settings, threads=1), made)
    result = train_run(folder.path).result
    assert result is not None
    assert result["metrics"]["auroc"]["value"] > result["baseline"]["metrics"]["auroc"]["value"]
    assert result["alarms_on_kept"] < 0.05
    rows = list(csv.reader(write_series(tmp_path / "odd.csv", 300, seed=9).open(encoding="utf-8")))
    rows[200][1] = "95"
    with (tmp_path / "odd.csv").open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows(rows)
    marks = load_predictor(folder.path).predict([(tmp_path / "odd.csv").read_bytes()])[0]
    best = marks[0]
    assert isinstance(best, IntervalLabel)
    assert best.start <= 200 <= best.end
    assert np.isclose(best.score or 0, max(mark.score or 0 for mark in marks))
    told = evaluate_watcher(folder.path, data, "auto", folder.path)
    assert told.told["side"] == "test"
    assert told.told["compare"]["difference"]["auroc"]["value"] == 0
    assert "planted" in watcher_page(told)
    assert RunFolder(folder.path).read().state == "finished"
