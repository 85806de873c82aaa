"""The run folder: what a run was asked, what it has done so far, and what it leaves.

run.json             what was asked, by which code, where; its state and its result
items.jsonl          the items with their sides, and what was left out
plan.jsonl           every plan of steps, replayed on resume
metrics.jsonl        figures over time
checkpoints/last.pt  the last whole checkpoint, gone when the run is finished
model/               what serving loads: model.onnx, model.json, labels.json, preprocessing.json
cancel               appears when somebody wants the run to stop
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from tongguan.train.recipes.base import RecipeError, UsageProblem

State = Literal["planned", "running", "finished", "cancelled", "failed"]


class Asked(BaseModel):
    """What a run was asked; two runs that were asked the same on the same machine end with the same weights."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    recipe: str
    params: dict[str, Any]
    kept: float
    seed: int
    minutes: float | None
    data_sha256: str
    trial: bool = Field(default=False, description="A trial of a study: judged on the hold-out only, leaves no model.")


class Run(BaseModel):
    """The content of run.json."""

    model_config = ConfigDict(extra="forbid")

    version: Literal[1] = 1
    asked: Asked
    source: str
    threads: int
    code: str
    environment: dict[str, str]
    created_at: datetime
    state: State = "planned"
    started_at: datetime | None = None
    finished_at: datetime | None = None
    seconds: float = Field(default=0.0, description="Seconds of work, over all sessions.")
    sessions: int = 0
    error: dict[str, Any] | None = None
    warnings: list[dict[str, Any]] = Field(default_factory=list)
    result: dict[str, Any] | None = None


class RunFolder:
    """One run on disk. Every file is replaced whole, so that a kill leaves the old one or the new one."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.run_file = path / "run.json"
        self.items_file = path / "items.jsonl"
        self.plan_file = path / "plan.jsonl"
        self.metrics_file = path / "metrics.jsonl"
        self.checkpoint = path / "checkpoints" / "last.pt"
        self.model = path / "model"
        self.cache = path / "cache"
        self.cancel_file = path / "cancel"

    def read(self) -> Run:
        """The run as written. Raises RecipeError where run.json is missing or broken."""
        try:
            return Run.model_validate_json(self.run_file.read_bytes())
        except FileNotFoundError:
            raise UsageProblem(
                "no_run", f"{self.path} holds no run (run.json is missing)", path=str(self.path)
            ) from None
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"])
            message = f"{self.run_file}: {where}: {first['msg']}"
            raise RecipeError("run_broken", message, path=str(self.run_file)) from None

    def write(self, run: Run) -> None:
        """Replaces run.json."""
        write_whole(self.run_file, run.model_dump_json(indent=1).encode())

    def change(self, **values: Any) -> Run:
        """Reads, changes the named fields, writes, returns the run."""
        run = self.read().model_copy(update=values)
        self.write(run)
        return run

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Holds the run for one process; a second one gets RecipeError at once. Freed when the process dies."""
        with (self.path / "lock").open("w") as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                message = f"{self.path} is being trained by another process"
                raise RecipeError("run_busy", message, path=str(self.path)) from None
            yield


def write_whole(file: Path, content: bytes) -> None:
    """Writes a file so that readers and a kill see the old content or the new, never a part."""
    file.parent.mkdir(parents=True, exist_ok=True)
    temporary = file.with_name(f".{file.name}.tmp")
    with temporary.open("wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    temporary.replace(file)


def write_json(file: Path, value: Any) -> None:
    """Writes a JSON file whole."""
    write_whole(file, json.dumps(value, ensure_ascii=False, indent=1).encode())


def now() -> datetime:
    """The time, with zone."""
    return datetime.now(UTC)
