"""Insulators in large pictures from above, with small defects: not in quick mode, for twenty minutes of training are
what the figures are for."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.acceptance.table import Table

LAUNCH = [sys.executable, "-c", "from tongguan.cli.main import main; main()"]
MINUTES = 8
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
        self._call("train", "--recipe", "detection", "--data", data, "--out", run, "--minutes", str(MINUTES))
        found = self._call("evaluate", run, "--data", data)
        spent = (time.monotonic() - began) / 60
        for name, aim in AIMS.items():
            one = found["classes"]["map50"][name]
            words = f"{one['value']:.3f}, {found['items']} items, {spent:.1f} min"
            self.table.add(f"insulators: AP50 {name}", words, f"aim in 20 minutes {aim}")

    def _call(self, *words: str) -> Any:
        done = subprocess.run([*LAUNCH, *words, "--json"], stdout=subprocess.PIPE, check=True)
        return json.loads(done.stdout)
