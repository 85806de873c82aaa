"""Clicking a figure down to the pictures that it counts, and two evaluations beside each other."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import orjson

from tongguan.catalog.labels.registry import parse_labels
from tongguan.catalog.metrics.boxes import AREAS
from tongguan.core.database import Session
from tongguan.core.errors import Conflict
from tongguan.core.storage import Storage
from tongguan.evaluate import repository
from tongguan.evaluate.measure.judged import Judged
from tongguan.evaluate.measure.whole import Side, paired
from tongguan.evaluate.measure.work import read_answer
from tongguan.evaluate.models import Evaluation
from tongguan.train.interface import model
from tongguan.train.recipes.registry import recipe

WINDOW = 1000
MOST_AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which pictures: with a label in a state; with a pair of drawn and found class ('' is background); of a slice."""

    state: str | None = None
    truth: str | None = None
    found: str | None = None
    kind: str | None = None
    value: str | None = None


def pictures(storage: Storage, row: Evaluation, wanted: Wanted) -> list[dict[str, Any]]:
    """All pictures that a figure counts, those with the dearest mistakes first."""
    key = row.predictions.get("pictures")
    if not key:
        raise Conflict("evaluation.not_done", "The evaluation is not finished.", {"state": row.state})
    rows = [orjson.loads(line) for line in gzip.decompress(storage.read(key)).splitlines()]
    tests = [*_of_cell(wanted), *_of_slice(row, wanted)]
    chosen = [one for one in rows if all(test(one) for test in tests)]
    chosen.sort(key=lambda one: (-one["cost_fen"], one["name"]))
    return chosen


def _of_cell(wanted: Wanted) -> list[Callable[[dict[str, Any]], bool]]:
    tests: list[Callable[[dict[str, Any]], bool]] = []
    if wanted.state:
        state = wanted.state
        tests.append(lambda one: one[state] > 0)
    if wanted.truth is not None and wanted.found is not None:
        pair = [wanted.truth, wanted.found]
        tests.append(lambda one: pair in one["cells"])
    return tests


def _of_slice(row: Evaluation, wanted: Wanted) -> list[Callable[[dict[str, Any]], bool]]:
    kind, value = wanted.kind, wanted.value or ""
    if kind == "class":
        return [lambda one: any(label["label"] == value for label in one["truth"])]
    if kind == "source":
        return [lambda one: one["source"] == value]
    if kind == "size" and value in AREAS:
        low, high = AREAS[value]
        return [lambda one: any(low <= label["width"] * label["height"] <= high for label in one["truth"])]
    if kind == "brightness":
        span = next((part["range"] for part in row.slices if part["kind"] == kind and part["value"] == value), None)
        if span:
            return [lambda one: one["brightness"] is not None and span[0] <= one["brightness"] <= span[1]]
    return []


def compare(session: Session, storage: Storage, first: Evaluation, second: Evaluation) -> dict[str, Any]:
    """Paired differences of two finished evaluations on one benchmark, first minus second."""
    if first.benchmark_id != second.benchmark_id:
        raise Conflict("evaluation.other_benchmark", "Only evaluations on the same benchmark can be compared.")
    for row in (first, second):
        if row.state != "done":
            raise Conflict("evaluation.not_done", "The evaluation is not finished.", {"state": row.state})
    if (first.items or 0) > MOST_AT_ONCE:
        words = "This benchmark is too large to compare at once: evaluate the model beside the champion instead."
        raise Conflict("evaluation.too_large", words, {"items": first.items, "most": MOST_AT_ONCE})
    task = recipe(model(session, first.project_id, first.model_version_id).recipe).task
    answers = [_answers(storage, row) for row in (first, second)]
    sides: list[list[Judged]] = [[], []]
    after: int | None = None
    while chunk := repository.items_page(session, first.benchmark_id, after, WINDOW):
        for item in chunk:
            marks = [one.get(item.position) for one in answers]
            if item.erased or any(mark is None for mark in marks):
                continue
            for side, mark in zip(sides, marks, strict=True):
                side.append(
                    Judged(
                        name=item.name,
                        path=str(item.item_id),
                        group=item.group_key,
                        width=item.width,
                        height=item.height,
                        truth=parse_labels(item.labels),
                        found=mark or (),
                        brightness=item.brightness,
                        source=item.source,
                    )
                )
        after = chunk[-1].position
    thresholds = [float(row.reference["threshold"]) for row in (first, second)]
    one, two = (Side(side, threshold) for side, threshold in zip(sides, thresholds, strict=True))
    return {"items": len(sides[0]), **paired(task, one, two)}


def _answers(storage: Storage, row: Evaluation) -> dict[int, Any]:
    lines = gzip.decompress(storage.read(row.predictions["answers"])).splitlines()
    return {one.position: one.marks for one in map(read_answer, lines) if one.marks is not None}
