"""Writing a model into one ONNX file with its facts inside, and comparing it with what was trained."""

from __future__ import annotations

import io
import json
import warnings
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import onnx
import onnx.compose
import onnxruntime
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from tongguan.train.recipes.base import Onnx, RecipeError
from tongguan.train.recipes.facts import KEY

OPSET = 18
MOST_DIFFERENCE = 1e-3

Axes = dict[str, dict[int, str]]


def to_onnx(
    model: nn.Module, example: tuple[Tensor, ...], names: Sequence[str], outputs: Sequence[str], axes: Axes
) -> bytes:
    """The file's bytes. axes: the free dimensions of inputs and outputs."""
    out = io.BytesIO()
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")
        # The tracing exporter: the graphs have no control flow, and it needs one second instead of thirteen.
        torch.onnx.export(
            model,
            example,
            out,
            dynamo=False,
            opset_version=OPSET,
            input_names=list(names),
            output_names=list(outputs),
            dynamic_axes=axes,
        )
    return out.getvalue()


def with_facts(content: bytes, facts: Mapping[str, Any]) -> bytes:
    """The same file with what prediction needs besides; equal facts give equal bytes."""
    model = onnx.load_from_string(content)
    entry = model.metadata_props.add()
    entry.key, entry.value = KEY, json.dumps(facts, ensure_ascii=False, sort_keys=True)
    written: bytes = model.SerializeToString(deterministic=True)
    return written


def joined(first: bytes, second: bytes, passed: str, prefix: str) -> bytes:
    """One graph of two: the output `passed` of the first becomes the input of that name of the second. Every other name
    of the first gets the prefix, its inputs too."""
    one = onnx.compose.add_prefix(onnx.load_from_string(first), prefix)
    merged = onnx.compose.merge_models(one, onnx.load_from_string(second), io_map=[(f"{prefix}{passed}", passed)])
    written: bytes = merged.SerializeToString(deterministic=True)
    return written


def largest_difference(model: nn.Module, content: bytes, samples: Sequence[Mapping[str, NDArray[Any]]]) -> float:
    """Largest difference of any output on real samples, each the inputs by name in the model's order.

    Raises RecipeError where rounding cannot explain it.
    """
    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    most = 0.0
    for sample in samples:
        with torch.no_grad():
            own = model(*(torch.from_numpy(value) for value in sample.values()))
        outputs = own if isinstance(own, tuple) else (own,)
        for one, other in zip(session.run(None, dict(sample)), outputs, strict=True):
            most = max(most, float(np.abs(one - other.numpy()).max(initial=0.0)))
    if most > MOST_DIFFERENCE:
        raise RecipeError("export_differs", f"the exported model differs from the trained one: {most:.2e} in score")
    return most


def compared(model: nn.Module, content: bytes, sample: Mapping[str, NDArray[Any]]) -> Onnx:
    """As `largest_difference`, of one batch of real items, as a run keeps it."""
    count = len(next(iter(sample.values())))
    return Onnx(largest_difference(model, content, [sample]), 0.0, count)
