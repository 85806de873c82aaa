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


def _evaluate(context: JobContext, payload: dict[str, Any]) -> None:
    with context.transaction() as session:
        evaluate_gate(session, UUID(payload["project_id"]))


@job(BATCH_STARTED, name="prepare.batch_started")
def on_start(context: JobContext, payload: dict[str, Any]) -> None:
    """Shows that the data gate is being worked on."""
    _evaluate(context, payload)


@job(ITEMS_CHANGED, name="prepare.items_changed")
def on_change(context: JobContext, payload: dict[str, Any]) -> None:
    """Evaluates the gate after items were refused, taken back or given terms."""
    _evaluate(context, payload)


@job(ITEM_ERASED, name="prepare.item_erased")
def on_erase(context: JobContext, payload: dict[str, Any]) -> None:
    """Evaluates the gate without the erased item."""
    _evaluate(context, payload)


@job(SETTINGS_CHANGED, name="prepare.settings_changed")
def on_settings(context: JobContext, payload: dict[str, Any]) -> None:
    """Evaluates the gate by the new settings."""
    _evaluate(context, payload)
