"""Freezing a benchmark: the kept side of a frozen version, with answers and the facts of its slices."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from tongguan.annotate.interface import labels_of_revisions
from tongguan.collect.interface import batch_facts, brightness_of, image_links, items_by_id
from tongguan.core import audit
from tongguan.core.auth import Caller
from tongguan.core.database import Session
from tongguan.core.errors import Conflict, Invalid, NotFound
from tongguan.core.ids import new_id
from tongguan.datasets.interface import DatasetEntry, entries, version, versions
from tongguan.evaluate import repository
from tongguan.evaluate.models import Benchmark
from tongguan.evaluate.schemas import BenchmarkIn, BenchmarkItemOut, BenchmarkItemPage, BenchmarkOut
from tongguan.evaluate.service import gate
from tongguan.projects.interface import settings_of

SIDE = "kept"
MOST_BATCHES = 10_000


def freeze(session: Session, caller: Caller, project_id: UUID, wish: BenchmarkIn) -> Benchmark:
    """Takes the kept side of a frozen version, in one transaction: whole or not at all. Erased items stay out."""
    source = version(session, project_id, wish.dataset_version)
    if source.state != "frozen" or source.manifest_hash is None:
        raise Conflict("dataset.not_frozen", "The version is not frozen yet.", {"state": source.state})
    version_id, manifest_hash = source.id, source.manifest_hash
    guards = wish.guards if wish.guards is not None else settings_of(session, project_id).evaluation.guards
    number = repository.next_benchmark_number(session, project_id)
    batches = {UUID(row["id"]): str(row["name"]) for row in batch_facts(session, project_id, MOST_BATCHES)}
    benchmark_id = new_id()
    rows: list[dict[str, Any]] = []
    for chunk in entries(session, version_id):
        kept = [entry for entry in chunk if entry.side == SIDE and not entry.erased]
        rows += _rows(session, benchmark_id, kept, batches, len(rows))
    if not any(row["labels"] for row in rows):
        raise Invalid("benchmark.empty", "The kept side of this version has no label to judge by.")
    made = Benchmark(
        id=benchmark_id,
        project_id=project_id,
        number=number,
        name=wish.name,
        dataset_version_id=version_id,
        manifest_hash=manifest_hash,
        guards=[guard.model_dump(mode="json") for guard in guards],
        counts=_counts(rows),
        created_by=caller.person_id,
    )
    session.add(made)
    session.flush()
    repository.add_items(session, rows)
    detail = {"name": wish.name, "dataset_version": wish.dataset_version, "items": len(rows)}
    audit.record(session, caller.person_id, "froze", "benchmark", made.id, detail, project_id)
    gate.refresh(session, project_id)
    session.refresh(made)
    return made


def _rows(
    session: Session, benchmark_id: UUID, kept: Sequence[DatasetEntry], batches: dict[UUID, str], first: int
) -> list[dict[str, Any]]:
    facts = items_by_id(session, [entry.item_id for entry in kept])
    light = brightness_of(session, [entry.item_id for entry in kept])
    answers = labels_of_revisions(session, [entry.revision_id for entry in kept])
    rows: list[dict[str, Any]] = []
    for entry in kept:
        item = facts[entry.item_id]
        if item.erased:
            continue
        rows.append(
            {
                "id": new_id(),
                "benchmark_id": benchmark_id,
                "position": first + len(rows),
                "item_id": item.id,
                "name": entry.name,
                "asset_sha256": entry.asset_sha256,
                "revision_id": entry.revision_id,
                "group_key": entry.group_key,
                "width": entry.width,
                "height": entry.height,
                "labels": answers[entry.revision_id].labels,
                "brightness": light.get(item.id),
                "batch_id": item.batch_id,
                "source": batches.get(item.batch_id, str(item.batch_id)),
            }
        )
    return rows


def _counts(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    classes = Counter(str(label["label"]) for row in rows for label in row["labels"])
    sources = Counter(row["source"] for row in rows)
    return {
        "items": len(rows),
        "labels": classes.total(),
        "groups": len({row["group_key"] for row in rows}),
        "empty": sum(not row["labels"] for row in rows),
        "by_class": dict(sorted(classes.items())),
        "by_source": dict(sorted(sources.items())),
    }


def benchmark_of(session: Session, project_id: UUID, number: int | None) -> Benchmark:
    """A benchmark by its number, or the newest. NotFound otherwise."""
    found = repository.benchmark(session, project_id, number)
    if found is None:
        raise NotFound("benchmark.unknown", "There is no such benchmark.", {"number": number})
    return found


def shown(session: Session, project_id: UUID, rows: Sequence[Benchmark]) -> list[BenchmarkOut]:
    """Benchmarks with the numbers of their versions and the count of erased items."""
    numbers = {row.id: row.number for row in versions(session, project_id)}
    erased = repository.erased_counts(session, [row.id for row in rows])
    return [
        BenchmarkOut.model_validate(row).model_copy(
            update={"dataset_version": numbers.get(row.dataset_version_id, 0), "erased": erased.get(row.id, 0)}
        )
        for row in rows
    ]


def items(
    session: Session, caller: Caller, project_id: UUID, row: Benchmark, after: int | None, limit: int
) -> BenchmarkItemPage:
    """A window of items with links to small pictures."""
    rows = repository.items_page(session, row.id, after, limit)
    links = image_links(caller, project_id, items_by_id(session, [one.item_id for one in rows]).values())
    found = [
        BenchmarkItemOut.model_validate(one).model_copy(
            update={"thumb_url": links.get(one.item_id, {}).get("thumb_url", "")}
        )
        for one in rows
    ]
    return BenchmarkItemPage(items=found, next=rows[-1].position if len(rows) == limit else None)
