"""Model archives and pictures for tests: a graph that answers by the light of the picture."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from typing import Any

import numpy as np
from onnx import TensorProto, helper, numpy_helper
from PIL import Image

SIZE = 64


def picture(light: int = 128, side: int = 80, seed: int = 0, kind: str = "PNG") -> bytes:
    """A grey picture with some noise."""
    noise = np.random.default_rng(seed).normal(0, 4, (side, side))
    out = io.BytesIO()
    Image.fromarray(np.clip(light + noise, 0, 255).astype(np.uint8)).save(out, kind)
    return out.getvalue()


def graph(weight: float = 1.0, extra: list[Any] | None = None) -> bytes:
    """A model with one box, whose score for `bright` is the mean light (0 to 1) times `weight`, for `dark` 0."""
    boxes = numpy_helper.from_array(np.array([[[8, 8, 40, 40]]], dtype=np.float32), "b")
    weights = numpy_helper.from_array(np.array([[[weight / 255, 0.0]]], dtype=np.float32), "w")
    axes = numpy_helper.from_array(np.array([1, 2, 3], dtype=np.int64), "axes")
    zero = numpy_helper.from_array(np.zeros((), dtype=np.float32), "zero")
    nodes = [
        helper.make_node("Cast", ["pictures"], ["f"], to=TensorProto.FLOAT),
        helper.make_node("ReduceMean", ["f", "axes"], ["m"], keepdims=0),
        helper.make_node("Mul", ["m", "w"], ["scores"]),
        helper.make_node("Mul", ["scores", "zero"], ["nothing"]),
        helper.make_node("ReduceMean", ["nothing"], ["z"], keepdims=0),
        helper.make_node("Add", ["b", "z"], ["boxes"]),
        *(extra or []),
    ]
    made = helper.make_graph(
        nodes,
        "g",
        [helper.make_tensor_value_info("pictures", TensorProto.UINT8, ["n", 3, SIZE, SIZE])],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in ("boxes", "scores")],
        [boxes, weights, axes, zero],
    )
    model = helper.make_model(made, opset_imports=[helper.make_opsetid("", 18)], ir_version=10)
    content: bytes = model.SerializeToString()
    return content


def archive(
    weight: float = 1.0, model: bytes | None = None, files: dict[str, bytes] | None = None, **card: Any
) -> tuple[bytes, str]:
    """A model archive as training stores it, and its SHA-256."""
    content = graph(weight) if model is None else model
    full: dict[str, Any] = {
        "version": 1,
        "recipe": "detection",
        "labels": ["bright", "dark"],
        "preprocessing": {"size": SIZE},
        "threshold": 0.3,
        "threshold_from": "test",
        "nms_overlap": 0.6,
        "model_sha256": hashlib.sha256(content).hexdigest(),
        **card,
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("model.onnx", content)
        packed.writestr("model.json", json.dumps(full))
        for name, extra in (files or {}).items():
            packed.writestr(name, extra)
    return out.getvalue(), hashlib.sha256(out.getvalue()).hexdigest()
