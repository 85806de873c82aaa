"""A forecast on a series: every origin whose steps lie in the measured time, against what came."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from jinja2 import Environment, FileSystemLoader, select_autoescape
from numpy.typing import NDArray

from tongguan.catalog.metrics.registry import metrics_of
from tongguan.evaluate.measure.compare import difference
from tongguan.train.recipes.base import UsageProblem
from tongguan.train.recipes.folder import RunFolder
from tongguan.train.recipes.forecasting.predict import ForecastingPredictor
from tongguan.train.recipes.items import Gathered, LeftOut, Side, read_gathered
from tongguan.train.recipes.judging import figures
from tongguan.train.recipes.registry import load_predictor
from tongguan.train.recipes.series_parts.scoring import Scored, naive, origins_of, score
from tongguan.train.recipes.series_parts.spans import span_of
from tongguan.train.recipes.series_parts.table import DAY, Series, series_of
from tongguan.train.recipes.sources.registry import media_of, read_for
from tongguan.train.recipes.sources.series import SeriesTree

Progress = Callable[[str, int, int], None]
TASK = "forecasting"
WORST = 24
PARTS = 4


@dataclass(frozen=True, slots=True)
class ForecastEvaluation:
    """The outcome. side: kept or test of the run's own data, else all. scored: one item for each origin."""

    run: str
    source: str
    side: str
    overlap: int
    promised: float
    figures: dict[str, Any]
    scored: Scored
    names: tuple[str, ...]
    baselines: tuple[dict[str, Any], ...]
    warnings: tuple[dict[str, Any], ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    compared: dict[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The object of `tongguan evaluate --json`."""
        out: dict[str, Any] = {
            "run": self.run,
            "recipe": "forecasting",
            "format": "series",
            "items": len(self.scored.items),
            "overlap": self.overlap,
            "side": self.side,
            "metrics": self.figures["metrics"],
            "classes": self.figures["classes"],
            "baseline": min(self.baselines, key=lambda one: one["metrics"]["mse"]["value"]),
            "baselines": list(self.baselines),
            "promised_coverage": self.promised,
            "slices": self.slices(),
            "by_step": [round(float(one), 6) for one in self.scored.by_step],
            "worst": self.worst(),
            "warnings": list(self.warnings),
            "left_out": [{"item": one.name, "reason": one.reason} for one in self.left_out],
        }
        if self.compared:
            out["compare"] = self.compared
        return out

    def slices(self) -> list[dict[str, Any]]:
        """Quarters of the horizon, and quarters of the measured time."""
        steps = np.array_split(np.arange(len(self.scored.by_step)), PARTS)
        rows = [
            {"kind": "steps", "value": f"{part[0] + 1}-{part[-1] + 1}", "mse": round(float(value), 6)}
            for part in steps
            if len(part)
            for value in [self.scored.by_step[part].mean()]
        ]
        errors = self._errors()
        for part in np.array_split(np.arange(len(errors)), PARTS):
            if len(part):
                span = f"{self.names[part[0]]} - {self.names[part[-1]]}"
                rows.append({"kind": "time", "value": span, "mse": round(float(errors[part].mean()), 6)})
        return rows

    def worst(self) -> list[dict[str, Any]]:
        """Origins with the largest error, at most one of each group, so that one event does not fill the list."""
        errors, seen, rows = self._errors(), set(), []
        for at in np.argsort(-errors, kind="stable").tolist():
            if self.scored.groups[at] not in seen:
                seen.add(self.scored.groups[at])
                rows.append({"item": self.names[at], "mse": round(float(errors[at]), 6)})
        return rows[:WORST]

    def _errors(self) -> NDArray[np.float64]:
        return np.array([np.mean(list(one.squared.values())) for one in self.scored.items])


def evaluate_forecast(
    run: Path, data: Path, format_id: str, compare: Path | None, progress: Progress | None
) -> ForecastEvaluation:
    """Measures the forecast of `run` on `data`, and against that of `compare` from the same origins.

    On the run's own series its test time is measured, else its kept time; on another series all of it. Raises
    UsageProblem where nothing can be measured.
    """
    predictor, manifest = _loaded(run), read_gathered(RunFolder(run).items_file)
    asked = RunFolder(run).read().asked
    settings = {name: value for name, value in asked.params.items() if value is not None}
    source = read_for("forecasting", data, format_id, settings, asked.kept)
    tree = media_of("forecasting").open(data)
    if not isinstance(tree, SeriesTree):
        raise TypeError("a series is wanted")
    model = predictor.model
    series = series_of(tree.table, model.columns, manifest.facts.get("time"))
    second = _loaded(compare) if compare else None
    side, first, last = span_measured(source.sha256 == manifest.sha256, manifest, tree, series)
    origins = origins_of(first, last, model)
    if second is not None:
        same = (second.model.columns, second.model.horizon) == (model.columns, model.horizon)
        if not same:
            raise UsageProblem("other_task", f"{compare} forecasts other columns or another number of steps")
        origins = origins[origins >= second.model.longest]
    if not len(origins):
        raise UsageProblem("nothing_to_measure", f"{data} has no stretch of {model.longest} and {model.horizon} rows")
    if progress:
        progress("judge", 0, len(origins))
    block = max(1, round(7 * DAY / series.step)) if series.step else 168
    day = max(1, round(DAY / series.step)) if series.step else 24
    found = score(model, series.values, origins, block)
    rows = tree.table.items()
    trained = {item.sha256 for item in manifest.side("train")}
    return ForecastEvaluation(
        run=str(run),
        source=source.path,
        side=side,
        overlap=sum(one.sha256 in trained for one in source.found[first:last]),
        promised=model.coverage,
        figures=figures(TASK, found.items, found.groups),
        scored=found,
        names=tuple(rows[int(series.order[at])] for at in origins),
        baselines=tuple(
            {"name": name, "metrics": _errors(naive(model, series.values, origins, block, period))}
            for name, period in (("the last value", 1), ("the day before", day))
        ),
        warnings=tuple(RunFolder(run).read().warnings),
        left_out=source.left_out,
        compared=_compared(compare, second, series, found, block),
    )


def forecast_page(evaluation: ForecastEvaluation) -> str:
    """The HTML text; names come from people and are escaped."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=select_autoescape(default=True, default_for_string=True),
    )
    return environment.get_template("forecasts.html").render(evaluation=evaluation, told=evaluation.as_json())


def _loaded(run: Path) -> ForecastingPredictor:
    predictor = load_predictor(run)
    if not isinstance(predictor, ForecastingPredictor):
        raise UsageProblem("other_task", f"{run} is no forecast")
    return predictor


def span_measured(own: bool, manifest: Gathered, tree: SeriesTree, series: Series) -> tuple[str, int, int]:
    """(side, first row, row after the last) in order of time: of the run's own series its test or kept time. Raises
    UsageProblem where all of it trained."""
    if not own:
        return "all", 0, len(series.values)
    sides: tuple[Side, ...] = ("test", "kept")
    for side in sides:
        first, last = span_of(manifest, tree.table, series, side)
        if last:
            return side, first, last
    raise UsageProblem("all_trained", "these are the data of the run, and nothing of them was kept or tested")


def _errors(scored: Scored) -> dict[str, Any]:
    found = figures(TASK, scored.items, scored.groups)["metrics"]
    return {name: found[name] for name in ("mse", "mae")}


def _compared(
    compare: Path | None, second: ForecastingPredictor | None, series: Series, found: Scored, block: int
) -> dict[str, Any]:
    if second is None:
        return {}
    other = score(second.model, series.values, found.origins, block)
    return {
        "run": str(compare),
        "metrics": figures(TASK, other.items, other.groups)["metrics"],
        "difference": {
            metric.id: difference(metric, found.items, other.items, found.groups).as_json()
            for metric in metrics_of(TASK)
        },
    }
