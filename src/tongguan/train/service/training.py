"""Running a training: data from a frozen version, a child process, a model version in the byte store."""

from __future__ import annotations

import hashlib
import shutil
import time
from itertools import pairwise
from pathlib import Path
from typing import Any
from uuid import UUID

from tongguan.annotate.interface import anybody_works
from tongguan.core import events, failpoints
from tongguan.core.clock import now
from tongguan.core.ids import new_id
from tongguan.core.jobs import JobCancelled, JobContext
from tongguan.train import repository
from tongguan.train.events import MODEL_TRAINED
from tongguan.train.models import ModelVersion, TrainRun
from tongguan.train.recipes.folder import Run, RunFolder
from tongguan.train.recipes.items import read_gathered
from tongguan.train.recipes.model_folder import find_model, read_card
from tongguan.train.recipes.plan import read_lines
from tongguan.train.recipes.reading import read_source
from tongguan.train.recipes.registry import recipe
from tongguan.train.recipes.sides import decide_sides
from tongguan.train.recipes.start import Wish, checked_params, discard, open_or_continue
from tongguan.train.recipes.supervise import Cancelled, train_run
from tongguan.train.service.materials import version_data
from tongguan.train.service.packing import pack

EVERY = 2.0
MOST_POINTS = 600


def run_folder(context: JobContext, run_id: UUID) -> Path:
    """Where a run works: below the data folder, so that a killed worker finds it again."""
    return context.settings.data_dir / "runs" / str(run_id)


def train(context: JobContext, job_id: UUID, run_id: UUID) -> dict[str, Any]:
    """Trains to the end, or goes on where a killed worker left off; stores the model; returns the metrics."""
    base = run_folder(context, run_id)
    with context.transaction() as session:
        row = session.get_one(TrainRun, run_id)
        if row.state == "done":
            _clear(base)  # killed between the model's storing and this
            return dict(row.metrics)
        row.state, row.started_at = "running", row.started_at or now()
        threads = 1 if anybody_works(session) else (context.settings.train_threads or None)
        session.flush()
        session.expunge(row)
    started = time.monotonic()
    data = version_data(context, row.dataset_version_id, base)
    failpoints.hit("train.data_ready")
    settings = dict(row.params)
    params = checked_params(row.recipe, settings)
    source = read_source(data, "coco", recipe(row.recipe).kinds)
    gathered = decide_sides(source, 0.0, params.held_share())
    wish = Wish(row.recipe, settings, kept=0.0, seed=row.seed, minutes=row.minutes, threads=threads)
    folder = RunFolder(base / "run")
    if not (folder.run_file.exists() and folder.read().state == "finished"):
        folder, _ = open_or_continue(base / "run", wish, gathered)
        follow = _Follow(context, job_id, run_id)
        try:
            train_run(folder.path, follow.event, lambda: context.cancelled(job_id), time.monotonic() - started)
        except Cancelled:
            raise JobCancelled from None
    failpoints.hit("train.trained")
    metrics = _finish(context, run_id, folder)
    failpoints.hit("train.stored")
    _clear(base)
    return metrics


def _clear(base: Path) -> None:
    """What only the training itself needed: the pictures of the version, checkpoints."""
    shutil.rmtree(base / "data", ignore_errors=True)
    discard(base / "run")


def end(context: JobContext, run_id: UUID, state: str, error: dict[str, Any] | None = None) -> None:
    """Notes how a run ended that left no model."""
    with context.transaction() as session:
        row = session.get_one(TrainRun, run_id)
        if row.state in ("queued", "running"):
            row.state, row.error, row.ended_at = state, error, now()
    shutil.rmtree(run_folder(context, run_id) / "data", ignore_errors=True)


class _Follow:
    """Turns events of the training process into progress and curve, now and then."""

    def __init__(self, context: JobContext, job_id: UUID, run_id: UUID) -> None:
        self._context, self._job_id, self._run_id = context, job_id, run_id
        self._points: list[dict[str, Any]] = []
        self._written = 0.0

    def event(self, event: dict[str, Any]) -> None:
        """One event."""
        if event.get("event") == "phase":
            self._context.progress(self._job_id, 0, 0, str(event.get("phase")))
        if event.get("event") not in ("progress", "holdout") or "step" not in event:
            return
        look = event["event"] == "holdout"
        wanted = ("step", "holdout", "metric") if look else ("step", "of", "loss", "seconds", "learning_rate")
        self._points.append({key: event[key] for key in wanted if key in event})
        if look:
            return
        if time.monotonic() - self._written >= EVERY:
            self._written = time.monotonic()
            self._context.progress(self._job_id, int(event["step"]), int(event.get("of") or 0), "train")
            with self._context.transaction() as session:
                row = session.get_one(TrainRun, self._run_id)
                row.curve = _thinned(row.curve, self._points)
            self._points.clear()
            failpoints.hit("train.progress")


def _thinned(before: list[dict[str, Any]], more: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """One curve by step, each point once, losses thinned out; what the hold-out said is kept whole."""
    points = {(point["step"], "holdout" in point): point for point in (*before, *more)}
    looks = [point for (_, look), point in points.items() if look]
    losses = [point for (_, look), point in points.items() if not look]
    return sorted([*losses[:: max(1, len(losses) // MOST_POINTS)], *looks], key=lambda point: int(point["step"]))


def _finish(context: JobContext, run_id: UUID, folder: RunFolder) -> dict[str, Any]:
    """Stores the model and notes it, once: a second call finds the model version and adds nothing."""
    run: Run = folder.read()
    result = dict(run.result or {})
    model = find_model(folder.path)
    card = read_card(model)
    archive = folder.path / "model.zip"
    pack(model, archive)
    size, digest = archive.stat().st_size, hashlib.sha256(archive.read_bytes()).hexdigest()
    key = f"{context.org_id}/models/{run_id}.zip"
    with archive.open("rb") as stream:
        context.storage.put(key, stream)
    metrics = dict(result.pop("metrics", {}))
    with context.transaction() as session:
        row = session.get_one(TrainRun, run_id)
        split = read_gathered(folder.items_file).counts()
        row.result = {
            **result,
            "split": split,
            "seconds": run.seconds,
            "seconds_per_step": _pace(folder),
            "warnings": run.warnings,
            "code": run.code,
            "threads": run.threads,
            "environment": run.environment,
        }
        row.metrics, row.state, row.ended_at, row.error = metrics, "done", now(), None
        if repository.model_of_run(session, run_id) is None:
            made = ModelVersion(
                id=new_id(),
                project_id=row.project_id,
                run_id=run_id,
                dataset_version_id=row.dataset_version_id,
                recipe=row.recipe,
                person_id=row.person_id,
                number=repository.next_model_number(session, row.project_id),
                key=key,
                size=size,
                sha256=digest,
                metrics=metrics,
                classes=list(card.labels),
                threshold=card.threshold,
                threshold_from=card.threshold_from,
            )
            session.add(made)
            session.flush()
            payload = {"project_id": str(row.project_id), "model_version_id": str(made.id), "run_id": str(run_id)}
            events.emit(session, MODEL_TRAINED, payload)
    archive.unlink(missing_ok=True)
    return metrics


def _pace(folder: RunFolder) -> float | None:
    """Seconds of a step, from the run's figures: reading, export and measuring do not count."""
    lines = [line for line in read_lines(folder.metrics_file) if "seconds" in line]
    pairs = [
        (float(str(later["seconds"])) - float(str(one["seconds"])), int(str(later["step"])) - int(str(one["step"])))
        for one, later in pairwise(lines)
    ]
    paces = sorted(seconds / steps for seconds, steps in pairs if steps > 0 and seconds > 0)
    return round(paces[len(paces) // 2], 4) if paces else None
