"""A language model in a local folder, looked at without running anything of it.

Taken is a folder with `config.json`, weights as safetensors and the files of its tokenizer. Refused, each with its
reason: the name of a model on a hub (nothing is downloaded), weights that are pickles, code of the model's own
(`auto_map`), weights packed for another library (`quantization_config`), and an adapter without its model.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tongguan.train.recipes.base import RecipeError, UsageProblem
from tongguan.train.recipes.folder import write_json

CONFIG = "config.json"
INDEX = "model.safetensors.index.json"
WHOLE = "model.safetensors"
ADAPTER = "adapter_config.json"
PICKLED = (".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle", ".h5", ".msgpack")
MOST_CONFIG = 64 * 2**20
CHUNK = 2**22
BASE = "base.json"
"""In a run's folder: the hashes of the model that it began with."""


def checked_folder(given: str, parameter: str = "model") -> Path:
    """The folder of a model that can be read without running code of others. Raises UsageProblem that names the
    parameter of the recipe, with the reason."""
    with _saying(parameter):
        return _checked(given)


def _checked(given: str) -> Path:
    if not given.strip():
        raise _Refused("it is empty; give the folder of a language model, for instance models/base")
    folder = Path(given)
    if not folder.is_dir():
        raise _Refused(f"{given} is no folder here; a name on a hub is not taken, because nothing is downloaded")
    if not (folder / CONFIG).is_file():
        if (folder / ADAPTER).is_file():
            raise _Refused(f"{given} holds an adapter, not a model; give the folder of the model that it belongs to")
        raise _Refused(f"{given} holds no {CONFIG}")
    if (folder / ADAPTER).is_file():
        raise _Refused(f"{given} holds {ADAPTER} beside {CONFIG}: an adapter that names another model is not followed")
    _check_config(folder)
    _weight_files(folder)
    return folder


def _check_config(folder: Path) -> None:
    for name in (CONFIG, "tokenizer_config.json", "generation_config.json", "processor_config.json"):
        if not (folder / name).is_file():
            continue
        config = _json(folder / name)
        if "auto_map" in config:
            raise _Refused(f"{folder / name} asks for code of the model's own (auto_map), which is never run")
        if "quantization_config" in config:
            raise _Refused(f"{folder / name}: weights packed by a quantization are not taken; give the plain weights")


def _weight_files(folder: Path) -> list[Path]:
    """The safetensors files that hold the weights, in order."""
    if (folder / INDEX).is_file():
        named = _json(folder / INDEX).get("weight_map")
        names = sorted({str(name) for name in named.values()}) if isinstance(named, dict) else []
        wrong = [name for name in names if Path(name).name != name or not name.endswith(".safetensors")]
        if wrong or not names:
            raise _Refused(f"{folder / INDEX} names {wrong[0] if wrong else 'no file'}, which is no safetensors file")
        files = [folder / name for name in names]
    else:
        files = [folder / WHOLE]
    missing = [file.name for file in files if not file.is_file()]
    if missing:
        pickled = sorted(one.name for one in folder.iterdir() if one.suffix.lower() in PICKLED)
        if pickled:
            raise _Refused(
                f"{folder} holds {pickled[0]}, a pickle, and no safetensors: a pickle can run code when read"
            )
        raise _Refused(f"{folder} holds no {missing[0]}")
    return files


def _model_files(folder: Path) -> Iterator[Path]:
    """What makes the model what it is: weights, configuration and tokenizer, in order of name."""
    weights = set(_weight_files(folder))
    for file in sorted(folder.iterdir()):
        small = file.suffix in (".json", ".jinja", ".model", ".txt") and file.name != "model.json"
        if file.is_file() and (file in weights or small):
            yield file


def digests(folder: Path, parameter: str = "model") -> dict[str, str]:
    """SHA-256 of each of these files by its name: an adapter on another model gives nonsense without an error."""
    with _saying(parameter):
        return {file.name: digest_of(file) for file in _model_files(folder)}


def same_model(run: Path, folder: Path, parameter: str = "model") -> dict[str, str]:
    """The hashes of the model's files, which must be those that the run in the folder `run` began with."""
    files = digests(folder, parameter)
    known = run / BASE
    if known.is_file() and json.loads(known.read_text(encoding="utf-8")) != files:
        message = f"{parameter}: {folder} is no longer the model that this run began with; choose another --out"
        raise RecipeError("model_differs", message)
    if not known.is_file():
        write_json(known, files)
    return files


def weight_bytes(folder: Path) -> int:
    """Size of the weights on disk, of a folder that was checked."""
    return sum(file.stat().st_size for file in _weight_files(folder))


def digest_of(file: Path) -> str:
    """SHA-256 of a file as hex, read piece by piece."""
    found = hashlib.sha256()
    with file.open("rb") as stream:
        while chunk := stream.read(CHUNK):
            found.update(chunk)
    return found.hexdigest()


def _json(file: Path) -> dict[str, Any]:
    if file.stat().st_size > MOST_CONFIG:
        raise _Refused(f"{file} is larger than {MOST_CONFIG} bytes")
    try:
        raw = json.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise _Refused(f"{file} is no JSON: {error}") from error
    if not isinstance(raw, dict):
        raise _Refused(f"{file} holds no object")
    return raw


class _Refused(Exception):
    """Why a folder is not taken."""


@contextmanager
def _saying(parameter: str) -> Iterator[None]:
    try:
        yield
    except _Refused as reason:
        raise UsageProblem("model_refused", f"{parameter}: {reason}", parameters=[parameter]) from None
