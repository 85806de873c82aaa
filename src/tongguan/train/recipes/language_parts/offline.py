"""Loading what needs the extra `language`: nothing may be downloaded, so the library that could is told so before it is
first imported."""

from __future__ import annotations

import importlib
import os
from typing import Any

from tongguan.train.recipes.base import RecipeError

OFFLINE = ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "HF_HUB_DISABLE_TELEMETRY", "DISABLE_TELEMETRY")
NEEDS = "it needs the extra `language`: pip install 'tongguan[train,language]'"

os.environ.update(dict.fromkeys(OFFLINE, "1"))
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")


def load_part(name: str) -> Any:
    """A module by its dotted name. Raises RecipeError that names the library which is not installed."""
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        raise RecipeError(
            "library_missing", f"{error.name} is not installed; {NEEDS}", library=str(error.name)
        ) from error
