"""From rows to a screening: detector, class of the positives, the threshold for the wanted specificity, batches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tongguan.catalog.metrics.screening import RankArea
from tongguan.train.recipes.base import RecipeError
from tongguan.train.recipes.items import Item
from tongguan.train.recipes.job import Job
from tongguan.train.recipes.judging import baseline as blind
from tongguan.train.recipes.judging import figures, judge_of, judged
from tongguan.train.recipes.model_folder import Card, write_model
from tongguan.train.recipes.registry import load_predictor
from tongguan.train.recipes.sources.rows import Rows
from tongguan.train.recipes.table_parts.inputs import Input
from tongguan.train.recipes.table_parts.mixture import FILE, Mixture, dump, tempered, write_bytes
from tongguan.train.recipes.table_parts.params import TreeParams
from tongguan.train.recipes.tabular_classification.run.training import PLAIN
from tongguan.train.recipes.tabular_screening.manifest import ScreeningParams
from tongguan.train.recipes.tabular_screening.predict import ScreeningPredictor
from tongguan.train.recipes.tabular_screening.run.batches import (
    blanks_of_classes,
    common_limits,
    look_for_batches,
    refused_blanks,
    threshold_for,
)
from tongguan.train.recipes.tree_parts.learning import (
    Learnt,
    best_temperature,
    fit_mixture,
    out_of_fold,
    read_rows,
)

TASK = "screening"
ORGAN, ORGAN_REPEATS = TreeParams(steps=350, leaves=4, mix=0.3), 4
"""Naming the class of positives: few rows and many classes, so small trees and several forests. In cross-validation on
CancerSEEK (three times ten folds) 0.757 of the positives are named rightly; one of trees with 16 leaves 0.737."""
SIDES = ("negative", "positive")
CLASS_BLANKS = (
    "what is blank tells classes of positives apart: {}. The class of a positive may be read from what was not written "
    "down, and organ_top1 be too high for people whose records are complete."
)
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def train(job: Job) -> dict[str, Any]:
    """Cross-validates, fixes the threshold, trains on all training rows, measures; returns the run's result."""
    params = job.params
    if not isinstance(params, ScreeningParams):
        raise TypeError("the screening needs its own parameters")
    job.report.phase("read")
    learnt = read_rows(job)
    if params.limits == "common":
        learnt = learnt.with_inputs(common_limits(learnt.inputs, learnt.rows))
    negative = _negative(params, learnt)
    positive = np.array([int(learnt.labels[at] != negative) for at in learnt.truth], dtype=np.int64)
    refused = refused_blanks(learnt, positive)
    seen = [one for one in learnt.inputs if one.column not in refused]
    if not seen:
        raise RecipeError("no_inputs", "no column is left that the detector may look at")
    both = learnt.with_inputs(seen).with_truth(SIDES, positive)
    job.report.phase("train")
    risk = _inner_risk(job, params, both)
    if job.trial:
        return {"steps": params.steps, "labels": list(learnt.labels), "risk": np.round(risk[:, 1], 5).tolist()}
    temperature = best_temperature(risk, positive)
    inner = tempered(risk, temperature)[:, 1]
    # What is written into the card has four decimals; rounding up keeps the specificity.
    threshold = float(np.ceil(threshold_for(inner[positive == 0], params.specificity) * 10_000) / 10_000)
    job.check_stop()
    detector = replace(_fit(job, both, params), temperature=temperature)
    organ = _organ(job, learnt, positive)
    batches = look_for_batches(both, positive, params.specificity, job.seed, job.threads)
    if batches is not None and batches.suspicious:
        job.report.warn("batches", batches.words(params.specificity))
    blanks = blanks_of_classes(learnt, positive) if organ is not None else []
    if blanks:
        job.report.warn("class_blanks", CLASS_BLANKS.format("; ".join(blanks)))
    full, size = _write(job, params, (detector, organ), negative, learnt, threshold)
    return {
        **_kept(job, full, both, params, negative),
        "data": _told_columns(job, seen, refused),
        "steps": params.steps,
        "temperature": round(temperature, 4),
        "labels": list(learnt.labels),
        "negative": negative,
        "inner": {
            "sensitivity": round(float((inner[positive == 1] >= threshold).mean()), 4),
            "specificity": round(float((inner[positive == 0] < threshold).mean()), 4),
        },
        "batches": batches.as_json() if batches else None,
        "model": {"bytes": size, "inputs": len(learnt.inputs)},
    }


def _negative(params: ScreeningParams, learnt: Learnt) -> str:
    if params.negative not in learnt.labels:
        names = ", ".join(learnt.labels)
        raise RecipeError("no_negative", f"negative= names the class of what is not positive; there are {names}")
    return params.negative


def _told_columns(job: Job, seen: Sequence[Input], refused: dict[str, str]) -> dict[str, Any]:
    """What was decided while reading, and the columns that training refused. The class of positives, learnt among
    positives alone, may still look at these: there their blanks tell nothing of being positive."""
    facts = dict(job.gathered.facts)
    more = [{"column": name, "why": "leaking", "detail": words} for name, words in refused.items()]
    facts["excluded"] = [*facts.get("excluded", []), *more]
    facts["inputs"] = list(dict.fromkeys(one.column for one in seen))
    facts["inputs_of_class"] = list(dict.fromkeys([*facts["inputs"], *refused]))
    return facts


def _inner_risk(job: Job, params: ScreeningParams, both: Learnt) -> Floats:
    def told(answers: Floats, rows: Ints) -> float:
        area = RankArea(answers[:, 1].tolist(), (both.truth[rows] == 1).tolist())
        return float(area.per_class(np.ones((1, len(rows))))[0, 0])

    return out_of_fold(
        job,
        both,
        params,
        lambda rows, seed: (
            lambda held: fit_mixture(both, rows, params, seed, job.threads).probabilities(both.rows[held])
        ),
        told,
        judge_of(TASK).main,
    )


def _fit(job: Job, learnt: Learnt, params: TreeParams, which: Ints | None = None, repeats: int = 1) -> Mixture:
    rows = np.arange(len(learnt.truth)) if which is None else which
    return fit_mixture(learnt, rows, params, job.seed, job.threads, repeats)


def _organ(job: Job, learnt: Learnt, positive: Ints) -> Mixture | None:
    """Tells the classes of the positives apart, trained on them alone; None where there is only one."""
    which = np.flatnonzero(positive == 1)
    names = sorted({learnt.labels[at] for at in learnt.truth[which]})
    if len(names) < 2:
        return None
    number = {name: at for at, name in enumerate(names)}
    truth = np.array([number.get(learnt.labels[at], 0) for at in learnt.truth], dtype=np.int64)
    return _fit(job, learnt.with_truth(names, truth), ORGAN, which, ORGAN_REPEATS)


def _write(
    job: Job,
    params: ScreeningParams,
    models: tuple[Mixture, Mixture | None],
    negative: str,
    learnt: Learnt,
    threshold: float,
) -> tuple[Card, int]:
    job.report.phase("export")
    detector, organ = models
    merge = {name: shared for name, shared in params.merged().items() if name in learnt.labels}
    content = write_bytes(
        {
            "detector": dump(detector),
            "organ": dump(organ) if organ else None,
            "negative": negative,
            "merge": merge if len(merge) > 1 else {},
        }
    )
    count = sum(learnt.labels[at] == negative for at in learnt.truth)
    card = {
        "recipe": "tabular-screening",
        "labels": learnt.labels,
        "threshold": threshold,
        "threshold_from": f"specificity {params.specificity:g} on {count} negative training rows, each answered by a "
        "model of the folds without it",
    }
    return write_model(job.folder.model, content, card, FILE), len(content)


def _kept(job: Job, card: Card, both: Learnt, params: ScreeningParams, negative: str) -> dict[str, Any]:
    job.report.phase("judge")
    kept = job.gathered.side("kept")
    predictor = load_predictor(job.folder.model)
    found = list(judged(TASK, predictor, job.tree, kept, None, Rows.at_once))
    result = figures(TASK, found, [item.group for item in kept])
    result["slices"] = _by_slice(found, kept)
    result["baseline"] = _baseline(job, both, params, negative, kept)
    result["blind"] = blind(TASK, job.gathered.side("train"), kept)
    result["at_threshold"] = judge_of(TASK).at_threshold(found, card.threshold) if found else {}
    return {**result, "threshold": card.threshold, "threshold_from": card.threshold_from}


def _by_slice(found: list[Any], kept: list[Item]) -> dict[str, Any]:
    """Figures for each value of the columns by which they are parted, such as the stage."""
    out: dict[str, Any] = {}
    for name in sorted({name for item in kept for name in item.slices}):
        values = sorted({item.slices.get(name, "") for item in kept} - {""})
        out[name] = {}
        for value in values:
            chosen = [at for at, item in enumerate(kept) if item.slices.get(name) == value]
            measured = figures(TASK, [found[at] for at in chosen], [kept[at].group for at in chosen])["metrics"]
            out[name][value] = {"items": len(chosen), "sensitivity": measured["sensitivity"]}
    return out


def _baseline(job: Job, both: Learnt, params: ScreeningParams, negative: str, kept: list[Item]) -> dict[str, Any]:
    """Plain LightGBM with its threshold fixed the same way, on one held-out fifth of the training rows."""
    if not kept:
        return {}
    plain = TreeParams.model_validate(PLAIN)
    order = np.random.default_rng([job.seed, 9]).permutation(len(both.truth))
    held, rest = order[: len(order) // 5], order[len(order) // 5 :]
    first = _fit(job, both, plain, rest).probabilities(both.rows[held])[:, 1]
    threshold = threshold_for(first[both.truth[held] == 0], params.specificity)
    names = (negative, "positive")
    card = Card(recipe="tabular-screening", labels=names, threshold=threshold, threshold_from="", model_sha256="0" * 64)
    predictor = ScreeningPredictor(_fit(job, both, plain), None, negative, {}, card)
    found = judged(TASK, predictor, job.tree, kept, None, Rows.at_once)
    measured = figures(TASK, list(found), [item.group for item in kept])["metrics"]
    shown = {name: one for name, one in measured.items() if name != "organ_top1"}
    return {"name": "plain LightGBM, positive or not", "metrics": shown}
