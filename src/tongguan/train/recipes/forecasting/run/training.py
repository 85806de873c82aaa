"""From a series to a linear forecast: ranges from the last part of the training time, weights from all of it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tongguan.train.recipes.base import RecipeError
from tongguan.train.recipes.forecasting.manifest import ForecastingParams
from tongguan.train.recipes.forecasting.predict import FILE
from tongguan.train.recipes.job import Job
from tongguan.train.recipes.judging import figures
from tongguan.train.recipes.model_folder import Card, write_model
from tongguan.train.recipes.series_parts.linear import Linear, dump, load, moments, solved
from tongguan.train.recipes.series_parts.scoring import Scored, naive, origins_of, score
from tongguan.train.recipes.series_parts.spans import span_of
from tongguan.train.recipes.series_parts.table import DAY, Series, series_of
from tongguan.train.recipes.sources.series import SeriesTree

TASK = "forecasting"
WEEK = 7 * DAY
Floats = NDArray[np.float64]


def train(job: Job) -> dict[str, Any]:
    """Fits, measures ranges, fits on the whole training time, measures; returns the run's result."""
    params = job.params
    if not isinstance(params, ForecastingParams) or not isinstance(job.tree, SeriesTree):
        raise TypeError("the forecast needs its own parameters and a series")
    job.report.phase("read")
    facts = job.gathered.facts
    series = series_of(job.tree.table, facts["columns"], facts.get("time"))
    first, end = span_of(job.gathered, job.tree.table, series, "train")
    if first > 0:
        raise RecipeError("train_not_first", "the training part of a series must come first")
    lengths = [one for one in params.lengths() if 2 * (one + params.horizon) <= end and one >= params.level]
    if not lengths:
        raise RecipeError(
            "too_short",
            f"{end} training rows are too few for a history of {params.lengths()[0]} and {params.horizon} steps",
        )
    job.report.phase("train")
    middle = max(max(lengths) + params.horizon, round(end * (1 - params.inner)))
    early = _fit(job, series, middle, lengths, params)
    inner = score(early, series.values[:end], origins_of(middle, end, early), _block(series))
    value = float(np.mean([np.mean(list(one.squared.values())) for one in inner.items])) if inner.items else 0.0
    job.report.figures(1, look=1, holdout=round(value, 6))
    job.report.event("holdout", step=1, of=1, metric="mse", look=1, holdout=round(value, 6))
    if job.trial:
        return {"steps": 1, "labels": list(series.columns)}
    model = _with_ranges(_fit(job, series, end, lengths, params), early, series.values[:end], middle, params)
    job.report.phase("export")
    content = json.dumps(dump(model), ensure_ascii=False).encode()
    # What is measured is what was written: weights have 32 bits there.
    model = load(json.loads(content))
    card = {
        "recipe": "forecasting",
        "labels": series.columns,
        "threshold": 0.0,
        "threshold_from": "a forecast has no threshold",
    }
    full = write_model(job.folder.model, content, card, FILE)
    return {
        **_kept(job, full, series, model),
        "data": facts,
        "steps": 1,
        "labels": list(series.columns),
        "horizon": params.horizon,
        "history": lengths,
        "inner": {"mse": round(value, 6), "origins": len(inner.items)},
        "model": {"bytes": len(content)},
    }


def _kept_span(job: Job, series: Series) -> tuple[int, int]:
    if not isinstance(job.tree, SeriesTree):
        raise TypeError("a series is wanted")
    return span_of(job.gathered, job.tree.table, series, "kept")


def _block(series: Series) -> int:
    """Rows of one group of the bootstrap: a week, since neighbouring origins share most of their truth."""
    return max(1, round(WEEK / series.step)) if series.step else 168


def _fit(job: Job, series: Series, end: int, lengths: list[int], params: ForecastingParams) -> Linear:
    """Standardised and fitted on the rows before `end` alone."""
    values = series.values[:end]
    mean, sd = values.mean(axis=0), values.std(axis=0)
    sd = np.where(sd > 0, sd, 1.0)
    scaled = (values - mean) / sd
    weights = {}
    for length in lengths:
        job.check_stop()
        weights[length] = solved(*moments(scaled, length, params.horizon, params.level), params.penalty)
        job.report.progress(phase="train", step=len(weights), of=len(lengths), seconds=round(job.clock.seconds(), 1))
    nothing = np.zeros((params.horizon, len(series.columns)))
    return Linear(series.columns, mean, sd, params.horizon, weights, nothing, nothing, params.coverage, params.level)


def _with_ranges(model: Linear, early: Linear, values: Floats, middle: int, params: ForecastingParams) -> Linear:
    """Ranges by step and column: quantiles of the errors that the early model made in the last part of the training
    time, which it had not seen."""
    origins = origins_of(middle, len(values), early)
    scaled = early.scaled(values)
    ahead = origins[:, None] + np.arange(early.horizon)[None, :]
    tail = (1 - params.coverage) / 2
    below, above = np.zeros_like(model.below), np.zeros_like(model.above)
    if len(origins):
        for at in range(len(early.columns)):
            error = (scaled[ahead, at] - early.forecasts(scaled, origins, at)) * early.sd[at] / model.sd[at]
            below[:, at], above[:, at] = np.quantile(error, [tail, 1 - tail], axis=0)
    return replace(model, below=below, above=above)


def _kept(job: Job, card: Card, series: Series, model: Linear) -> dict[str, Any]:
    job.report.phase("judge")
    first, last = _kept_span(job, series)
    origins = origins_of(first, last, model)
    if last == 0 or not len(origins):
        empty: dict[str, Any] = {"metrics": {}, "classes": {}, "baseline": {}, "baselines": []}
        return {**empty, "at_threshold": {}, "threshold": card.threshold, "threshold_from": card.threshold_from}
    values, block = series.values, _block(series)
    day = max(1, round(DAY / series.step)) if series.step else 24
    found = score(model, values, origins, block)
    naives = [
        {"name": "the last value", **_figures(naive(model, values, origins, block, 1))},
        {"name": "the day before", **_figures(naive(model, values, origins, block, day))},
    ]
    result = figures(TASK, found.items, found.groups)
    return {
        **result,
        "origins": len(origins),
        "promised_coverage": model.coverage,
        "baseline": min(naives, key=lambda one: one["metrics"]["mse"]["value"]),
        "baselines": naives,
        "at_threshold": {},
        "threshold": card.threshold,
        "threshold_from": card.threshold_from,
    }


def _figures(scored: Scored) -> dict[str, Any]:
    found = figures(TASK, scored.items, scored.groups)["metrics"]
    return {"metrics": {name: found[name] for name in ("mse", "mae")}}
