"""The model's folder to a model in memory, and back: nothing is downloaded, no pickle and no code of others is read."""

from __future__ import annotations

import shutil
import warnings
from pathlib import Path
from typing import Any

import torch
import transformers
from peft import LoraConfig, PeftModel, get_peft_model
from torch import nn

from tongguan.train.recipes.base import RecipeError
from tongguan.train.recipes.language_parts.local_model import checked_folder
from tongguan.train.recipes.sft.manifest import SftParams
from tongguan.train.recipes.sft.run.encoding import Encoder

ADAPTER_WEIGHTS = "adapter_model.safetensors"
_KEPT_TO = {"local_files_only": True, "trust_remote_code": False}

# Words of the library to programmers, about its own next version, say nothing to who trains.
warnings.filterwarnings("ignore", category=FutureWarning, module=r"(transformers|peft)\b")
transformers.utils.logging.set_verbosity_error()
transformers.utils.logging.disable_progress_bar()


def load_encoder(folder: Path) -> Encoder:
    """The tokenizer of a folder. Raises RecipeError with the library's reason."""
    try:
        tokenizer = transformers.AutoTokenizer.from_pretrained(str(checked_folder(str(folder))), **_KEPT_TO)
    except (OSError, ValueError, ImportError, KeyError, TypeError, AttributeError) as error:
        raise _broken(folder, "tokenizer", error) from error
    return Encoder(tokenizer)


def load_base(folder: Path, device: torch.device, precision: str = "float32") -> Any:
    """The model of a folder, without dropout until it is trained. Raises RecipeError with the library's reason."""
    checked = str(checked_folder(str(folder)))
    asked = {**_KEPT_TO, "use_safetensors": True, "dtype": getattr(torch, precision)}
    try:
        model, told = transformers.AutoModelForCausalLM.from_pretrained(checked, output_loading_info=True, **asked)
    except (OSError, ValueError, ImportError, KeyError, TypeError, AttributeError, RuntimeError) as error:
        raise _broken(folder, "model", error) from error
    if told["missing_keys"]:
        first = sorted(told["missing_keys"])[0]
        message = f"model: {folder} lacks {len(told['missing_keys'])} weights, such as {first}"
        raise RecipeError("model_refused", f"{message}: they would be random numbers")
    model.config.use_cache = True
    return model.to(device).eval()


def _broken(folder: Path, what: str, error: Exception) -> RecipeError:
    told = " ".join(str(error).split())[:300]
    return RecipeError("model_refused", f"model: the {what} of {folder} cannot be read: {told}")


def longest(model: Any, wanted: int) -> int:
    """Tokens that the model can look at, as far as it says."""
    most = getattr(model.config, "max_position_embeddings", None)
    return min(wanted, int(most)) if most else wanted


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
    except (OSError, ValueError, KeyError, TypeError, RuntimeError) as error:
        raise _broken(folder, "adapter", error) from error
