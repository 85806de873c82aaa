"""From rows to a calibrated mixture of forests: cross-validation inside, then all training rows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tongguan.catalog.metrics.classes import ClassItem
from tongguan.catalog.metrics.registry import METRICS
from tongguan.train.recipes.items import Item
from tongguan.train.recipes.job import Job
from tongguan.train.recipes.judging import baseline as blind
from tongguan.train.recipes.judging import figures, judge_of, judged
from tongguan.train.recipes.model_folder import Card, write_model
from tongguan.train.recipes.registry import load_predictor
from tongguan.train.recipes.sources.rows import Rows
from tongguan.train.recipes.table_parts.mixture import FILE, dump, tempered, write_bytes
from tongguan.train.recipes.table_parts.params import TreeParams
from tongguan.train.recipes.tabular_classification.manifest import TabularParams
from tongguan.train.recipes.tabular_classification.predict import TabularPredictor
from tongguan.train.recipes.tree_parts.learning import (
    Learnt,
    best_temperature,
    fit_mixture,
    out_of_fold,
    read_rows,
)

TASK = "classification"
PLAIN: dict[str, Any] = {
    "steps": 100,
    "learning_rate": 0.1,
    "leaves": 31,
    "least_rows": 20,
    "columns": 1.0,
    "rows": 1.0,
    "shrink": 0.0,
    "any_cut": False,
    "bins": 255,
    "forest": 0,
}
"""LightGBM as it comes: the baseline beside every run."""
Floats = NDArray[np.float64]


def train(job: Job) -> dict[str, Any]:
    """Cross-validates, calibrates, trains on all training rows, measures; returns the result written into run.json."""
    params = job.params
    if not isinstance(params, TabularParams):
        raise TypeError("the classifier of rows needs its own parameters")
    job.report.phase("read")
    learnt = read_rows(job)
    job.report.phase("train")
    everything = np.arange(len(learnt.truth))
    shares = out_of_fold(
        job,
        learnt,
        params,
        lambda rows, seed: (
            lambda held: fit_mixture(learnt, rows, params, seed, job.threads).probabilities(learnt.rows[held])
        ),
        lambda answers, rows: _told(learnt, answers, rows),
        judge_of(TASK).main,
    )
    temperature = best_temperature(shares, learnt.truth)
    inner = [_item(learnt, at, row) for at, row in enumerate(tempered(shares, temperature))]
    if job.trial:
        found = [learnt.labels.index(one.found or "") for one in inner]
        return {"steps": params.steps, "labels": list(learnt.labels), "answers": found, "truth": learnt.truth.tolist()}
    job.check_stop()
    mixture = replace(fit_mixture(learnt, everything, params, job.seed, job.threads), temperature=temperature)
    threshold = judge_of(TASK).best_threshold(inner).threshold
    job.report.phase("export")
    content = write_bytes({"mixture": dump(mixture)})
    card = {
        "recipe": "tabular-classification",
        "labels": learnt.labels,
        "threshold": threshold,
        "threshold_from": f"best F1 on {len(inner)} training rows, each answered by a model of the folds without it",
    }
    full = write_model(job.folder.model, content, card, FILE)
    return {
        **_kept(job, full, learnt),
        "inner": figures(TASK, inner, learnt.groups)["metrics"],
        "data": job.gathered.facts,
        "steps": params.steps,
        "temperature": round(temperature, 4),
        "labels": list(learnt.labels),
        "model": {"bytes": len(content), "inputs": len(mixture.inputs)},
    }


def _item(learnt: Learnt, at: int, shares: Floats) -> ClassItem:
    best = int(shares.argmax())
    return ClassItem(learnt.labels[learnt.truth[at]], learnt.labels[best], float(shares[best]))


def _told(learnt: Learnt, answers: Floats, rows: NDArray[np.int64]) -> float:
    items = [_item(learnt, int(at), row) for at, row in zip(rows, answers, strict=True)]
    prepared = METRICS[judge_of(TASK).main].prepare(items)
    return float(prepared.overall(prepared.per_class(np.ones((1, len(items)))))[0])


def _kept(job: Job, card: Card, learnt: Learnt) -> dict[str, Any]:
    job.report.phase("judge")
    kept = job.gathered.side("kept")
    predictor = load_predictor(job.folder.model)
    found = list(judged(TASK, predictor, job.tree, kept, None, Rows.at_once))
    result = figures(TASK, found, [item.group for item in kept])
    result["baseline"] = _baseline(job, learnt, kept)
    result["blind"] = blind(TASK, job.gathered.side("train"), kept)
    result["at_threshold"] = judge_of(TASK).at_threshold(found, card.threshold) if found else {}
    return {**result, "threshold": card.threshold, "threshold_from": card.threshold_from}


def _baseline(job: Job, learnt: Learnt, kept: list[Item]) -> dict[str, Any]:
    """Plain LightGBM on the same training rows."""
    if not kept:
        return {}
    plain = TreeParams.model_validate(PLAIN)
    mixture = fit_mixture(learnt, np.arange(len(learnt.truth)), plain, job.seed, job.threads)
    card = Card(
        recipe="tabular-classification", labels=learnt.labels, threshold=0.5, threshold_from="", model_sha256="0" * 64
    )
    found = judged(TASK, TabularPredictor(mixture, card), job.tree, kept, None, Rows.at_once)
    measured = figures(TASK, list(found), [item.group for item in kept])
    return {"name": "plain LightGBM", "metrics": measured["metrics"]}
