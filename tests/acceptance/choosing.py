"""Many people's answers merged, and parameters searched for, by the commands."""

from __future__ import annotations

import csv
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.acceptance.commands import call
from tests.acceptance.table import Table

MAJORITY = {"dog": 0.8222, "product": 0.8966}
"""Share right of the majority, ties at random."""
TRIALS, QUICK_TRIALS = 12, 3


@dataclass
class Choosing:
    """data: the folder of all sets. In quick mode the search is too short for a target."""

    data: Path
    folder: Path
    quick: bool
    table: Table

    def run(self) -> None:
        """All lines whose data are there."""
        self.folder.mkdir(parents=True, exist_ok=True)
        for name, plain in MAJORITY.items():
            if (self.data / "crowd" / name).is_dir():
                self._merged(name, plain)
        if (self.data / "steel-plate-faults").is_dir():
            self._searched()

    def _merged(self, name: str, plain: float) -> None:
        folder = self.data / "crowd" / name
        with (folder / "truth.csv").open(encoding="utf-8") as file:
            truth = {row["question"]: row["truth"] for row in csv.DictReader(file)}
        began = time.monotonic()
        columns = "task=question,worker=worker,label=answer"
        answers = str(folder / "answer.csv")
        told = call("aggregate", answers, "--method", "dawid-skene", "--columns", columns)
        spent = time.monotonic() - began
        given = {one["task"]: one["label"] for one in told["tasks"]}
        right = sum(given[task] == label for task, label in truth.items()) / len(truth)
        words = f"{right:.4f} of {len(truth)}, majority {plain}, {spent:.1f} s"
        self.table.add(f"crowd/{name}: dawid-skene, share right", words, "> majority", right > plain)

    def _searched(self) -> None:
        """Trials of the inner hold-out; best against defaults on parts that the search did not decide by."""
        began = time.monotonic()
        steps = ("--set=steps=40", "--set=forest=60", "--set=folds=2") if self.quick else ()
        told = call(
            "study",
            *("--recipe", "tabular-classification", "--data", str(self.data / "steel-plate-faults" / "faults.csv")),
            *("--trials", str(QUICK_TRIALS if self.quick else TRIALS), "--out", str(self.folder / "study"), *steps),
        )
        spent = (time.monotonic() - began) / 60
        best = told["best"] or {"number": "none", "value": 0.0}
        done = sum(one["state"] == "done" for one in told["trials"])
        words = f"{done} of {len(told['trials'])} to their end, best number {best['number']}: {best['value']:.3f}"
        self.table.add("study of steel-plate-faults", f"{words}, {spent:.1f} min", "a best one", done > 0)
        self.table.add("study: against the defaults, other folds", self._difference(told["confirmed"]))

    @staticmethod
    def _difference(confirmed: Any) -> str:
        if confirmed is None:
            return "the defaults are the best"
        one = confirmed["difference"]
        return f"{confirmed['metric']} {one['value']:+.3f} ({one['low']:+.3f} to {one['high']:+.3f})"
