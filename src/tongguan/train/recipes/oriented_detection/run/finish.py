"""After the last step: export, the operating threshold from the hold-out, figures on the kept side."""

from __future__ import annotations

from typing import Any

import torch

from tongguan.train.recipes.finishing import kept_figures, write_with_threshold
from tongguan.train.recipes.job import Job
from tongguan.train.recipes.judging import baseline
from tongguan.train.recipes.oriented_detection.manifest import OrientedParams
from tongguan.train.recipes.torch_parts.export import compared
from tongguan.train.recipes.torch_parts.onnx_file import to_onnx
from tongguan.train.recipes.torch_parts.oriented import Exported, OrientedDetector
from tongguan.train.recipes.torch_parts.pictures import exported_input, stacked

TASK = "oriented-detection"
COMPARED = 8


def finish(
    job: Job, params: OrientedParams, model: OrientedDetector, labels: tuple[str, ...], steps: int
) -> dict[str, Any]:
    """Writes the folder `model` and returns the run's result."""
    job.report.phase("export")
    job.check_stop()
    model = model.cpu().to(memory_format=torch.contiguous_format).eval()
    exported = Exported(model).eval()
    names = ("boxes", "scores")
    axes = {name: {0: "n"} for name in ("pictures", *names)}
    onnx = to_onnx(exported, exported_input(params.size), ("pictures",), names, axes)
    train = job.gathered.side("train")
    check = compared(exported, onnx, stacked(job, train[:COMPARED], params.size))
    card = {
        "recipe": "oriented-detection",
        "labels": labels,
        "preprocessing": {"size": params.size},
        "nms_overlap": params.nms_overlap,
    }
    full = write_with_threshold(job, TASK, onnx, card)
    return {
        **kept_figures(job, TASK, full, baseline(TASK, train, job.gathered.side("kept"))),
        "steps": steps,
        "onnx": {**check.as_json(), "bytes": len(onnx)},
        "labels": list(labels),
    }
