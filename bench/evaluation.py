"""Evaluation of 1,000,000 boxes: our seconds, and faster-coco-eval's on the same boxes in the same run.

mAP50, mAP50-95 and AP by class must be equal. Our time includes grouping; the bootstrap (1,000 resamples over pictures)
is timed apart, since the reference has none.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import time
from typing import Any

import numpy as np
import psutil

from tongguan.catalog.metrics.base import group_weights, resampled
from tongguan.catalog.metrics.boxes import AveragePrecision, BoxItem

PICTURES, DRAWN, FOUND, LABELS = 50_000, 4, 20, 6
THRESHOLDS = tuple(round(0.5 + 0.05 * step, 2) for step in range(10))


def run(pictures: int = PICTURES) -> dict[str, Any]:
    """Simulates pictures with drawn and found boxes, measures, and compares."""
    items = simulate(pictures)
    found = pictures * FOUND
    started = time.perf_counter()
    prepared = AveragePrecision(items, THRESHOLDS)
    by_class = prepared.per_class(np.ones((1, len(items))))
    value = float(prepared.overall(by_class)[0])
    seconds = time.perf_counter() - started
    started = time.perf_counter()
    single = AveragePrecision(items, (0.5,))
    map50 = float(single.overall(single.per_class(np.ones((1, len(items)))))[0])
    single_seconds = time.perf_counter() - started
    started = time.perf_counter()
    draws = 20
    resampled(single, group_weights([str(at) for at in range(len(items))], draws))
    bootstrap = (time.perf_counter() - started) / draws
    result: dict[str, Any] = {
        "pictures": pictures,
        "found_boxes": found,
        "drawn_boxes": pictures * DRAWN,
        "map50": map50,
        "map50_95": value,
        "seconds": round(seconds, 2),
        "seconds_map50_only": round(single_seconds, 2),
        "seconds_a_resample": round(bootstrap, 3),
        "rss_mib": round(psutil.Process(os.getpid()).memory_info().rss / 2**20),
    }
    result["faster_coco_eval"] = compare(items, value, map50, seconds)
    return result


def simulate(pictures: int) -> list[BoxItem]:
    """Drawn boxes; of the found ones some lie near a drawn one, the others anywhere."""
    rng = np.random.default_rng(3)
    truth = np.concatenate(
        [rng.uniform(0, 440, (pictures, DRAWN, 2)), rng.uniform(8, 200, (pictures, DRAWN, 2))], axis=2
    )
    names = rng.integers(0, LABELS, (pictures, DRAWN))
    near = np.repeat(truth, 2, axis=1) + rng.normal(0, 6, (pictures, 2 * DRAWN, 4))
    other = FOUND - 2 * DRAWN
    far = np.concatenate([rng.uniform(0, 440, (pictures, other, 2)), rng.uniform(8, 200, (pictures, other, 2))], axis=2)
    found = np.concatenate([near, far], axis=1)
    found[:, :, 2:] = np.maximum(found[:, :, 2:], 1)
    found_names = np.concatenate([np.repeat(names, 2, axis=1), rng.integers(0, LABELS, (pictures, other))], axis=1)
    scores = rng.random((pictures, FOUND))
    words = [f"c{number}" for number in range(LABELS)]
    return [
        BoxItem(
            truth[at],
            [words[number] for number in names[at]],
            found[at],
            [words[number] for number in found_names[at]],
            scores[at],
        )
        for at in range(pictures)
    ]


def compare(items: list[BoxItem], value: float, map50: float, seconds: float) -> dict[str, Any]:
    """faster-coco-eval on the same boxes: its seconds, and how far its figures are from ours."""
    if importlib.util.find_spec("faster_coco_eval") is None:
        return {"left_out": "faster-coco-eval is not installed"}
    reference = importlib.import_module("faster_coco_eval")
    truth: list[dict[str, Any]] = []
    found: list[dict[str, Any]] = []
    for image, one in enumerate(items, start=1):
        for box, name in zip(one.truth.tolist(), one.truth_labels, strict=True):
            row = {"image_id": image, "category_id": int(name[1:]) + 1, "bbox": box}
            truth.append({**row, "id": len(truth) + 1, "area": box[2] * box[3], "iscrowd": 0})
        for box, name, score in zip(one.found.tolist(), one.found_labels, one.scores.tolist(), strict=True):
            found.append({"image_id": image, "category_id": int(name[1:]) + 1, "bbox": box, "score": score})
    images = [{"id": at + 1, "width": 640, "height": 640, "file_name": f"{at}.jpg"} for at in range(len(items))]
    categories = [{"id": number + 1, "name": f"c{number}"} for number in range(LABELS)]
    started = time.perf_counter()
    coco = reference.COCO({"images": images, "annotations": truth, "categories": categories})
    loaded = coco.loadRes(found)
    load_seconds = time.perf_counter() - started
    judge = reference.COCOeval_faster(coco, loaded, "bbox", print_function=lambda *_: None)
    started = time.perf_counter()
    judge.evaluate()
    judge.accumulate()
    their_seconds = time.perf_counter() - started
    judge.summarize()
    return {
        "load_seconds": round(load_seconds, 2),
        "seconds": round(their_seconds, 2),
        "times_faster": round(their_seconds / seconds, 2),
        "times_faster_with_load": round((their_seconds + load_seconds) / seconds, 2),
        "difference_map50_95": abs(float(judge.stats[0]) - value),
        "difference_map50": abs(float(judge.stats[1]) - map50),
    }
