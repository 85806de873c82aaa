"""Export to ONNX, and the proof that the exported model gives what the trained one gives."""

from __future__ import annotations

import io
import warnings

import numpy as np
import onnxruntime
import torch
from numpy.typing import NDArray
from torch import nn

from tongguan.train.recipes.base import Onnx, RecipeError
from tongguan.train.recipes.torch_parts.detector import Detector, Exported

OPSET = 18
MOST_SCORE = 1e-3
MOST_PIXELS = 0.1


def to_onnx(detector: Detector, views: int, scales: int) -> bytes:
    """The model as one file: uint8 pictures (n, 3, size, size) -> boxes and scores, n free."""
    wrapped = Exported(detector.cpu().to(memory_format=torch.contiguous_format), views, scales).eval()
    example = torch.full((1, 3, detector.size, detector.size), 127, dtype=torch.uint8)
    out = io.BytesIO()
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")
        # The tracing exporter: the graph has no control flow, and it needs one second instead of thirteen.
        torch.onnx.export(
            wrapped,
            (example,),
            out,
            dynamo=False,
            opset_version=OPSET,
            input_names=["pictures"],
            output_names=["boxes", "scores"],
            dynamic_axes={"pictures": {0: "n"}, "boxes": {0: "n"}, "scores": {0: "n"}},
        )
    return out.getvalue()


def compare(detector: Detector, views: int, scales: int, onnx: bytes, pictures: NDArray[np.uint8]) -> Onnx:
    """As `compared`, of a detector as it is exported."""
    return compared(Exported(detector, views, scales).eval(), onnx, pictures)


def compared(exported: nn.Module, onnx: bytes, pictures: NDArray[np.uint8]) -> Onnx:
    """Largest differences of score and of a box's numbers (in input pixels) on real pictures, uint8 (n, size, size, 3).

    Raises RecipeError where they are larger than rounding can explain.
    """
    session = onnxruntime.InferenceSession(onnx, providers=["CPUExecutionProvider"])
    given = np.ascontiguousarray(pictures.transpose(0, 3, 1, 2))
    boxes, scores = session.run(None, {"pictures": given})
    with torch.no_grad():
        own_boxes, own_scores = exported(torch.from_numpy(given))
    score = float(np.abs(scores - own_scores.numpy()).max(initial=0.0))
    # Sides of cells that nobody reads may be large; only cells that could become marks count.
    seen = own_scores.numpy().max(axis=2) >= 0.01
    pixels = float(np.abs(boxes - own_boxes.numpy())[seen].max(initial=0.0))
    if score > MOST_SCORE or pixels > MOST_PIXELS:
        raise RecipeError(
            "export_differs", f"the exported model differs from the trained one: {score:.2e} in score, {pixels:.2e} px"
        )
    return Onnx(score, pixels, len(pictures))
