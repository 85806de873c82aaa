"""A model's labels for items that nobody has answered yet, pushed into annotate as proposals."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from tongguan.annotate.interface import count_open_items, open_items, prelabel_stats, store_prelabels
from tongguan.catalog.labels.registry import dump_labels
from tongguan.collect.interface import ItemFacts, items_by_id
from tongguan.core import audit, failpoints, jobs
from tongguan.core.auth import Caller
from tongguan.core.database import Session
from tongguan.core.jobs import JobContext
from tongguan.core.telemetry import logger
from tongguan.datasets.interface import StoredTree
from tongguan.flows.schemas import PrelabelStats
from tongguan.train.interface import Predictor, model, open_model
from tongguan.train.recipes.base import PictureUnreadable

CHUNK = 32
# A hardly trained model is unsure of everything: more proposals than this cost a person more than drawing does.
MOST_MARKS = 30
log = logger("flows")


def begin(session: Session, caller: Caller, project_id: UUID, model_id: UUID) -> UUID:
    """Queues pre-labels of a model version for all open tasks; returns the job."""
    found = model(session, project_id, model_id)
    job_id = jobs.start(
        session,
        "prelabel",
        title=f"model {found.number}",
        project_id=project_id,
        person_id=caller.person_id,
        payload={"model_id": str(model_id), "project_id": str(project_id)},
    )
    audit.record(session, caller.person_id, "prelabelled", "model_version", model_id, {}, project_id)
    return job_id


def run(context: JobContext, job_id: UUID, project_id: UUID, model_id: UUID) -> dict[str, Any]:
    """Predicts chunk by chunk. A killed job begins again: proposals are replaced, never added."""
    with context.transaction() as session:
        found = model(session, project_id, model_id)
        key, threshold = found.key, found.threshold
        total = count_open_items(session, project_id)
    folder = context.settings.data_dir / "tmp" / f"model-{job_id}"
    try:
        predictor = open_model(context.storage, key, folder)
        done, labels, after = 0, 0, None
        while True:
            with context.transaction() as session:
                ids = open_items(session, project_id, after, CHUNK)
                facts = items_by_id(session, ids)
            if not ids:
                break
            sets = _predict(context, predictor, [facts[one] for one in ids if one in facts], threshold)
            with context.transaction() as session:
                store_prelabels(session, project_id, model_id, sets)
            failpoints.hit("flows.prelabel_chunk")
            done, labels, after = done + len(ids), labels + sum(len(marks) for _, marks in sets), ids[-1]
            context.progress(job_id, done, max(total, done))
            context.raise_if_cancelled(job_id)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return {"items": done, "labels": labels, "threshold": threshold}


def _predict(
    context: JobContext, predictor: Predictor, items: Sequence[ItemFacts], threshold: float
) -> list[tuple[UUID, list[dict[str, Any]]]]:
    tree = StoredTree(context.storage, context.settings)
    sets: list[tuple[UUID, list[dict[str, Any]]]] = []
    for item in items:
        try:
            with tree.open(item.location) as stream:
                marks = predictor.predict([stream.read()])[0]
        except (PictureUnreadable, FileNotFoundError) as error:
            log.warning("no proposal", item=str(item.id), error=str(error)[:200])
            continue
        good = [mark for mark in marks if (mark.score or 0.0) >= threshold]
        sets.append((item.id, dump_labels(good[:MOST_MARKS])))
    return sets


def stats(session: Session, project_id: UUID) -> list[PrelabelStats]:
    """What became of proposals, by model version: kept, corrected, thrown away, and boxes drawn beside them."""
    return [PrelabelStats.model_validate(row) for row in prelabel_stats(session, project_id)]
