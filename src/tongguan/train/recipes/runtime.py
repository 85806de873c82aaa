"""Opening a checked model with ONNX Runtime, the same for every recipe."""

from __future__ import annotations

import os
from typing import Any

import onnxruntime

from tongguan.train.recipes.base import ModelRefused


def open_session(content: bytes, threads: int | None = None) -> Any:
    """A session over the bytes of a model that was looked at before. threads: else TONGGUAN_PREDICT_THREADS says it.
    Raises ModelRefused where it cannot be opened."""
    try:
        return onnxruntime.InferenceSession(content, _options(threads), providers=_providers())
    except Exception as error:
        raise ModelRefused("model_broken", f"the model cannot be opened: {str(error)[:300]}") from error


def _options(wanted: int | None) -> Any:
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    threads = str(wanted or os.environ.get("TONGGUAN_PREDICT_THREADS", "")).strip()
    if threads.isdigit():
        options.intra_op_num_threads = int(threads)
        options.inter_op_num_threads = 1
    # Threads that spin between the parts of one run spare their waking, a quarter of a small network's time; spinning
    # on after it would take the cores of the people who work on the same machine.
    options.add_session_config_entry("session.intra_op.allow_spinning", "1")
    options.add_session_config_entry("session.force_spinning_stop", "1")
    return options


def _providers() -> list[str]:
    wanted = ("CUDAExecutionProvider", "CPUExecutionProvider")
    there = onnxruntime.get_available_providers()
    return [name for name in wanted if name in there]
