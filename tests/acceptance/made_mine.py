"""Tracks, events and cuboids by the commands, on scenes and scans of a mine that a program makes and knows exactly."""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from tests.acceptance.commands import call
from tests.acceptance.table import Table

MAKE = [sys.executable, "-m", "tongguan.industries.mine"]
QUICK = {
    "tracking": ("--set=steps=3",),
    "video-events": ("--set=steps=3",),
    "cuboid-detection": ("--set=steps=60", "--set=cell=0.25", "--set=width=16", "--set=batch=4"),
}
FULL = {"tracking": ("--minutes=3",), "video-events": ("--set=steps=32",), "cuboid-detection": ("--minutes=3.5",)}


@dataclass
class MadeMine:
    """In quick mode there are few and short recordings, models are small, and most figures have no target."""

    folder: Path
    quick: bool
    table: Table

    def run(self) -> None:
        """All lines; nothing but the program is needed."""
        yard, drift = self.folder / "yard", self.folder / "drift"
        scenes = ("--scenes", "10", "--seconds", "15") if self.quick else ("--scenes", "60")
        for place, words in ((yard, scenes), (drift, ("--drift", "24" if self.quick else "240"))):
            subprocess.run([*MAKE, str(place), "--seed", "11", *words], check=True, stdout=subprocess.DEVNULL)
        self._line("tracking", yard, "hota", None)
        self._line("video-events", yard, "event_f1", 0.85)
        self._line("cuboid-detection", drift, "map3d_25", None)

    def _line(self, recipe: str, data: Path, metric: str, target: float | None) -> None:
        """The figure of kept recordings or scans beside the baseline of the recipe, which it must not fall below."""
        began, run = time.monotonic(), self.folder / f"run-{recipe}"
        words = ["--recipe", recipe, "--data", str(data), "--out", str(run), "--set=kept=0.25"]
        told = call("train", *words, *(QUICK if self.quick else FULL)[recipe])
        found = call("evaluate", str(run), "--data", str(data))["metrics"][metric]
        plain = told["baseline"]["metrics"][metric]["value"]
        minutes = (time.monotonic() - began) / 60
        span = f"({found['low']:.3f}–{found['high']:.3f})"
        words_of = f"{found['value']:.3f} {span}, baseline {plain:.3f}, {minutes:.1f} min"
        wanted = ">= baseline" + (f", >= {target}" if target else "")
        holds = found["value"] >= plain and (target is None or found["value"] >= target)
        # A detector that saw a minute of scans may lose to clusters; a tracker has no such excuse.
        judged = holds if not self.quick or recipe == "tracking" else None
        self.table.add(f"{recipe}, project-made data: {metric}", words_of, wanted, judged)
