"""After the model folder is written, the same for every recipe: predictions of items, figures of the kept side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tongguan.train.recipes.items import Item
from tongguan.train.recipes.job import Job
from tongguan.train.recipes.judging import figures, judge_of, judged
from tongguan.train.recipes.model_folder import Card, write_model
from tongguan.train.recipes.registry import load_predictor

MOST_FOR_THRESHOLD = 2_000
AT_ONCE = 16
"""Items that the predictor is given together: progress and the wish to stop are seen in between."""


def judge_items(job: Job, task: str, items: Sequence[Item], phase: str) -> list[Any]:
    """What the written model says about items, as the metrics of the task take it."""

    def step(done: int) -> None:
        job.check_stop()
        job.report.progress(phase=phase, done=done, of=len(items))

    return list(judged(task, load_predictor(job.folder.model), job.tree, items, step, AT_ONCE))


def threshold_of(job: Job, task: str) -> tuple[float, str]:
    """From the hold-out of the training groups; without one from training items, which is said."""
    job.report.phase("threshold")
    train = job.gathered.side("train")
    held = [item for item in train if item.holdout]
    chosen = (held or train)[:MOST_FOR_THRESHOLD]
    groups = len({item.group for item in chosen})
    origin = (
        f"best F1 on {len(chosen)} held-out training items of {groups} groups"
        if held
        else f"best F1 on {len(chosen)} training items (no hold-out): it may be too high for new items"
    )
    return judge_of(task).best_threshold(judge_items(job, task, chosen, "threshold")).threshold, origin


def write_with_threshold(job: Job, task: str, content: bytes, card: Mapping[str, Any], besides: str = "") -> Card:
    """Writes the model's folder, asks the model, and writes the threshold that follows into its card. card: what it
    says but for the threshold. besides: what else the held-out items fixed."""
    write_model(job.folder.model, content, {**card, "threshold": 0.5, "threshold_from": "not fixed yet"})
    threshold, origin = threshold_of(job, task)
    held = any(item.holdout for item in job.gathered.side("train"))
    told = f"{origin}, which also fixed {besides}" if besides and held else origin
    return write_model(job.folder.model, content, {**card, "threshold": threshold, "threshold_from": told})


def kept_figures(job: Job, task: str, card: Card, baseline: dict[str, Any]) -> dict[str, Any]:
    """Metrics, classes, the baseline beside them, and what the threshold gives: the kept side's part of the result."""
    job.report.phase("judge")
    kept = job.gathered.side("kept")
    found = judge_items(job, task, kept, "judge")
    result = figures(task, found, [item.group for item in kept])
    result["baseline"] = baseline
    result["at_threshold"] = judge_of(task).at_threshold(found, card.threshold) if found else {}
    return {**result, "threshold": card.threshold, "threshold_from": card.threshold_from}
