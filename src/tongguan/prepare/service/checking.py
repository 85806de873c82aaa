"""Running the checks on a batch: one transaction, so that it happens as a whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from uuid import UUID

from tongguan.catalog.labels.registry import parse_labels
from tongguan.collect.interface import (
    Measured,
    imported_labels,
    items_by_id,
    iterate_measured,
    labels_of_item,
    refused_marks,
    set_batch_done,
    set_clusters,
)
from tongguan.core import failpoints
from tongguan.core.database import Session
from tongguan.core.events import emit
from tongguan.core.jobs import JobContext
from tongguan.prepare import repository
from tongguan.prepare.checks import CHECKS, CheckRun, ItemFacts, Measurement, Problem, measure
from tongguan.prepare.events import BATCH_CHECKED
from tongguan.prepare.repository import Found
from tongguan.prepare.service.gate import evaluate_gate
from tongguan.projects.interface import settings_of

# The checks know items by name; two items of a project may share one, so the id is part of it.
SEPARATOR = "\x00"
DUPLICATE = "duplicate"
STORED = ("format", "brightness", "contrast", "spread", "sharpness", "phash", "tiny")


def measured_json(data: bytes, name: str, sha256: str) -> dict[str, Any]:
    """What is stored of a picture's measurement while it is read. Raises MediaProblem for damaged files."""
    found = measure(data, name, sha256).to_json()
    return {key: found[key] for key in STORED}


def check_batch(context: JobContext, project_id: UUID, batch_id: UUID) -> None:
    """Runs all checks on a batch against the whole project, writes problems and clusters, evaluates the gate."""
    failpoints.hit("prepare.begun")
    with context.transaction() as session:
        repository.lock_project(session, project_id)
        block = settings_of(session, project_id).data_gate.block
        run = CheckRun()
        items = _add_items(session, run, project_id, batch_id)
        problems = [*_label_problems(session, project_id, batch_id), *run.finish()]
        found = _found(session, problems, items, block)
        repository.write_problems(session, project_id, found)
        failpoints.hit("prepare.problems_written")
        set_clusters(session, _clusters(run.clusters(), items, batch_id))
        failpoints.hit("prepare.clusters_written")
        set_batch_done(session, batch_id)
        evaluate_gate(session, project_id)
        emit(session, BATCH_CHECKED, {"batch_id": str(batch_id), "project_id": str(project_id)})
        failpoints.hit("prepare.ending")
    failpoints.hit("prepare.done")
    with context.transaction() as session:
        repository.refresh_statistics(session)


def _add_items(session: Session, run: CheckRun, project_id: UUID, batch_id: UUID) -> dict[str, Measured]:
    """Feeds the items of the project to the checks; those of other batches are only compared with."""
    sides = {marks.item_id: marks.side for marks in imported_labels(session, project_id) if marks.side}
    items: dict[str, Measured] = {}
    for measured in iterate_measured(session, project_id):
        key = f"{measured.name}{SEPARATOR}{measured.item_id}"
        run.add(
            ItemFacts(
                name=key,
                measurement=_measurement(measured),
                damage=_damage(measured),
                side=sides.get(measured.item_id),
                group=measured.group_key,
                known=measured.batch_id != batch_id,
            )
        )
        measured.measurement.clear()  # held by the checks in a smaller form
        items[key] = measured
    return items


def _measurement(item: Measured) -> Measurement | None:
    raw = item.measurement
    if "phash" not in raw:
        return None
    return Measurement.from_json(
        {**raw, "sha256": item.sha256, "bytes": item.bytes, "width": item.width, "height": item.height}
    )


def _damage(item: Measured) -> tuple[str, str] | None:
    problem = item.measurement.get("problem")
    return (problem["check"], problem["detail"]) if problem else None


def _label_problems(session: Session, project_id: UUID, batch_id: UUID) -> Iterator[Problem]:
    """Problems of imported labels, item by item, in windows; the picture's size comes from the item."""
    refused = refused_marks(session, project_id, batch_id, list(CHECKS))
    window: list[Any] = []
    for marks in imported_labels(session, project_id, batch_id):
        window.append(marks)
        if len(window) == repository.WINDOW:
            yield from _check_marks(session, window, refused)
            window = []
    yield from _check_marks(session, window, refused)


def _check_marks(session: Session, window: list[Any], refused: dict[str, list[tuple[str, str]]]) -> Iterator[Problem]:
    items = items_by_id(session, [marks.item_id for marks in window])
    for marks in window:
        item = items.get(marks.item_id)
        if item is None or item.state != "ok":
            continue
        size = Measurement(item.sha256, item.bytes, "", item.width, item.height, 128, 64, 255, 100, 0, b"")
        facts = ItemFacts(
            name=f"{item.name}{SEPARATOR}{item.id}",
            measurement=size,
            labels=tuple(parse_labels(marks.labels)),
            refused_marks=tuple(refused.get(item.name, ())),
        )
        for check in CHECKS.values():
            yield from check.item(facts)


def _found(session: Session, problems: list[Problem], items: dict[str, Measured], block: list[str]) -> list[Found]:
    """Problems as rows, each item and check once; a pair that is reported on the other item is left out."""
    rows: dict[tuple[UUID, str], Found] = {}
    for problem in problems:
        item = items.get(problem.item)
        if item is None:
            continue
        other = items.get(problem.other) if problem.other else None
        severity = "block" if problem.check in block else "warn"
        other_id = other.item_id if other else None
        row = Found(item.item_id, item.batch_id, problem.check, severity, other_id, problem.detail)
        rows.setdefault((item.item_id, problem.check), row)
    _note_conflicts(session, rows)
    pairs = [(row.item_id, row.other_item_id, row.check_id) for row in rows.values() if row.other_item_id]
    known = repository.mutual(session, pairs)
    return [row for row in rows.values() if (row.item_id, row.other_item_id, row.check_id) not in known]


def _note_conflicts(session: Session, rows: dict[tuple[UUID, str], Found]) -> None:
    """Says so where a copy came with other labels than the item that it is a copy of: a person has to choose."""
    for key, row in list(rows.items()):
        if row.check_id != DUPLICATE or row.other_item_id is None:
            continue
        mine, theirs = (labels_of_item(session, item_id) for item_id in (row.item_id, row.other_item_id))
        if mine and theirs and mine[-1].labels != theirs[-1].labels:
            rows[key] = replace(row, detail=f"{row.detail}; its labels differ from those of the other")


def _clusters(
    first_of: dict[str, str], items: dict[str, Measured], batch_id: UUID
) -> list[tuple[UUID, str, list[str]]]:
    """Cluster keys of the batch's items. A key once decided stays: items of other batches are not touched.

    The key is that of the cluster's first known member, else the hash of its first member. Where a new item joins
    clusters that were apart, the other keys are noted as links.
    """
    members: dict[str, list[Measured]] = {}
    for key, first in first_of.items():
        members.setdefault(first, []).append(items[key])
    changed: list[tuple[UUID, str, list[str]]] = []
    for first, cluster in members.items():
        if len(cluster) < 2:
            continue
        known = list(dict.fromkeys(m.cluster_key for m in cluster if m.batch_id != batch_id and m.cluster_key))
        chosen = known[0] if known else items[first].sha256
        changed.extend(
            (member.item_id, chosen, known[1:])
            for member in cluster
            if member.batch_id == batch_id and (member.cluster_key != chosen or known[1:])
        )
    return changed
