"""A language model's folder to a tokenizer and a model in memory: nothing is downloaded, no pickle and no code of
others is read. Imported only where a recipe was given such a folder: it needs the extra `language`."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import transformers

from tongguan.train.recipes.base import RecipeError
from tongguan.train.recipes.language_parts.local_model import checked_folder

_KEPT_TO = {"local_files_only": True, "trust_remote_code": False}
UNREADABLE = (OSError, ValueError, ImportError, KeyError, TypeError, AttributeError, RuntimeError)
"""What the library raises over a folder that it cannot read."""

# Words of the library to programmers, about its own next version, say nothing to who trains.
warnings.filterwarnings("ignore", category=FutureWarning, module=r"(transformers|peft)\b")
transformers.utils.logging.set_verbosity_error()
transformers.utils.logging.disable_progress_bar()


def load_tokenizer(folder: Path, parameter: str = "model") -> Any:
    """The tokenizer of a folder. Raises RecipeError with the library's reason."""
    checked = str(checked_folder(str(folder), parameter))
    try:
        return transformers.AutoTokenizer.from_pretrained(checked, **_KEPT_TO)
    except UNREADABLE as error:
        raise unreadable(folder, "tokenizer", error, parameter) from error


def load_weights(kind: Any, folder: Path, needless: str | None = None, parameter: str = "model", **asked: Any) -> Any:
    """The model of a folder, without dropout until it is trained. kind: the library's class that reads it. needless:
    the beginning of the names of weights that may be absent. Raises RecipeError with the library's reason."""
    checked = str(checked_folder(str(folder), parameter))
    try:
        model, told = kind.from_pretrained(checked, output_loading_info=True, use_safetensors=True, **_KEPT_TO, **asked)
    except UNREADABLE as error:
        raise unreadable(folder, "model", error, parameter) from error
    missing = sorted(name for name in told["missing_keys"] if needless is None or not name.startswith(needless))
    if missing:
        message = f"{parameter}: {folder} lacks {len(missing)} weights, such as {missing[0]}"
        raise RecipeError("model_refused", f"{message}: they would be random numbers")
    return model.eval()


def unreadable(folder: Path, what: str, error: Exception, parameter: str = "model") -> RecipeError:
    """The library's reason in one line."""
    told = " ".join(str(error).split())[:300]
    return RecipeError("model_refused", f"{parameter}: the {what} of {folder} cannot be read: {told}")


def longest(model: Any, wanted: int) -> int:
    """Tokens that the model can look at, as far as it says."""
    most = getattr(model.config, "max_position_embeddings", None)
    return min(wanted, int(most)) if most else wanted
