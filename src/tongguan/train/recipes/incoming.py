"""A model archive from elsewhere: looked at without running anything of it, then run once in a process of its own."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import zipfile
from pathlib import Path

from tongguan.train.recipes.base import ModelRefused
from tongguan.train.recipes.model_folder import CARD, MODEL, Card, read_card, read_model, write_model
from tongguan.train.recipes.model_text import EXAMPLE, TEXT
from tongguan.train.recipes.offered import offered
from tongguan.train.recipes.onnx_guard import check_onnx
from tongguan.train.recipes.operators import OPERATORS
from tongguan.train.recipes.registry import load_predictor

TAKEN = (MODEL, CARD)
PASSED_OVER = ("labels.json", "preprocessing.json", TEXT, EXAMPLE)
"""Made anew from the card: what an archive says there is not believed."""
MOST_MEMBERS = 20
MOST_BYTES = 512 * 2**20
SECONDS = 120
MEMORY = 6 * 2**30


def take_archive(archive: Path, model: Path) -> Card:
    """Checks a zip with model.onnx and model.json, and writes the model's folder. Raises ModelRefused that says what
    is wrong: nothing is unpacked but these two, and nothing is run before the file was looked at."""
    model.mkdir(parents=True, exist_ok=True)
    _unpack(archive, model)
    card = read_card(model)
    taken = sorted(one.id for one in offered() if one.model_file == MODEL)
    if card.recipe not in taken:
        names = ", ".join(taken)
        raise ModelRefused(
            "card_broken", f"{CARD}: there is no recipe {card.recipe!r}; there is: {names}", field="recipe"
        )
    content = read_model(model, card)
    check_onnx(content, OPERATORS)
    full = write_model(model, content, card.model_dump(exclude={"model_sha256", "version"}))
    _try(model)
    return full


def _unpack(archive: Path, model: Path) -> None:
    try:
        with zipfile.ZipFile(archive) as opened:
            for entry in _members(opened):
                with opened.open(entry) as source, (model / entry.filename).open("wb") as out:
                    _copy(source.read, out.write, entry.filename)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, RuntimeError, ValueError) as error:
        raise ModelRefused("archive_broken", f"the archive cannot be read: {str(error)[:200]}") from error
    except OSError as error:
        raise ModelRefused("archive_broken", f"the archive cannot be unpacked: {error.strerror or error}") from error


def _members(opened: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """The two members that are wanted. Anything that a model does not need is a reason to refuse the whole."""
    entries = opened.infolist()
    if len(entries) > MOST_MEMBERS:
        raise ModelRefused(
            "archive_foreign", f"the archive has {len(entries)} members, at most {MOST_MEMBERS} are taken"
        )
    found: dict[str, zipfile.ZipInfo] = {}
    for entry in entries:
        name = entry.filename
        if name not in TAKEN and name not in PASSED_OVER:
            shown = name[:80]
            message = f"the archive holds {shown!r}: a model is {MODEL} and {CARD} at the top, without pickles or code"
            raise ModelRefused("archive_foreign", message, member=shown)
        if name in found:
            raise ModelRefused("archive_foreign", f"the archive holds {name} twice", member=name)
        if entry.flag_bits & 1:
            raise ModelRefused("archive_foreign", f"{name} is encrypted", member=name)
        found[name] = entry
    missing = [name for name in TAKEN if name not in found]
    if missing:
        raise ModelRefused("model_missing", f"the archive holds no {' and no '.join(missing)}", member=missing[0])
    return [found[name] for name in TAKEN]


def _copy(read: object, write: object, name: str) -> None:
    """Copies at most MOST_BYTES: what a member promises to be is not believed."""
    if not callable(read) or not callable(write):
        raise TypeError("a reader and a writer are wanted")
    left = MOST_BYTES
    while chunk := read(1 << 20):
        left -= len(chunk)
        if left < 0:
            message = f"{name} unpacks to more than {MOST_BYTES:,} bytes"
            raise ModelRefused("model_too_large", message, limit=MOST_BYTES)
        write(chunk)


def _try(model: Path) -> None:
    """Loads the model and runs it on a grey picture, in a process with little memory and time."""
    command = [sys.executable, "-m", "tongguan.train.recipes.incoming", str(model)]
    environment = {**os.environ, "TONGGUAN_PREDICT_THREADS": "1"}
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, env=environment, check=False)
    except subprocess.TimeoutExpired:
        raise ModelRefused("model_broken", f"the model did not answer within {SECONDS} s") from None
    if done.returncode == 0:
        return
    try:
        told = json.loads(done.stdout)
    except ValueError:
        raise ModelRefused("model_broken", f"the runtime ended with {done.returncode} while it ran the model") from None
    raise ModelRefused(str(told["code"]), str(told["message"]))


def main(model: Path) -> int:
    """The process that tries a model: 0, or a JSON object with the reason."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    try:
        load_predictor(model)
    except (ModelRefused, MemoryError) as error:
        refused = (
            error if isinstance(error, ModelRefused) else ModelRefused("model_too_large", "it needs too much memory")
        )
        sys.stdout.write(json.dumps({"code": refused.code, "message": refused.message}))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
