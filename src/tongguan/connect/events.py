"""Events that other systems can subscribe to: their public name, and the event of the stage behind it."""

from __future__ import annotations

from tongguan.datasets.events import VERSION_FROZEN
from tongguan.prepare.events import BATCH_CHECKED
from tongguan.projects.events import GATE_CHANGED
from tongguan.settle.events import PERIOD_CLOSED
from tongguan.train.events import MODEL_TRAINED

# Names of the stages evaluate and deploy as decision 0006 fixes them.
OFFERED: dict[str, str] = {
    "gate.changed": GATE_CHANGED,
    "import.done": BATCH_CHECKED,
    "dataset.frozen": VERSION_FROZEN,
    "model.trained": MODEL_TRAINED,
    "evaluation.done": "evaluation.done",
    "champion.changed": "champion.changed",
    "alarm.opened": "alarm.opened",
    "alarm.closed": "alarm.closed",
    "pay.closed": PERIOD_CLOSED,
}
TEST = "test"
"""What the test button sends; never an event of a stage."""
