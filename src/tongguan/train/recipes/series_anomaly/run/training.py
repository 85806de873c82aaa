"""From a series without labels to a watcher: a forecast of the next row, and how large its errors usually are."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tongguan.train.recipes.base import RecipeError
from tongguan.train.recipes.job import Job
from tongguan.train.recipes.judging import figures
from tongguan.train.recipes.model_folder import write_model
from tongguan.train.recipes.series_anomaly.manifest import AnomalyParams
from tongguan.train.recipes.series_anomaly.predict import FILE, LABEL
from tongguan.train.recipes.series_parts.linear import Linear, moments, solved
from tongguan.train.recipes.series_parts.planted import judged_rows, plain_scores
from tongguan.train.recipes.series_parts.spans import span_of
from tongguan.train.recipes.series_parts.table import series_of
from tongguan.train.recipes.series_parts.watching import RANKS, Watcher, dump, load, spread_of
from tongguan.train.recipes.sources.series import SeriesTree

TASK = "anomaly"
Floats = NDArray[np.float64]


def train(job: Job) -> dict[str, Any]:
    """Fits, measures what is usual, fixes the threshold, measures planted disturbances; returns the run's result."""
    params = job.params
    if not isinstance(params, AnomalyParams) or not isinstance(job.tree, SeriesTree):
        raise TypeError("the watcher needs its own parameters and a series")
    job.report.phase("read")
    facts = job.gathered.facts
    series = series_of(job.tree.table, facts["columns"], facts.get("time"))
    first, end = span_of(job.gathered, job.tree.table, series, "train")
    middle = round(end * (1 - params.inner))
    if first > 0 or middle < 2 * params.history or end - middle < params.history:
        raise RecipeError("too_short", f"{end} training rows are too few for a history of {params.history}")
    job.report.phase("train")
    watcher = _watcher(series.values[:end], series.columns, middle, params)
    inner = series.values[middle - params.history : end]
    value = _area(judged_rows(watcher.scores, inner, watcher.forecast, job.seed))
    job.report.figures(1, look=1, holdout=value)
    job.report.event("holdout", step=1, of=1, metric="auroc", look=1, holdout=value)
    if job.trial:
        return {"steps": 1, "labels": [LABEL]}
    usual = watcher.scores(series.values[:end])[middle:]
    threshold = min(0.9999, float(np.quantile(usual, 1 - params.alarms)))
    job.report.phase("export")
    content = json.dumps(dump(watcher), ensure_ascii=False).encode()
    watcher = load(json.loads(content))
    card = {
        "recipe": "series-anomaly",
        "labels": (LABEL,),
        "threshold": threshold,
        "threshold_from": f"{params.alarms:g} of {len(usual)} training rows unseen by the forecast raise an alarm",
    }
    write_model(job.folder.model, content, card, FILE)
    job.report.phase("judge")
    first, last = span_of(job.gathered, job.tree.table, series, "kept")
    found: dict[str, Any] = {"metrics": {}, "classes": {}, "baseline": {}}
    if last - first > params.history:
        kept = series.values[max(0, first - params.history) : last]
        items, groups = judged_rows(watcher.scores, kept, watcher.forecast, job.seed)
        plain, _ = judged_rows(plain_scores(watcher.forecast), kept, watcher.forecast, job.seed)
        found = figures(TASK, items, groups)
        found["baseline"] = {"name": "distance from the mean", "metrics": figures(TASK, plain, groups)["metrics"]}
        found["alarms_on_kept"] = round(float((watcher.scores(kept)[params.history :] >= threshold).mean()), 5)
    return {
        **found,
        "measured_on": "made disturbances planted into the kept time: spikes, level shifts, frozen values",
        "data": facts,
        "steps": 1,
        "labels": [LABEL],
        "at_threshold": {},
        "threshold": threshold,
        "threshold_from": card["threshold_from"],
    }


def _watcher(values: Floats, columns: tuple[str, ...], middle: int, params: AnomalyParams) -> Watcher:
    """The forecast is fitted before row `middle`; what is usual is measured from there on."""
    early = values[:middle]
    mean, sd = early.mean(axis=0), early.std(axis=0)
    sd = np.where(sd > 0, sd, 1.0)
    weights = {params.history: solved(*moments((early - mean) / sd, params.history, 1), params.penalty)}
    nothing = np.zeros((1, len(columns)))
    forecast = Linear(columns, mean, sd, 1, weights, nothing, nothing, 0.0)
    scaled, origins = forecast.scaled(values), np.arange(middle, len(values))
    errors = np.column_stack(
        [scaled[origins, at] - forecast.forecasts(scaled, origins, at)[:, 0] for at in range(len(columns))]
    )
    first = Watcher(forecast, spread_of(errors), params.window, np.zeros(2))
    ranks = np.quantile(first.raw(values)[middle:], np.linspace(0, 1, RANKS))
    return Watcher(forecast, first.spread, params.window, ranks)


def _area(judged: tuple[list[Any], list[str]]) -> float:
    value = figures(TASK, judged[0], judged[1])["metrics"]["auroc"]["value"]
    return round(float(value or 0.0), 6)
