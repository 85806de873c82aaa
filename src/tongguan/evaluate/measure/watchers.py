"""A watcher on a series: how well it ranks made disturbances, and what it raises alarms about as the series is."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from jinja2 import Environment, FileSystemLoader, select_autoescape

from tongguan.catalog.metrics.registry import METRICS
from tongguan.evaluate.measure.compare import difference
from tongguan.evaluate.measure.forecasts import span_measured
from tongguan.train.recipes.base import UsageProblem
from tongguan.train.recipes.folder import RunFolder
from tongguan.train.recipes.items import read_gathered
from tongguan.train.recipes.judging import figures
from tongguan.train.recipes.registry import load_predictor
from tongguan.train.recipes.series_anomaly.predict import AnomalyPredictor
from tongguan.train.recipes.series_parts.planted import judged_rows, plain_scores
from tongguan.train.recipes.series_parts.table import series_of
from tongguan.train.recipes.sources.registry import media_of, read_for
from tongguan.train.recipes.sources.series import SeriesTree

TASK = "anomaly"
WORST = 24


@dataclass(frozen=True, slots=True)
class WatcherEvaluation:
    """told: the object of the command. The series itself has no labels: figures are of planted disturbances."""

    told: dict[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The object of `tongguan evaluate --json`."""
        return self.told


def evaluate_watcher(run: Path, data: Path, format_id: str, compare: Path | None) -> WatcherEvaluation:
    """Measures the watcher of `run` on `data`, and against that of `compare` on the same planted rows. Raises
    UsageProblem where nothing can be measured."""
    predictor, second = _loaded(run), _loaded(compare) if compare else None
    manifest, asked = read_gathered(RunFolder(run).items_file), RunFolder(run).read().asked
    settings = {name: value for name, value in asked.params.items() if value is not None}
    source = read_for("series-anomaly", data, format_id, settings, asked.kept)
    tree = media_of("series-anomaly").open(data)
    if not isinstance(tree, SeriesTree):
        raise TypeError("a series is wanted")
    watcher = predictor.watcher
    series = series_of(tree.table, watcher.forecast.columns, manifest.facts.get("time"))
    side, first, last = span_measured(source.sha256 == manifest.sha256, manifest, tree, series)
    start = max(0, first - watcher.forecast.longest)
    values = series.values[start:last]
    if len(values) <= watcher.forecast.longest + 1:
        raise UsageProblem("nothing_to_measure", f"{data} has too few rows to be measured")
    items, groups = judged_rows(watcher.scores, values, watcher.forecast, asked.seed)
    plain, _ = judged_rows(plain_scores(watcher.forecast), values, watcher.forecast, asked.seed)
    scores = watcher.scores(values)[watcher.forecast.longest :]
    names = tree.table.items()
    rows = [names[int(series.order[start + watcher.forecast.longest + at])] for at in range(len(scores))]
    order = np.argsort(-scores, kind="stable")[:WORST].tolist()
    trained = {item.sha256 for item in manifest.side("train")}
    told: dict[str, Any] = {
        "run": str(run),
        "recipe": "series-anomaly",
        "format": "series",
        "items": len(items),
        "overlap": sum(one.sha256 in trained for one in source.found[first:last]),
        "side": side,
        **figures(TASK, items, groups),
        "measured_on": "made disturbances planted into the series: spikes, level shifts, frozen values",
        "baseline": {"name": "distance from the mean", "metrics": figures(TASK, plain, groups)["metrics"]},
        "threshold": predictor.threshold,
        "threshold_from": predictor.threshold_from,
        "alarms": round(float((scores >= predictor.threshold).mean()), 6),
        "worst": [{"item": rows[at], "score": round(float(scores[at]), 6)} for at in order],
        "left_out": [{"item": one.name, "reason": one.reason} for one in source.left_out],
    }
    if second is not None:
        other, _ = judged_rows(second.watcher.scores, values, watcher.forecast, asked.seed)
        told["compare"] = {
            "run": str(compare),
            "metrics": figures(TASK, other, groups)["metrics"],
            "difference": {"auroc": difference(METRICS["auroc"], items, other, groups).as_json()},
        }
    return WatcherEvaluation(told)


def watcher_page(evaluation: WatcherEvaluation) -> str:
    """The HTML text; names come from people and are escaped."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=select_autoescape(default=True, default_for_string=True),
    )
    return environment.get_template("watchers.html").render(told=evaluation.told)


def _loaded(run: Path) -> AnomalyPredictor:
    predictor = load_predictor(run)
    if not isinstance(predictor, AnomalyPredictor):
        raise UsageProblem("other_task", f"{run} does not watch a series")
    return predictor
