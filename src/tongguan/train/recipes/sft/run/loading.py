"""The model's folder to a model that is trained, and back to what is saved."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import torch
import transformers
from peft import LoraConfig, PeftModel, get_peft_model
from torch import nn

from tongguan.train.recipes.base import RecipeError
from tongguan.train.recipes.sft.manifest import SftParams
from tongguan.train.recipes.sft.run.encoding import Encoder
from tongguan.train.recipes.torch_parts.language_models import (
    UNREADABLE,
    load_tokenizer,
    load_weights,
    unreadable,
)

ADAPTER_WEIGHTS = "adapter_model.safetensors"


def load_encoder(folder: Path) -> Encoder:
    """The tokenizer of a folder. Raises RecipeError with the library's reason."""
    return Encoder(load_tokenizer(folder))


def load_base(folder: Path, device: torch.device, precision: str = "float32") -> Any:
    """The model of a folder, without dropout until it is trained. Raises RecipeError with the library's reason."""
    model = load_weights(transformers.AutoModelForCausalLM, folder, dtype=getattr(torch, precision))
    model.config.use_cache = True
    return model.to(device)


def prepared(base: Any, params: SftParams) -> Any:
    """The model with what is trained: every weight, or LoRA matrices beside frozen ones (Hu and others 2021)."""
    if params.method == "full":
        return base
    names = [name.strip() for name in params.layers.split(",") if name.strip()]
    asked = LoraConfig(
        task_type="CAUSAL_LM",
        r=params.rank,
        lora_alpha=params.alpha,
        lora_dropout=params.dropout,
        target_modules="all-linear" if names in ([], ["all-linear"]) else names,
        # GPT-2 keeps its layers the other way round; PEFT finds out by itself, and would warn.
        fan_in_fan_out=_conv_layers(base),
    )
    try:
        return get_peft_model(base, asked)
    except ValueError as error:
        raise RecipeError("bad_parameter", f"layers: {str(error)[:300]}") from error


def _conv_layers(base: nn.Module) -> bool:
    return any(type(one).__name__ == "Conv1D" for one in base.modules())


def save_model(model: Any, encoder: Encoder, folder: Path) -> None:
    """An adapter in PEFT's own form, or the whole model, as safetensors, with the tokenizer beside."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    model.save_pretrained(str(folder))
    encoder.tokenizer.save_pretrained(str(folder))
    # A text of the library about nobody knows what; the run writes its own beside it.
    (folder / "README.md").unlink(missing_ok=True)


def with_adapter(base: Any, folder: Path) -> Any:
    """The model with a saved adapter. Raises RecipeError where it does not belong to it."""
    if not (folder / ADAPTER_WEIGHTS).is_file():
        raise RecipeError("model_refused", f"{folder} holds no {ADAPTER_WEIGHTS}")
    try:
        return PeftModel.from_pretrained(base, str(folder), local_files_only=True).eval()
    except UNREADABLE as error:
        raise unreadable(folder, "adapter", error) from error
