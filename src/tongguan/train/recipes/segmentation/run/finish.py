"""After the last step: export, the operating threshold from the hold-out, figures on the kept side."""

from __future__ import annotations

from typing import Any

import torch

from tongguan.train.recipes.finishing import kept_figures, write_with_threshold
from tongguan.train.recipes.job import Job
from tongguan.train.recipes.judging import baseline
from tongguan.train.recipes.segmentation.manifest import SegmentationParams
from tongguan.train.recipes.torch_parts.onnx_file import compared, to_onnx
from tongguan.train.recipes.torch_parts.pictures import exported_input, sample_of, stacked
from tongguan.train.recipes.torch_parts.segmenter import Exported, Segmenter

TASK = "segmentation"
COMPARED = 8


def finish(
    job: Job, params: SegmentationParams, model: Segmenter, labels: tuple[str, ...], steps: int
) -> dict[str, Any]:
    """Writes the folder `model` and returns the run's result."""
    job.report.phase("export")
    job.check_stop()
    model = model.cpu().to(memory_format=torch.contiguous_format).eval()
    exported = Exported(model, params.used_views()).eval()
    axes = {"pictures": {0: "n"}, "shares": {0: "n"}}
    onnx = to_onnx(exported, exported_input(params.size), ("pictures",), ("shares",), axes)
    train = job.gathered.side("train")
    check = compared(exported, onnx, sample_of(stacked(job, train[:COMPARED], params.size)))
    card = {
        "recipe": "segmentation",
        "labels": labels,
        "preprocessing": {"size": params.size},
    }
    full = write_with_threshold(job, TASK, onnx, card)
    return {
        **kept_figures(job, TASK, full, baseline(TASK, train, job.gathered.side("kept"))),
        "steps": steps,
        "onnx": {**check.as_json(), "bytes": len(onnx)},
        "labels": list(labels),
    }
