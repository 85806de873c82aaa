"""What the parts of the main job share."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.acceptance.records import Records
from tests.acceptance.staff import Staff
from tests.acceptance.table import Table
from tongguan.cli.simulation.people import Worker

RATES = """\
base_fen = 350000
quota_units = 20
[rates]
box = "6.5"
[difficulty]
normal = "1.0"
hard = "1.5"
[[quality]]
at_least = "0.95"
coefficient = "1.1"
[[quality]]
at_least = "0.85"
coefficient = "1.0"
[[quality]]
at_least = "0"
coefficient = "0.8"
"""


@dataclass
class Job:
    """The run: its input, its people, and the items they work on. `speed`: answers a second during the exams."""

    plates: Path
    folder: Path
    quick: bool
    table: Table
    truth: dict[str, list[dict[str, Any]]]
    staff: Staff
    records: Records
    gold: set[str] = field(default_factory=set)
    ordinary: list[str] = field(default_factory=list)
    later: list[str] = field(default_factory=list)
    workers: list[Worker] = field(default_factory=list)
    speed: float = 0.0

    def alike(self) -> set[str]:
        """Items in use that have a near-duplicate."""
        rows = list(self.staff.trainer.pages(f"{self.staff.project}/items", state="ok", limit=500))
        clusters = Counter(row["cluster_key"] for row in rows)
        return {row["id"] for row in rows if row["cluster_key"] and clusters[row["cluster_key"]] > 1}
