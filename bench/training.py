"""Training: pictures a second and seconds a step, and the steps to a fixed mAP50, on plates of the project's own maker.

A run of fixed steps looks at held-out plates ten times; the first look that reaches the mark gives the steps. Takes
a few minutes on two cores.
"""

from __future__ import annotations

import resource
import tempfile
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

from tongguan.industries.steel_plates.series import write_plates
from tongguan.train.recipes.folder import Run, RunFolder
from tongguan.train.recipes.items import BY_SIDES, Gathered, Item, data_digest, label_digest, sha256_hex
from tongguan.train.recipes.plan import read_lines
from tongguan.train.recipes.start import Wish, open_or_continue
from tongguan.train.recipes.supervise import train_run

PLATES, STEPS, LOOKS = 240, 200, 10
MARK = 0.3
BATCH = 16


def run(plates: int = PLATES, steps: int = STEPS) -> dict[str, Any]:
    """Draws plates, trains the detector, and reads the figures that the run wrote."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        began = time.perf_counter()
        gathered = _plates(folder / "data", plates)
        drawn = time.perf_counter() - began
        settings = {"steps": steps, "looks": LOOKS, "holdout": 0.2, "batch": BATCH}
        run_folder, _ = open_or_continue(folder / "run", Wish("detection", settings, kept=0.0), gathered)
        began, before = time.perf_counter(), _children_seconds()
        done = train_run(run_folder.path)
        seconds, processor = time.perf_counter() - began, _children_seconds() - before
        return {
            "plates": plates,
            "draw_seconds": round(drawn, 2),
            "seconds": round(seconds, 1),
            "processor_seconds": round(processor, 1),
            "processor_seconds_per_step": round(processor / steps, 3),
            "pictures_per_processor_second": round(BATCH * steps / processor, 1),
            **_figures(run_folder, done),
        }


def _children_seconds() -> float:
    """Processor time of ended children. A training's is all of it, looks and export too; it holds on a busy machine."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _plates(folder: Path, count: int) -> Gathered:
    """Plates as the items of a run; every fifth is held out."""
    items = []
    for at, one in enumerate(write_plates(folder, count, seed=5, size=(200, 200))):
        digest = sha256_hex(one.data)
        labels = tuple(box.model_dump(mode="json") for box in one.labels)
        items.append(
            Item(
                name=one.name,
                path=one.name,
                sha256=digest,
                side="train",
                group=digest,
                labels=labels,
                width=200,
                height=200,
                holdout=at % 5 == 0,
            )
        )
    digest = data_digest((item.sha256, label_digest(item.records())) for item in items)
    return Gathered(source=str(folder), format="plates", by=BY_SIDES, sha256=digest, items=tuple(items), left_out=())


def _figures(folder: RunFolder, done: Run) -> dict[str, Any]:
    lines = read_lines(folder.metrics_file)
    looks = [(int(str(one["step"])), float(str(one["holdout"]))) for one in lines if "holdout" in one]
    timed = [(int(str(one["step"])), float(str(one["seconds"]))) for one in lines if "seconds" in one]
    paces = sorted((later[1] - one[1]) / (later[0] - one[0]) for one, later in pairwise(timed))
    pace = paces[len(paces) // 2]
    return {
        "threads": done.threads,
        "steps": timed[-1][0],
        "seconds_per_step": round(pace, 3),
        "pictures_per_second": round(BATCH / pace, 1),
        "mark_map50": MARK,
        "steps_to_mark": next((step for step, value in looks if value >= MARK), None),
        "looks": looks,
        "onnx": (done.result or {}).get("onnx"),
    }
