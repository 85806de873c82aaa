"""After the last step: export, the threshold from held-out good pictures, figures on the kept side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from tongguan.catalog.metrics.screening import ScreenItem
from tongguan.train.recipes.anomaly.manifest import AnomalyParams
from tongguan.train.recipes.anomaly.predict import LABELS, Facts
from tongguan.train.recipes.anomaly.scoring import (
    enough_for,
    farther,
    picture_distance,
    seen_part,
    share,
    usual_distance,
)
from tongguan.train.recipes.finishing import MOST_FOR_THRESHOLD, kept_figures
from tongguan.train.recipes.items import Item
from tongguan.train.recipes.job import Job
from tongguan.train.recipes.judges.oddities import defect_of, odd_item
from tongguan.train.recipes.judging import figures
from tongguan.train.recipes.model_folder import write_model
from tongguan.train.recipes.torch_parts.onnx_file import compared, to_onnx, with_facts
from tongguan.train.recipes.torch_parts.patches import Exported, PatchMemory
from tongguan.train.recipes.torch_parts.pictures import exported_input, normalised, read, sample_of, stacked

TASK = "picture-anomaly"
COMPARED = 8
Floats = NDArray[np.float64]


def finish(job: Job, params: AnomalyParams, model: PatchMemory, steps: int, counts: tuple[int, int]) -> dict[str, Any]:
    """Writes the folder `model` and returns the run's result. counts: good and defective training pictures."""
    job.report.phase("export")
    job.check_stop()
    model = model.cpu().to(memory_format=torch.contiguous_format).eval()
    exported = Exported(model).eval()
    axes = {"pictures": {0: "n"}, "distances": {0: "n"}, "apart": {0: "n"}}
    graph = to_onnx(exported, exported_input(params.size), ("pictures",), ("distances", "apart"), axes)
    train = job.gathered.side("train")
    check = compared(exported, graph, sample_of(stacked(job, train[:COMPARED], params.size)))
    job.report.phase("threshold")
    good = [item for item in train if not defect_of(item.records(), params.good_names())]
    held = [item for item in good if item.holdout]
    chosen = (held or good)[:MOST_FOR_THRESHOLD]
    facts = _facts(_distances(job, model, chosen, params.size), params, bool(held))
    onnx = with_facts(graph, facts.model_dump())
    card = {
        "recipe": "anomaly",
        "labels": LABELS,
        "preprocessing": {"size": params.size},
        "threshold": 0.5,
        "threshold_from": _origin(chosen, bool(held), params.alarms),
    }
    full = write_model(job.folder.model, onnx, card)
    return {
        **kept_figures(job, TASK, full, _baseline(job, params, [item for item in good if not item.holdout])),
        "steps": steps,
        "good": counts[0],
        "defective_unused": counts[1],
        "usual_distance": round(facts.usual, 6),
        "onnx": {**check.as_json(), "bytes": len(onnx)},
        "labels": list(LABELS),
    }


def _origin(chosen: Sequence[Item], held: bool, alarms: float) -> str:
    groups = len({item.group for item in chosen})
    whose = f"held-out good training pictures of {groups} groups" if held else "good training items (no hold-out)"
    if not enough_for(len(chosen), alarms):
        return f"the farthest of {len(chosen)} {whose}: too few for a share of {alarms:g}"
    return f"at most {alarms:g} of good pictures above, by {len(chosen)} {whose}"


def _facts(distances: Sequence[tuple[float, float]], params: AnomalyParams, held: bool) -> Facts:
    """Each of the two distances by what good pictures usually have, then the larger of both by the same rule. Pictures
    that are kept themselves are near to kept ones: without a hold-out patches alone count."""
    patches, apart = ([one[at] for one in distances] for at in (0, 1))
    usual = usual_distance(patches, params.alarms)
    usual_apart = usual_distance(apart, params.alarms) if held else None
    both = [farther(one, two, usual, usual_apart) for one, two in distances]
    return Facts(usual=usual, apart=usual_apart, both=usual_distance(both, params.alarms), good=params.good_names())


def _distances(job: Job, model: PatchMemory, items: Sequence[Item], size: int) -> list[tuple[float, float]]:
    """Of the farthest patches, and of the whole picture."""
    found = []
    for at, item in enumerate(items, start=1):
        job.check_stop()
        picture = read(job, item, size)
        with torch.no_grad():
            given = normalised(torch.from_numpy(picture.pixels).permute(2, 0, 1)[None])
            distances, apart = (one[0].numpy() for one in model(given))
        found.append((picture_distance(seen_part(distances, picture)), float(apart)))
        job.report.progress(phase="threshold", done=at, of=len(items))
    return found


def _baseline(job: Job, params: AnomalyParams, good: Sequence[Item]) -> dict[str, Any]:
    """What brightness, contrast and sharpness alone would reach: distance from the good ones by their covariance."""
    kept = job.gathered.side("kept")
    if not kept:
        return {}
    known = _plain(job, good[:MOST_FOR_THRESHOLD], params.size)
    middle, spread = known.mean(axis=0), np.cov(known.T) + 1e-6 * np.eye(known.shape[1])

    def far(rows: Floats) -> Floats:
        away = rows - middle
        distance: Floats = np.sqrt(np.einsum("ij,ij->i", away @ np.linalg.inv(spread), away))
        return distance

    usual = usual_distance(far(known).tolist(), params.alarms)
    risks = [share(float(one), usual) for one in far(_plain(job, kept, params.size))]
    rows: list[ScreenItem] = [
        odd_item(item.records(), params.good_names(), risk, risk >= 0.5) for item, risk in zip(kept, risks, strict=True)
    ]
    measured = figures(TASK, rows, [item.group for item in kept])
    return {"name": "brightness, contrast and sharpness", "metrics": measured["metrics"]}


def _plain(job: Job, items: Sequence[Item], size: int) -> Floats:
    rows = []
    for item in items:
        job.check_stop()
        picture = read(job, item, size)
        high, wide = (
            max(2, round(side)) for side in (picture.height * picture.factor[1], picture.width * picture.factor[0])
        )
        grey = picture.pixels[:high, :wide].astype(np.float64).mean(axis=2)
        rows.append(
            (grey.mean(), grey.std(), np.abs(np.diff(grey, axis=0)).mean(), np.abs(np.diff(grey, axis=1)).mean())
        )
    return np.array(rows).reshape(len(items), 4)
