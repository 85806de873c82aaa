"""Carries imported labels on: to gold, pre-labels, accepted answers, or aside.

Each window of items is one transaction that also moves their state and the job's counts, so that a job that was killed
goes on where it was, and a job that runs twice does nothing twice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from tongguan.annotate import interface as annotate
from tongguan.collect import interface as collect
from tongguan.core.errors import Conflict, Invalid
from tongguan.core.failpoints import hit
from tongguan.core.jobs import JobContext
from tongguan.flows import repository
from tongguan.flows.service import choosing, translating
from tongguan.flows.service.translating import Translated
from tongguan.quality import interface as quality
from tongguan.rules.interface import RuleVersion, current_version, version
from tongguan.rules.schemas import LabelMapping

WINDOW = 200
EXAMPLES = 50  # refusals that the result names; all are counted


@dataclass(frozen=True, slots=True)
class Order:
    """What was asked for, from the job's payload."""

    job_id: UUID
    project_id: UUID
    person_id: UUID
    wanted: LabelMapping
    rules: RuleVersion
    ends: list[float]


@dataclass(frozen=True, slots=True)
class Ready:
    """One item that can be carried on, and as what."""

    imported_id: UUID
    item_id: UUID
    use: str
    translated: Translated


def carry(context: JobContext, payload: dict[str, Any]) -> dict[str, Any]:
    """Runs the whole order; returns its counts. Conflict `rules.changed` when a major version came in between."""
    job_id, project_id = UUID(payload["job_id"]), UUID(payload["project_id"])
    fields = {name: payload.get(name) for name in LabelMapping.model_fields}
    wanted = LabelMapping.model_validate({**fields, "mapping": payload["mapping"]})
    planned = _planned(context, job_id, project_id, wanted)
    hit("flows.labels_planned")
    with context.transaction() as session:
        order = Order(
            job_id,
            project_id,
            UUID(payload["person_id"]),
            wanted,
            _rules(session, project_id, UUID(payload["rule_version_id"])),
            planned["ends"],
        )
    while True:
        context.raise_if_cancelled(job_id)
        with context.transaction() as session:
            stored = _window(session, order)
            hit("flows.labels_window")
            counts = _counts(session, job_id)
        context.progress(job_id, counts["done"], planned["total"])
        if not stored:
            return {name: value for name, value in counts.items() if name not in ("plan", "after")}
        hit("flows.labels_stored")


def _planned(context: JobContext, job_id: UUID, project_id: UUID, wanted: LabelMapping) -> dict[str, Any]:
    """How many items there are to carry, and the limits of the gold among them; kept in the job's row from then on,
    because the waiting items get fewer while the job runs."""
    with context.transaction() as session:
        counts = _counts(session, job_id)
        if counts["plan"] is None:
            waiting = [row.item_id for row in collect.imported_labels(session, project_id, wanted.batch_id, "raw")]
            ends = choosing.limits(waiting, wanted.shares()) if wanted.use == "gold" else []
            total = sum(1 for item_id in waiting if not ends or choosing.use_of(item_id, ends))
            counts["plan"] = {"total": total, "ends": ends}
            repository.store_result(session, job_id, counts)
    planned: dict[str, Any] = counts["plan"]
    return planned


def _rules(session: Session, project_id: UUID, version_id: UUID) -> RuleVersion:
    mapped, now = version(session, version_id), current_version(session, project_id)
    if now is None or now.major != mapped.major:
        raise Conflict(
            "mapping.rules_changed",
            "The rules have changed in substance since the names were mapped: map them again.",
            {"mapped": mapped.number, "current": now.number if now else None},
        )
    return now


def _window(session: Session, order: Order) -> bool:
    """Carries the next items on; False at the end. Refused items are passed by their id."""
    repository.lock_batch(session, order.wanted.batch_id)
    counts = _counts(session, order.job_id)
    after = UUID(counts["after"]) if counts["after"] else None
    waiting = (
        row
        for row in collect.imported_labels(session, order.project_id, order.wanted.batch_id, "raw")
        if (after is None or row.id > after) and (not order.ends or choosing.use_of(row.item_id, order.ends))
    )
    rows = list(islice(waiting, WINDOW))
    if not rows:
        return False
    items = collect.items_by_id(session, [row.item_id for row in rows])
    ready: list[Ready] = []
    for row in rows:
        item = items[row.item_id]
        use = choosing.use_of(row.item_id, order.ends) if order.ends else order.wanted.use
        size = (item.width, item.height)
        lenient = order.wanted.use in ("gold", "prelabel")
        found = translating.translate(row.labels, order.wanted.mapping, order.rules, size, lenient)
        if order.wanted.use == "ignore":
            ready.append(Ready(row.id, row.item_id, "ignored", found))
        elif item.state != "ok":
            _refuse(counts, item.name, "import.item_state", {"state": item.state})
        elif found.unmapped:
            _refuse(counts, item.name, "import.unmapped", {"names": [name[:100] for name in found.unmapped[:5]]})
        elif found.problems:
            problem = found.problems[0]
            _refuse(counts, item.name, problem.code, dict(problem.params))
        else:
            ready.append(Ready(row.id, row.item_id, str(use), found))
    _store(session, order, ready, counts, {item.id: item.name for item in items.values()})
    counts["done"] += len(rows)
    counts["after"] = str(rows[-1].id)
    repository.store_result(session, order.job_id, counts)
    return True


def _store(
    session: Session, order: Order, ready: Sequence[Ready], counts: dict[str, Any], names: dict[UUID, str]
) -> None:
    if order.wanted.use == "gold":
        ready = [entry for entry in ready if _add_gold(session, order, entry, counts, names[entry.item_id])]
    elif order.wanted.use == "prelabel":
        sets = [(entry.item_id, entry.translated.labels) for entry in ready]
        annotate.store_prelabels(session, order.project_id, None, sets)
    elif order.wanted.use == "accepted":
        ready = _accept(session, order, ready, counts, names)
    state = "ignored" if order.wanted.use == "ignore" else "mapped"
    collect.mark_imported(session, [entry.imported_id for entry in ready], state)
    for use, number in Counter(entry.use for entry in ready).items():
        counts["carried"][use] = counts["carried"].get(use, 0) + number
    counts["left_out_labels"] += sum(entry.translated.left_out for entry in ready)
    counts["left_out_attributes"] += sum(entry.translated.left_out_attributes for entry in ready)


def _add_gold(session: Session, order: Order, entry: Ready, counts: dict[str, Any], name: str) -> bool:
    """Makes an item gold; an item that is gold already, or cannot be, is refused and the rest goes on."""
    try:
        with session.begin_nested():
            quality.add_gold(
                session,
                order.project_id,
                entry.item_id,
                entry.translated.labels,
                entry.translated.nothing,
                entry.use,
                order.person_id,
            )
    except (Conflict, Invalid) as error:
        _refuse(counts, name, error.code, error.params)
        return False
    return True


def _accept(
    session: Session, order: Order, ready: Sequence[Ready], counts: dict[str, Any], names: dict[UUID, str]
) -> list[Ready]:
    """Stores answers with the batch as author; an item that somebody has touched is refused."""
    batch_id = order.wanted.batch_id
    answers = [(entry.item_id, entry.translated.labels, entry.translated.nothing) for entry in ready]
    stored = annotate.store_imported(session, order.project_id, batch_id, order.rules.id, answers)
    accepted = (
        list(ready) if stored == len(ready) else [entry for entry in ready if _has_import(session, entry, batch_id)]
    )
    for entry in ready:
        if entry not in accepted:
            _refuse(counts, names[entry.item_id], "import.touched", {})
    collect.mark_label_state(session, [entry.item_id for entry in accepted], "accepted")
    return accepted


def _has_import(session: Session, entry: Ready, batch_id: UUID) -> bool:
    return any(
        found.batch_id == batch_id and found.state == "accepted"
        for found in annotate.annotations_of_item(session, entry.item_id)
    )


def _refuse(counts: dict[str, Any], name: str, code: str, params: dict[str, Any]) -> None:
    """Counts a refusal under its code, and names the first ones."""
    counts["refused"][code] = counts["refused"].get(code, 0) + 1
    if len(counts["examples"]) < EXAMPLES:
        counts["examples"].append({"item": name[:300], "code": code, "params": params})


def _counts(session: Session, job_id: UUID) -> dict[str, Any]:
    """The counts that the job has stored so far, in its own row."""
    return repository.stored_result(session, job_id) or {
        "plan": None,
        "done": 0,
        "after": None,
        "carried": {},
        "left_out_labels": 0,
        "left_out_attributes": 0,
        "refused": {},
        "examples": [],
    }
