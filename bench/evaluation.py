"""Evaluation of 1,000,000 boxes: our seconds, and those of pycocotools and faster-coco-eval on the same boxes.

mAP50, mAP50-95 and AP by class must be equal. Our time includes grouping; the bootstrap (1,000 resamples over pictures)
is timed apart, since the reference has none.
"""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import io
import os
import time
from typing import Any

import numpy as np
import psutil

from tongguan.catalog.metrics.base import group_weights, resampled
from tongguan.catalog.metrics.boxes import AveragePrecision, BoxItem

PICTURES, DRAWN, FOUND, LABELS = 50_000, 4, 20, 6
REFERENCES = {
    "pycocotools": ("pycocotools", "pycocotools"),
    "faster_coco_eval": ("faster_coco_eval", "faster-coco-eval"),
}
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
    truth, found_rows = coco_rows(items)
    for name in REFERENCES:
        result[name] = compare(name, truth, found_rows, (value, map50, seconds))
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


def coco_rows(items: list[BoxItem]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The same boxes as a COCO document of the drawn ones and a COCO list of the found ones."""
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
    return {"info": {}, "images": images, "annotations": truth, "categories": categories}, found


def compare(
    name: str, truth: dict[str, Any], found: list[dict[str, Any]], ours: tuple[float, float, float]
) -> dict[str, Any]:
    """A public evaluator on the same boxes: its seconds, and how far its figures are from ours.

    `ours` is mAP50-95, mAP50 and seconds.
    """
    package, what = REFERENCES[name]
    if importlib.util.find_spec(package) is None:
        return {"left_out": f"{what} is not installed"}
    quiet = contextlib.redirect_stdout(io.StringIO())
    value, map50, seconds = ours
    with quiet:
        started = time.perf_counter()
        coco, make_judge = _reference(package, truth)
        # Loading marks the rows it is given.
        loaded = coco.loadRes([dict(row) for row in found])
        load_seconds = time.perf_counter() - started
        judge = make_judge(coco, loaded, "bbox")
        started, processor = time.perf_counter(), time.process_time()
        judge.evaluate()
        judge.accumulate()
        their_seconds, processor = time.perf_counter() - started, time.process_time() - processor
        judge.summarize()
    return {
        "load_seconds": round(load_seconds, 2),
        "seconds": round(their_seconds, 2),
        "processor_seconds": round(processor, 2),
        "times_faster": round(their_seconds / seconds, 2),
        "times_faster_with_load": round((their_seconds + load_seconds) / seconds, 2),
        "difference_map50_95": abs(float(judge.stats[0]) - value),
        "difference_map50": abs(float(judge.stats[1]) - map50),
    }


def _reference(package: str, truth: dict[str, Any]) -> tuple[Any, Any]:
    """The drawn boxes as the library holds them, and what makes its judge of them and the found ones."""
    library = importlib.import_module(package)
    if package == "faster_coco_eval":
        return library.COCO(truth), library.COCOeval_faster
    coco = importlib.import_module("pycocotools.coco").COCO()
    coco.dataset = truth
    coco.createIndex()
    return coco, importlib.import_module("pycocotools.cocoeval").COCOeval
