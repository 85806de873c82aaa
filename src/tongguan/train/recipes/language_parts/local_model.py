"""A language model in a local folder, looked at without running anything of it.

Taken is a folder with `config.json`, weights as safetensors and the files of its tokenizer. Refused, each with its
reason: the name of a model on a hub (nothing is downloaded), weights that are pickles, code of the model's own
(`auto_map`), weights packed for another library (`quantization_config`), and an adapter without its model.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tongguan.train.recipes.base import UsageProblem

CONFIG = "config.json"
INDEX = "model.safetensors.index.json"
WHOLE = "model.safetensors"
ADAPTER = "adapter_config.json"
PICKLED = (".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle", ".h5", ".msgpack")
MOST_CONFIG = 64 * 2**20
CHUNK = 2**22


def checked_folder(given: str) -> Path:
    """The folder of a model that can be read without running code of others. Raises UsageProblem with the reason."""
    if not given.strip():
        raise _refused("it is empty; give the folder of a causal language model, for instance --set model=models/base")
    folder = Path(given)
    if not folder.is_dir():
        raise _refused(f"{given} is no folder here; a name on a hub is not taken, because nothing is downloaded")
    if not (folder / CONFIG).is_file():
        if (folder / ADAPTER).is_file():
            raise _refused(f"{given} holds an adapter, not a model; give the folder of the model that it belongs to")
        raise _refused(f"{given} holds no {CONFIG}")
    if (folder / ADAPTER).is_file():
        raise _refused(f"{given} holds {ADAPTER} beside {CONFIG}: an adapter that names another model is not followed")
    _check_config(folder)
    weight_files(folder)
    return folder


def _check_config(folder: Path) -> None:
    for name in (CONFIG, "tokenizer_config.json", "generation_config.json", "processor_config.json"):
        if not (folder / name).is_file():
            continue
        config = _json(folder / name)
        if "auto_map" in config:
            raise _refused(f"{folder / name} asks for code of the model's own (auto_map), which is never run")
        if "quantization_config" in config:
            raise _refused(f"{folder / name}: weights packed by a quantization are not taken; give the plain weights")


def weight_files(folder: Path) -> list[Path]:
    """The safetensors files that hold the weights, in order. Raises UsageProblem."""
    if (folder / INDEX).is_file():
        named = _json(folder / INDEX).get("weight_map")
        names = sorted({str(name) for name in named.values()}) if isinstance(named, dict) else []
        wrong = [name for name in names if Path(name).name != name or not name.endswith(".safetensors")]
        if wrong or not names:
            raise _refused(f"{folder / INDEX} names {wrong[0] if wrong else 'no file'}, which is no safetensors file")
        files = [folder / name for name in names]
    else:
        files = [folder / WHOLE]
    missing = [file.name for file in files if not file.is_file()]
    if missing:
        pickled = sorted(one.name for one in folder.iterdir() if one.suffix.lower() in PICKLED)
        if pickled:
            raise _refused(
                f"{folder} holds {pickled[0]}, a pickle, and no safetensors: a pickle can run code when read"
            )
        raise _refused(f"{folder} holds no {missing[0]}")
    return files


def model_files(folder: Path) -> Iterator[Path]:
    """What makes the model what it is: weights, configuration and tokenizer, in order of name."""
    weights = set(weight_files(folder))
    for file in sorted(folder.iterdir()):
        small = file.suffix in (".json", ".jinja", ".model", ".txt") and file.name != "model.json"
        if file.is_file() and (file in weights or small):
            yield file


def digests(folder: Path) -> dict[str, str]:
    """SHA-256 of each of these files by its name: an adapter on another model gives nonsense without an error."""
    return {file.name: digest_of(file) for file in model_files(folder)}


def digest_of(file: Path) -> str:
    """SHA-256 of a file as hex, read piece by piece."""
    found = hashlib.sha256()
    with file.open("rb") as stream:
        while chunk := stream.read(CHUNK):
            found.update(chunk)
    return found.hexdigest()


def _json(file: Path) -> dict[str, Any]:
    if file.stat().st_size > MOST_CONFIG:
        raise _refused(f"{file} is larger than {MOST_CONFIG} bytes")
    try:
        raw = json.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise _refused(f"{file} is no JSON: {error}") from error
    if not isinstance(raw, dict):
        raise _refused(f"{file} holds no object")
    return raw


def _refused(reason: str) -> UsageProblem:
    return UsageProblem("model_refused", f"model: {reason}", parameters=["model"])
