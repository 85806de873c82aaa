"""What `inspect` says of the real sets: leaking columns named, nothing named where nothing leaks, copies found."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.acceptance.commands import call
from tests.acceptance.table import Table

ANSWERS = {"CancerSEEK Logistic Regression Score", "CancerSEEK Test Result"}


@dataclass
class Looking:
    """data: the folder of all sets."""

    data: Path
    table: Table

    def run(self) -> None:
        """All lines whose data are there."""
        if (self.data / "cancerseek").is_dir():
            self._leaks()
        if (self.data / "steel-plate-faults").is_dir():
            said, _ = self._inspect("steel-plate-faults")
            leaking = [one["column"] for one in said["problems"] if one["check"] == "leaking_column"]
            self.table.add("inspect steel-plate-faults: leaking columns", len(leaking), "0", not leaking)
        if (self.data / "neu-det").is_dir():
            said, seconds = self._inspect("neu-det")
            pairs = {(one["item"], one["other"]) for one in said["problems"] if one["check"] == "duplicate"}
            holds = ("images/patches_105.jpg", "images/patches_101.jpg") in pairs
            words = f"{len(pairs)} copies among {said['items']} items in {seconds:.0f} s"
            self.table.add("inspect neu-det", words, "patches_105 is patches_101", holds)

    def _leaks(self) -> None:
        said, seconds = self._inspect("cancerseek")
        named = {one["column"] for one in said["problems"] if one["check"] == "leaking_column"}
        dirty = sum(one["check"] == "dirty_value" for one in said["problems"])
        words = f"{', '.join(sorted(named))} in {seconds:.0f} s"
        self.table.add("inspect cancerseek: leaking columns", words, "the two of the README", named >= ANSWERS)
        self.table.add("inspect cancerseek: kinds of dirt by column", dirty)
        gate = said["gate"]["open"]
        self.table.add("inspect cancerseek: data gate", "open" if gate else "closed", "closed", not gate)

    def _inspect(self, name: str) -> tuple[dict[str, Any], float]:
        began = time.monotonic()
        said: dict[str, Any] = call("inspect", str(self.data / name))
        return said, time.monotonic() - began
