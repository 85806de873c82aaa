"""Insulators in large pictures from above, with small defects: not in quick mode, for twenty minutes of training are
what the figures are for."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from tests.acceptance.commands import call
from tests.acceptance.table import Table

MINUTES = 7
AIMS = {"insulator": 0.85, "defect": 0.40}
"""AP50 after twenty minutes on two cores."""


@dataclass
class FarUp:
    """data: the folder of all sets."""

    data: Path
    folder: Path
    table: Table

    def run(self) -> None:
        """AP50 of each class on the kept pictures."""
        began, run = time.monotonic(), str(self.folder / "run-insulators")
        data = str(self.data / "insulators")
        call("train", "--recipe", "detection", "--data", data, "--out", run, "--minutes", str(MINUTES))
        found = call("evaluate", run, "--data", data)
        spent = (time.monotonic() - began) / 60
        for name, aim in AIMS.items():
            one = found["classes"]["map50"][name]
            words = f"{one['value']:.3f}, {found['items']} items, {spent:.1f} min"
            self.table.add(f"insulators: AP50 {name}", words, f"aim in 20 minutes {aim}")
