"""Forecasting: a series that can be foretold is foretold, ranges hold what they promise, time is parted by time."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import mean_absolute_error, mean_squared_error

from tongguan.catalog.metrics.base import measure
from tongguan.catalog.metrics.forecasts import ForecastItem
from tongguan.catalog.metrics.registry import METRICS
from tongguan.evaluate.measure.forecasts import evaluate_forecast, forecast_page
from tongguan.train.recipes import load_predictor
from tongguan.train.recipes.base import ItemUnreadable
from tongguan.train.recipes.folder import RunFolder
from tongguan.train.recipes.series_parts.mark import SeriesMark
from tongguan.train.recipes.series_parts.table import filled, time_sides
from tongguan.train.recipes.sources.registry import gather
from tongguan.train.recipes.start import Wish, open_or_continue
from tongguan.train.recipes.supervise import train_run

SETTINGS = {"horizon": 12, "history": "24,48"}


def write_series(file: Path, rows: int, seed: int = 0) -> Path:
    """Hours with a daily wave and noise, and a second column that follows the first; a few cells are empty."""
    rng = np.random.default_rng(seed)
    hours = np.arange(rows)
    load = 50 + 10 * np.sin(hours * 2 * np.pi / 24) + rng.normal(0, 1, rows)
    heat = 20 + 0.2 * load + rng.normal(0, 0.5, rows)
    with file.open("w", encoding="utf-8", newline="") as out:
        table = csv.writer(out)
        table.writerow(["date", "负荷", "OT"])
        for at in range(rows):
            when = np.datetime64("2024-01-01T00:00:00") + np.timedelta64(at, "h")
            table.writerow([str(when).replace("T", " "), "" if at % 97 == 5 else f"{load[at]:.4f}", f"{heat[at]:.4f}"])
    return file


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A trained forecast and its series."""
    tmp = tmp_path_factory.mktemp("series")
    data = write_series(tmp / "hours.csv", 1_200)
    made = gather("forecasting", data, "auto", SETTINGS, 0.15)
    folder, _ = open_or_continue(tmp / "run", Wish("forecasting", SETTINGS, threads=1), made)
    train_run(folder.path)
    return folder.path, data


def test_better_than_naive_and_ranges_hold(run: tuple[Path, Path]) -> None:
    result = RunFolder(run[0]).read().result
    assert result is not None
    assert result["metrics"]["mse"]["value"] < 0.7 * result["baseline"]["metrics"]["mse"]["value"]
    assert abs(result["metrics"]["coverage"]["value"] - 0.8) < 0.08
    assert {one["name"] for one in result["baselines"]} == {"the last value", "the day before"}


def test_evaluate_takes_the_test_time(run: tuple[Path, Path], tmp_path: Path) -> None:
    path, data = run
    done = evaluate_forecast(path, data, "auto", path, None)
    told = done.as_json()
    assert (told["side"], told["overlap"]) == ("test", 0)
    assert told["items"] == 240 - 12 + 1
    assert told["compare"]["difference"]["mse"]["value"] == 0
    assert len(told["by_step"]) == 12
    assert "负荷" in forecast_page(done)
    other = evaluate_forecast(path, write_series(tmp_path / "new.csv", 300, seed=4), "auto", None, None)
    assert other.side == "all"


def test_predict_gives_series_for_each_column(run: tuple[Path, Path], tmp_path: Path) -> None:
    path, data = run
    predictor = load_predictor(path)
    marks = predictor.predict([data.read_bytes()])[0]
    assert [mark.label for mark in marks] == ["负荷", "OT"]
    for mark in marks:
        assert isinstance(mark, SeriesMark)
        assert len(mark.values) == len(mark.low) == len(mark.high) == 12
        assert all(low <= high for low, high in zip(mark.low, mark.high, strict=True))
    with pytest.raises(ItemUnreadable, match="48 are needed"):
        predictor.predict([write_series(tmp_path / "short.csv", 20).read_bytes()])
    with pytest.raises(ItemUnreadable, match="no column"):
        predictor.predict([b"date,x\n2024-01-01,1\n"])


def test_time_is_parted_as_the_ett_protocol_does() -> None:
    sides = time_sides(17_420, 3_600.0, "12/4/4", 0.15)
    assert [sides.count(side) for side in ("train", "kept", "test", "line")] == [8_640, 2_880, 2_880, 3_020]
    assert sides[11_520] == "test"
    assert sides[11_519] == "kept"
    short = time_sides(100, 3_600.0, "12/4/4", 0.15)
    assert [short.count(side) for side in ("train", "kept", "test")] == [60, 20, 20]
    assert set(time_sides(10, None, "12/4/4", 0.0)) == {None}


def test_blanks_take_the_value_before() -> None:
    found = filled(np.array([np.nan, 1.0, np.nan, 3.0, np.nan]))
    assert found.tolist() == [1.0, 1.0, 1.0, 3.0, 3.0]


def test_errors_are_those_of_scikit_learn() -> None:
    rng = np.random.default_rng(0)
    truth, found = rng.normal(size=(50, 6)), rng.normal(size=(50, 6))
    pairs = list(zip(truth, found, strict=True))
    items = [
        ForecastItem({"a": float(((one - two) ** 2).mean())}, {"a": float(np.abs(one - two).mean())}, {"a": 0.0})
        for one, two in pairs
    ]
    groups = [str(at // 5) for at in range(50)]
    assert measure(METRICS["mse"], items, groups, 50).overall.value == pytest.approx(mean_squared_error(truth, found))
    assert measure(METRICS["mae"], items, groups, 50).overall.value == pytest.approx(mean_absolute_error(truth, found))
