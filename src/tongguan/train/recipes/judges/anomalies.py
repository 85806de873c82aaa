"""Anomalies in series: judged over planted rows at once (see `series_parts.planted`), not item by item."""

from __future__ import annotations

from tongguan.train.recipes.judges.forecasts import ForecastJudge


class AnomalyJudge(ForecastJudge):
    """Contract of `Judge` as far as a watcher has it: the metric that decides."""

    task = "anomaly"
    main = "auroc"
    blind_name = "distance from the mean"
