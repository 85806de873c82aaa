"""Running an evaluation: the benchmark and the models into a folder, answers picture by picture, figures, verdict."""

from __future__ import annotations

import gzip
import hashlib
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO
from uuid import UUID

import orjson

from tongguan.collect.interface import items_by_id
from tongguan.core import events, failpoints
from tongguan.core.clock import now
from tongguan.core.database import Session
from tongguan.core.jobs import JobContext
from tongguan.datasets.interface import StoredTree, entries
from tongguan.evaluate import repository
from tongguan.evaluate.events import EVALUATION_DONE
from tongguan.evaluate.measure.work import SIDES, WorkFolder, WorkItem
from tongguan.evaluate.models import BenchmarkItem, Evaluation
from tongguan.evaluate.service import gate
from tongguan.evaluate.service.answering import answer
from tongguan.train.interface import ModelVersion, model, unpack_model

WINDOW = 500
EVERY = 1.0


def work_folder(context: JobContext, evaluation_id: UUID) -> Path:
    """Where an evaluation works: below the data folder, so that a killed worker finds it again."""
    return context.settings.data_dir / "evaluations" / str(evaluation_id)


def run(context: JobContext, job_id: UUID, evaluation_id: UUID) -> dict[str, Any]:
    """Evaluates to the end, or goes on where a killed worker left off. Run again it changes nothing."""
    with context.transaction() as session:
        row = session.get_one(Evaluation, evaluation_id)
        if row.state == "done":
            shutil.rmtree(work_folder(context, evaluation_id), ignore_errors=True)
            return _summary(row)
        row.state, row.started_at = "running", row.started_at or now()
        session.flush()
        session.expunge(row)
    folder = WorkFolder(work_folder(context, evaluation_id))
    if not folder.task_file.exists():
        _prepare(context, row, folder)
    failpoints.hit("evaluate.prepared")
    if not folder.figures_file.exists():
        _answer(context, job_id, folder)
    failpoints.hit("evaluate.measured")
    kept = _keep(context, evaluation_id, folder)
    failpoints.hit("evaluate.kept")
    summary = _note(context, evaluation_id, folder, kept)
    failpoints.hit("evaluate.noted")
    shutil.rmtree(folder.path, ignore_errors=True)
    return summary


def end(context: JobContext, evaluation_id: UUID, state: str, error: dict[str, Any] | None = None) -> None:
    """Notes how an evaluation ended that has no verdict."""
    with context.transaction() as session:
        row = session.get_one(Evaluation, evaluation_id)
        if row.state in ("queued", "running"):
            row.state, row.error, row.ended_at = state, error, now()
    shutil.rmtree(work_folder(context, evaluation_id), ignore_errors=True)


def _prepare(context: JobContext, row: Evaluation, folder: WorkFolder) -> None:
    """Fills the folder; the task is written last, so that a folder with it is whole."""
    shutil.rmtree(folder.path, ignore_errors=True)
    folder.path.mkdir(parents=True)
    with context.transaction() as session:
        models = {"model": model(session, row.project_id, row.model_version_id)}
        if row.champion_id is not None:
            models["champion"] = model(session, row.project_id, row.champion_id)
        items = list(_items(session, row.benchmark_id))
        overlap = _overlap(session, models["model"], items)
        known = repository.done_on(session, row.benchmark_id, row.champion_id) if row.champion_id else None
    for side, one in models.items():
        unpack_model(context.storage, one.key, folder.model(side))
    content = _earlier(context, known) if known else None
    if content is not None:
        folder.answers_file("champion").write_bytes(content)
    folder.write((_work_item(item) for item in items if not item.erased), {"rules": row.rules, "overlap": overlap})


def _items(session: Session, benchmark_id: UUID) -> Iterator[BenchmarkItem]:
    after: int | None = None
    while chunk := repository.items_page(session, benchmark_id, after, WINDOW):
        yield from chunk
        after = chunk[-1].position


def _work_item(item: BenchmarkItem) -> WorkItem:
    return WorkItem(
        position=item.position,
        key=str(item.item_id),
        name=item.name,
        group=item.group_key,
        width=item.width,
        height=item.height,
        labels=item.labels,
        brightness=item.brightness,
        source=item.source,
    )


def _overlap(session: Session, of: ModelVersion, items: list[BenchmarkItem]) -> int | None:
    """Items whose bytes, or which themselves, the model was trained on; None where its data are not known."""
    if of.dataset_version_id is None:
        return None
    keys = {item.asset_sha256 for item in items} | {str(item.item_id) for item in items}
    trained: set[str] = set()
    for chunk in entries(session, of.dataset_version_id):
        for entry in chunk:
            if entry.side == "train":
                trained |= {entry.asset_sha256, str(entry.item_id)} & keys
    return sum(item.asset_sha256 in trained or str(item.item_id) in trained for item in items)


def _earlier(context: JobContext, earlier: Evaluation) -> bytes | None:
    """The answers that a model gave on this benchmark before, if they are still what was stored."""
    key = earlier.predictions.get("answers")
    try:
        packed = context.storage.read(str(key)) if key else b""
    except FileNotFoundError:
        return None
    if not packed or hashlib.sha256(packed).hexdigest() != earlier.predictions.get("sha256"):
        return None
    return gzip.decompress(packed)


def _answer(context: JobContext, job_id: UUID, folder: WorkFolder) -> None:
    items = folder.items()
    tree = StoredTree(context.storage, context.settings)
    said = 0.0

    def pictures(answered: set[int]) -> Iterator[tuple[int, BinaryIO | None]]:
        waiting = [item for item in items if item.position not in answered]
        for start in range(0, len(waiting), WINDOW):
            window = waiting[start : start + WINDOW]
            with context.transaction() as session:
                facts = items_by_id(session, [UUID(item.key) for item in window])
            for item in window:
                found = facts.get(UUID(item.key))
                yield item.position, _open(tree, found.location) if found and not found.erased else None

    def step(done: int) -> None:
        nonlocal said
        if time.monotonic() - said >= EVERY:
            said = time.monotonic()
            context.progress(job_id, done, len(items), "answer" if done < len(items) else "measure")
            context.raise_if_cancelled(job_id)

    context.progress(job_id, 0, len(items), "answer")
    answer(folder, pictures, step)


def _open(tree: StoredTree, location: str) -> BinaryIO | None:
    try:
        return tree.open(location)
    except FileNotFoundError:
        return None


def _keep(context: JobContext, evaluation_id: UUID, folder: WorkFolder) -> dict[str, str]:
    """Stores what is too large for a row: the model's answers, and what became of every picture."""
    base = f"{context.org_id}/evaluations/{evaluation_id}"
    figures = orjson.loads(folder.figures_file.read_bytes())
    pictures = b"".join(orjson.dumps(one) + b"\n" for one in figures["pictures"])
    answers = gzip.compress(folder.answers_file(SIDES[0]).read_bytes(), mtime=0)
    context.storage.put(f"{base}-answers.jsonl.gz", answers)
    context.storage.put(f"{base}-pictures.jsonl.gz", gzip.compress(pictures, mtime=0))
    return {
        "answers": f"{base}-answers.jsonl.gz",
        "pictures": f"{base}-pictures.jsonl.gz",
        "sha256": hashlib.sha256(answers).hexdigest(),
    }


def _note(context: JobContext, evaluation_id: UUID, folder: WorkFolder, kept: dict[str, str]) -> dict[str, Any]:
    """Writes the outcome with the event and the gate, in one transaction."""
    found = orjson.loads(folder.figures_file.read_bytes())
    with context.transaction() as session:
        row = session.get_one(Evaluation, evaluation_id)
        if row.state != "running":
            return _summary(row)
        erased = repository.erased_counts(session, [row.benchmark_id]).get(row.benchmark_id, 0)
        row.items, row.left_out = found["items"], len(found["left_out"]) + erased
        row.overlap = folder.task()["overlap"]
        row.metrics, row.slices, row.comparison = found["metrics"], found["slices"], found["comparison"]
        row.detail = {**found["detail"], "left_out": found["left_out"], "erased": erased}
        row.passed, row.reasons = found["passed"], found["reasons"]
        row.worst, row.reference, row.predictions = found["worst"], found["reference"], dict(kept)
        row.state, row.ended_at, row.error = "done", now(), None
        payload = {
            "project_id": str(row.project_id),
            "evaluation_id": str(row.id),
            "model_version_id": str(row.model_version_id),
            "champion_id": str(row.champion_id) if row.champion_id else None,
            "passed": row.passed,
        }
        events.emit(session, EVALUATION_DONE, payload, wake=True)
        session.flush()
        gate.refresh(session, row.project_id)
        return _summary(row)


def _summary(row: Evaluation) -> dict[str, Any]:
    return {"evaluation": row.number, "passed": row.passed, "metrics": row.metrics, "items": row.items}
