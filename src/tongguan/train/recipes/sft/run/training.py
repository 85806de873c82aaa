"""From conversations to a tuned language model: tokens, steps, the saved model beside the trained one, figures."""

from __future__ import annotations

from typing import Any

import torch

from tongguan.catalog.metrics.answers import ANSWER
from tongguan.train.recipes.base import UsageProblem
from tongguan.train.recipes.job import Job
from tongguan.train.recipes.language_parts.local_model import checked_folder, same_model
from tongguan.train.recipes.plan import Planner
from tongguan.train.recipes.sft.manifest import SftParams
from tongguan.train.recipes.sft.run.finish import Finish, finished
from tongguan.train.recipes.sft.run.loading import load_base, load_encoder, prepared
from tongguan.train.recipes.sft.run.material import encode_items
from tongguan.train.recipes.sft.run.steps import Tuning, tune
from tongguan.train.recipes.torch_parts.language_models import longest
from tongguan.train.recipes.torch_parts.machine import prepare_machine

END_SECONDS = 5.0
JUDGE_SECONDS = 0.05
"""Guesses of what comes after the last step; they only have to keep the run within its minutes."""


def train(job: Job) -> dict[str, Any]:
    """Tunes, saves, compares, measures; returns the result written into run.json."""
    params = job.params
    if not isinstance(params, SftParams):
        raise TypeError("fine-tuning needs its own parameters")
    if params.method == "full" and params.precision != "float32":
        raise UsageProblem("bad_parameter", "precision: full tuning needs float32", parameters=["precision"])
    device = prepare_machine(job.threads, job.seed)
    job.report.phase("read")
    folder = checked_folder(params.model).resolve()
    files = same_model(job.folder.path, folder)
    encoder = load_encoder(folder)
    base = load_base(folder, device, params.precision)
    material = encode_items(job, encoder, longest(base, params.length))
    torch.manual_seed(job.seed)
    tuning = Tuning(prepared(base, params), params)
    planner = _planner(job, params, len(material.of([one for one in job.gathered.side("train") if not one.holdout])))
    tuning.begin(job, planner)
    if tuning.step < planner.steps:
        job.report.phase("train")
        tune(job, tuning, planner, material)
    if job.trial:
        return {"steps": tuning.step, "labels": [ANSWER]}
    steps = tuning.step
    sizes = _sizes(tuning)
    model = tuning.model
    # The optimizer's memory is free before the saved model is read beside the trained one.
    del tuning, base
    result = finished(Finish(job, params, folder, files, encoder, material, device), model)
    return {**result, "steps": steps, "weights": sizes}


def _planner(job: Job, params: SftParams, count: int) -> Planner:
    budget = None
    if job.budget is not None:
        after = END_SECONDS + JUDGE_SECONDS * sum(one.side == "kept" for one in job.gathered.items)
        budget = job.budget - min(job.budget / 4, after)
    most = max(1, -(-count * params.epochs // (params.batch * params.accumulate)))
    return Planner(job.folder.plan_file, params.steps, budget, guess=1.0, most=most)


def _sizes(tuning: Tuning) -> dict[str, int]:
    whole = sum(value.numel() for value in tuning.model.parameters())
    return {"trained": sum(value.numel() for value in tuning.trained.values()), "all": whole}
