"""From training recordings to settings of the tracker, by HOTA; then the model, and figures beside greedy linking."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tongguan.catalog.metrics.registry import METRICS
from tongguan.catalog.metrics.tracks import Boxes, TrackItem
from tongguan.train.recipes.base import RecipeError, UsageProblem
from tongguan.train.recipes.finishing import kept_figures
from tongguan.train.recipes.items import Item
from tongguan.train.recipes.job import Job
from tongguan.train.recipes.judging import figures, judge_of
from tongguan.train.recipes.model_folder import write_model
from tongguan.train.recipes.search import own_space
from tongguan.train.recipes.track_parts.detections import Detections, read_detections
from tongguan.train.recipes.track_parts.labels import boxes_of_labels, track_item
from tongguan.train.recipes.track_parts.linking import link_greedily
from tongguan.train.recipes.track_parts.params import TrackerSettings
from tongguan.train.recipes.track_parts.tracker import follow
from tongguan.train.recipes.track_parts.tuning import Settings, Tuned, tuned
from tongguan.train.recipes.tracking.manifest import TrackingParams
from tongguan.train.recipes.tracking.predict import FILE

TASK = "tracking"
Recorded = tuple[Detections, dict[str, Boxes]]


def train(job: Job) -> dict[str, Any]:
    """Tries settings, writes the best, measures; returns the run's result."""
    params = job.params
    if not isinstance(params, TrackingParams):
        raise TypeError("the tracker needs its own parameters")
    fixed = {name.strip() for name in params.fixed.split(",") if name.strip()}
    unknown = sorted(fixed - set(TrackerSettings.model_fields))
    if unknown:
        raise UsageProblem("bad_parameter", f"fixed: there is no setting {', '.join(unknown)}", parameters=["fixed"])
    job.report.phase("read")
    train_items = job.gathered.side("train")
    chosen, some = _some(job, train_items, params.frames)
    labels = sorted({label for _, truth in some for label in truth})
    if not labels:
        raise RecipeError("nothing_to_train", "no training recording has a track of boxes")
    job.report.phase("train")
    found = _searched(job, params, fixed, some, [item.group for item in chosen])
    if found.inner is not None:
        job.report.figures(found.tried, look=1, holdout=round(found.inner, 6))
        job.report.event("holdout", step=found.tried, of=1, metric="hota", look=1, holdout=round(found.inner, 6))
    if job.trial:
        return {"steps": found.tried, "labels": labels}
    if found.inner is None and params.steps != 1:
        job.report.warn("few_recordings", "fewer than two groups of recordings: the settings stay as they were given")
    settings = TrackerSettings.model_validate(found.best)
    job.report.phase("export")
    judged = [track_item(truth, follow(one, settings), settings.fill) for one, truth in some]
    threshold = judge_of(TASK).best_threshold(judged).threshold
    told = {"settings": settings.model_dump(), "names": job.gathered.facts.get("names", [])}
    card = write_model(
        job.folder.model,
        json.dumps(told, ensure_ascii=False, sort_keys=True).encode(),
        {
            "recipe": "tracking",
            "labels": tuple(labels),
            "threshold": threshold,
            "threshold_from": f"best F1 of whole tracks on {len(some)} training recordings",
        },
        FILE,
    )
    return {
        **kept_figures(job, TASK, card, _baseline(job)),
        "steps": found.tried,
        "labels": labels,
        "settings": settings.model_dump(),
        "inner": {"hota": found.inner, "hota_as_given": found.first, "recordings": len(some)},
    }


def _some(job: Job, items: list[Item], most: int) -> tuple[list[Item], list[Recorded]]:
    """Recordings of at most so many frames together, at least one: every n-th, not the first ones."""
    chosen: list[Item] = []
    read: list[Recorded] = []
    frames, step = 0, max(1, len(items) // 3)
    order = [items[at] for start in range(step) for at in range(start, len(items), step)]
    for item in order:
        job.check_stop()
        one = _recorded(job, item)
        if read and frames + one[0].facts.frames > most:
            break
        frames += one[0].facts.frames
        chosen.append(item)
        read.append(one)
    return chosen, read


def _recorded(job: Job, item: Item) -> Recorded:
    with job.tree.open(item.path) as stream:
        return read_detections(stream.read()), boxes_of_labels(item.records())


def _searched(job: Job, params: TrackingParams, fixed: set[str], some: list[Recorded], groups: list[str]) -> Tuned:
    done = [0]

    def measured(settings: Settings) -> list[TrackItem]:
        asked = TrackerSettings.model_validate(settings)
        found = []
        for one, truth in some:
            job.check_stop()
            found.append(track_item(truth, follow(one, asked), asked.fill))
        done[0] += 1
        seconds = round(job.clock.seconds(), 1)
        job.report.progress(phase="train", step=done[0], of=params.steps, seconds=seconds)
        return found

    def hota(found: list[TrackItem], which: NDArray[np.int64]) -> float:
        prepared = METRICS["hota"].prepare([found[at] for at in which.tolist()])
        value = float(prepared.overall(prepared.per_class(np.ones((1, len(which)))))[0])
        return 0.0 if np.isnan(value) else value

    space = {
        name: one
        for name, one in own_space(TrackingParams).items()
        if name in TrackerSettings.model_fields and name not in fixed
    }
    first = params.tracker().model_dump()
    return tuned(first, space, params.steps or 1, job.seed, groups, measured, hota)


def _baseline(job: Job) -> dict[str, Any]:
    """Boxes of neighbouring frames that overlap are linked, by falling overlap."""
    kept = job.gathered.side("kept")
    if not kept:
        return {}
    items = [track_item(truth, link_greedily(one), 0) for one, truth in (_recorded(job, item) for item in kept)]
    return {
        "name": "greedy linking by overlap",
        "metrics": figures(TASK, items, [one.group for one in kept])["metrics"],
    }
