"""After the last step: export, the operating threshold from the hold-out, figures on the kept side."""

from __future__ import annotations

from typing import Any

import numpy as np

from tongguan.catalog.metrics.boxes import BoxItem
from tongguan.train.recipes.detection.manifest import DetectionParams
from tongguan.train.recipes.items import Item
from tongguan.train.recipes.job import Job
from tongguan.train.recipes.judging import baseline, figures, judge_of, judged
from tongguan.train.recipes.letterbox import letterbox
from tongguan.train.recipes.model_folder import Card, write_model
from tongguan.train.recipes.registry import load_predictor
from tongguan.train.recipes.torch_parts.detector import Detector
from tongguan.train.recipes.torch_parts.export import compare, to_onnx

COMPARED = 8
JUDGE_SECONDS = 0.01
"""What one view of a picture of 192 pixels costs."""
MOST_FOR_THRESHOLD = 2_000
FITTED_FOR_THRESHOLD = 300
"""Without a hold-out the threshold is rough whatever the number: so many training items, evenly drawn, are enough."""


def finish(job: Job, params: DetectionParams, model: Detector, labels: tuple[str, ...], steps: int) -> dict[str, Any]:
    """Writes the folder `model` and returns the run's result."""
    job.report.phase("export")
    job.check_stop()
    model.eval()
    onnx = to_onnx(model, params.used_views(), params.scales)
    train = job.gathered.side("train")
    check = compare(model, params.used_views(), params.scales, onnx, _pixels(job, train[:COMPARED], params.size))
    card = {
        "recipe": "detection",
        "labels": labels,
        "preprocessing": {"size": params.size},
        "nms_overlap": params.nms_overlap,
        "threshold": 0.5,
        "threshold_from": "not fixed yet",
    }
    write_model(job.folder.model, onnx, card)
    threshold, origin = _threshold(job, train)
    full = write_model(job.folder.model, onnx, {**card, "threshold": threshold, "threshold_from": origin})
    return {**_kept(job, full), "steps": steps, "onnx": {**check.as_json(), "bytes": len(onnx)}, "labels": list(labels)}


def judging_seconds(job: Job, params: DetectionParams) -> float:
    """A guess of what the figures and the threshold will cost: it only has to keep the run within its minutes."""
    items = job.gathered.items
    judged = sum(item.side == "kept" for item in items)
    judged += sum(item.holdout for item in items) or min(FITTED_FOR_THRESHOLD, len(job.gathered.side("train")))
    pixels = (params.size / 192) ** 2 * params.used_views() * (1.7 if params.scales > 1 else 1)
    return JUDGE_SECONDS * pixels * judged


def _pixels(job: Job, items: list[Item], size: int) -> np.ndarray[Any, np.dtype[np.uint8]]:
    rows = []
    for item in items:
        with job.tree.open(item.path) as stream:
            rows.append(letterbox(stream.read(), size).pixels)
    return np.stack(rows)


def _judge(job: Job, items: list[Item], phase: str) -> list[BoxItem]:
    def step(done: int) -> None:
        job.check_stop()
        job.report.progress(phase=phase, done=done, of=len(items))

    return list(judged("detection", load_predictor(job.folder.model), job.tree, items, step))


def _threshold(job: Job, train: list[Item]) -> tuple[float, str]:
    """From the hold-out of the training groups; without one from training items, which is said."""
    job.report.phase("threshold")
    held = [item for item in train if item.holdout]
    chosen = held[:MOST_FOR_THRESHOLD] or train[:: max(1, -(-len(train) // FITTED_FOR_THRESHOLD))]
    groups = len({item.group for item in chosen})
    origin = (
        f"best F1 on {len(chosen)} held-out training items of {groups} groups"
        if held
        else f"best F1 on {len(chosen)} training items (no hold-out): it may be too high for new items"
    )
    return judge_of("detection").best_threshold(_judge(job, chosen, "threshold")).threshold, origin


def _kept(job: Job, card: Card) -> dict[str, Any]:
    job.report.phase("judge")
    kept = job.gathered.side("kept")
    found = _judge(job, kept, "judge")
    result = figures("detection", found, [item.group for item in kept])
    result["baseline"] = baseline("detection", job.gathered.side("train"), kept)
    result["at_threshold"] = judge_of("detection").at_threshold(found, card.threshold) if found else {}
    return {**result, "threshold": card.threshold, "threshold_from": card.threshold_from}
