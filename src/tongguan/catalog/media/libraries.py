"""Libraries of rarer file types, loaded when a file needs them: the API starts without them, and one may be absent."""

from __future__ import annotations

import importlib
import importlib.util
from typing import Any

from tongguan.catalog.media.base import MediaProblem

# module -> what to install where it is absent
LIBRARIES: dict[str, str] = {
    "openpyxl": "openpyxl",
    "pyarrow": "pyarrow",
    "pyarrow.parquet": "pyarrow",
    "soundfile": "soundfile",
    "pypdf": "pypdf",
    "scipy.optimize": "scipy",
    "av": "tongguan[video]",
}


def is_there(name: str) -> bool:
    """Whether the library is installed, without loading it."""
    return importlib.util.find_spec(name.partition(".")[0]) is not None


def load(name: str, wanted_for: str) -> Any:
    """The library. Raises MediaProblem `unreadable` that says what to install; KeyError for one not listed here."""
    remedy = LIBRARIES[name]
    try:
        return importlib.import_module(name)
    except ImportError as error:
        detail = f"{wanted_for} needs the library {name.partition('.')[0]}, which is absent: pip install '{remedy}'"
        raise MediaProblem("unreadable", detail) from error
