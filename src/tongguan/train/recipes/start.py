"""Starting or continuing a run in a folder: checks parameters, writes run.json and the manifest of items."""

from __future__ import annotations

import os
import platform
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from tongguan import __version__
from tongguan.train.recipes.base import RecipeParams, UsageProblem
from tongguan.train.recipes.folder import Asked, Run, RunFolder, now
from tongguan.train.recipes.items import Gathered, write_gathered
from tongguan.train.recipes.registry import recipe


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person asks for. `settings` are the recipe's parameters as given, text or typed; `minutes` None = the
    recipe's own default, unless `steps` is set."""

    recipe: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    kept: float = 0.15
    seed: int = 0
    minutes: float | None = None
    threads: int | None = None
    trial: bool = False


def checked_params(recipe_id: str, settings: Mapping[str, Any]) -> RecipeParams:
    """Validates settings by the recipe's own model. Raises UsageProblem that names the parameter and its range."""
    try:
        return recipe(recipe_id).params.model_validate(dict(settings))
    except ValidationError as error:
        parts = [f"{'.'.join(str(at) for at in one['loc'])}: {one['msg']}" for one in error.errors()]
        raise UsageProblem("bad_parameter", "; ".join(parts), parameters=parts) from None


def threads_wanted(asked: int | None = None) -> int:
    """Threads for a new run: as asked, else TONGGUAN_TRAIN_THREADS, else the cores this process may use."""
    if asked is not None:
        return max(1, asked)
    text = os.environ.get("TONGGUAN_TRAIN_THREADS", "").strip()
    if text:
        if not text.isdigit() or int(text) < 1:
            raise UsageProblem(
                "bad_threads", f"TONGGUAN_TRAIN_THREADS must be a number from 1, not {text!r}", given=text
            )
        return int(text)
    return available_cores()


def available_cores() -> int:
    """Cores this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


def open_or_continue(path: Path, wish: Wish, gathered: Gathered) -> tuple[RunFolder, bool]:
    """Makes the run, or finds the unfinished one that was asked the same. Returns it and whether it is continued.

    Raises UsageProblem for a finished run, for other parameters or data, and for a folder that holds something else.
    """
    params = checked_params(wish.recipe, wish.settings)
    minutes = wish.minutes
    if minutes is None and params.steps is None:
        minutes = recipe(wish.recipe).minutes
    asked = Asked(
        recipe=wish.recipe,
        params=params.model_dump(mode="json"),
        kept=wish.kept,
        seed=wish.seed,
        minutes=minutes,
        data_sha256=gathered.sha256,
        trial=wish.trial,
    )
    folder = RunFolder(path)
    if folder.run_file.exists():
        _refuse_other(folder, asked)
        folder.cancel_file.unlink(missing_ok=True)
        # The same bytes may lie elsewhere by now.
        folder.change(source=gathered.source)
        return folder, True
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        message = f"{path} is not empty and holds no run; choose another --out"
        raise UsageProblem("out_not_empty", message, path=str(path))
    if not gathered.side("train"):
        raise UsageProblem("nothing_to_train", "no labelled item is on the training side", items=len(gathered.left_out))
    path.mkdir(parents=True, exist_ok=True)
    write_gathered(gathered, folder.items_file)
    folder.write(
        Run(
            asked=asked,
            source=gathered.source,
            threads=threads_wanted(wish.threads),
            code=__version__,
            environment=_environment(),
            created_at=now(),
        )
    )
    return folder, False


def _refuse_other(folder: RunFolder, asked: Asked) -> None:
    run = folder.read()
    before, after = run.asked.model_dump(), asked.model_dump()
    differs = sorted(key for key in after if before[key] != after[key])
    if "params" in differs:
        names = {*before["params"], *after["params"]}
        differs.remove("params")
        differs += sorted(name for name in names if before["params"].get(name) != after["params"].get(name))
    if differs:
        message = f"{folder.path} holds a run with other {', '.join(differs)}; choose another --out"
        raise UsageProblem("run_differs", message, path=str(folder.path), differs=differs)
    if run.state == "finished":
        raise UsageProblem("run_finished", f"{folder.path} holds a finished run", path=str(folder.path))


def _environment() -> dict[str, str]:
    return {
        "python": platform.python_version(),
        "system": platform.system(),
        "machine": platform.machine(),
        "cores": str(available_cores()),
    }


def discard(path: Path) -> None:
    """Removes what only an unfinished run needs: checkpoints and the picture cache."""
    folder = RunFolder(path)
    shutil.rmtree(folder.cache, ignore_errors=True)
    shutil.rmtree(folder.checkpoint.parent, ignore_errors=True)
