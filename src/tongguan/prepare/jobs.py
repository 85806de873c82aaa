"""Jobs of the stage prepare. Importing this module also tells collect what to measure on every picture."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from tongguan.collect.events import BATCH_READ, BATCH_STARTED, ITEM_ERASED, ITEMS_CHANGED
from tongguan.collect.interface import use_measure
from tongguan.core.jobs import JobContext, job
from tongguan.prepare.service.checking import check_batch, measured_json
from tongguan.prepare.service.gate import evaluate_gate
from tongguan.projects.events import SETTINGS_CHANGED

use_measure(measured_json)


@job(BATCH_READ, name="prepare.check")
def check(context: JobContext, payload: dict[str, Any]) -> None:
    """Checks a batch that has been read."""
    check_batch(context, UUID(payload["project_id"]), UUID(payload["batch_id"]))


@job(BATCH_STARTED, name="prepare.batch_started")
@job(ITEMS_CHANGED, name="prepare.items_changed")
@job(ITEM_ERASED, name="prepare.item_erased")
@job(SETTINGS_CHANGED, name="prepare.settings_changed")
def evaluate(context: JobContext, payload: dict[str, Any]) -> None:
    """Evaluates the gate: a batch is being read, items were refused, taken back, given terms or erased, or the project
    has other settings."""
    with context.transaction() as session:
        evaluate_gate(session, UUID(payload["project_id"]))
