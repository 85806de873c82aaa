"""Recipes of pictures without a real set of their own, by the commands: on plates that the project makes, and on real
plates with one class of defect never seen. Each line says which."""

from __future__ import annotations

import csv
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.acceptance import plate_sets
from tests.acceptance.commands import call
from tests.acceptance.table import Table

MADE = "made plates"
QUICK_MINUTES = 0.2
NO_TARGET = ("sensitivity", "specificity", "ece")
"""Who never looks can have the best of these."""


@dataclass
class LookingCloser:
    """data: the folder of all sets. In quick mode sets are small, trainings are short, and figures have no target."""

    data: Path
    folder: Path
    quick: bool
    table: Table

    def run(self) -> None:
        """All lines."""
        made = plate_sets.plates(120 if self.quick else 700)
        self._odd(made)
        self._areas(made)
        self._grades(made)
        self._turned(made)

    def _odd(self, made: Any) -> None:
        """Good made plates are learnt, defective ones told; then each real class in turn is the one never seen."""
        data = plate_sets.write_table(self.folder / "odd", made, plate_sets.first_defect)
        words = ("kept=0.3",)
        self._line(MADE, "anomaly", data, 1.5, words, ("auroc", "sensitivity", "specificity"))
        real = self.data / "neu-det"
        if real.is_dir():
            classes = sorted({file.stem.rsplit("_", 1)[0] for file in real.rglob("*.jpg")})
            for name in classes[-1:] if self.quick else classes:
                held = self._held_out(real, name)
                where = f"neu-det, derived, {name} held out"
                self._line(where, "anomaly", held, 0.3, words, ("auroc",))

    def _held_out(self, real: Path, name: str) -> Path:
        """Pictures of five classes as good ones, those of the sixth with their class."""
        folder = self.folder / f"without-{name}"
        folder.mkdir(parents=True)
        with (folder / "labels.csv").open("w", encoding="utf-8", newline="") as file:
            rows = csv.writer(file)
            rows.writerow(["file", "label"])
            for picture in sorted(real.rglob("*.jpg"))[:: 8 if self.quick else 2]:
                (folder / picture.name).write_bytes(picture.read_bytes())
                rows.writerow([picture.name, name if picture.stem.rsplit("_", 1)[0] == name else "good"])
        return folder

    def _areas(self, made: Any) -> None:
        data = plate_sets.write_coco(self.folder / "areas", made, plate_sets.mask_rows)
        self._line(MADE, "segmentation", data, 3, (), ("miou", "dice", "map50"))

    def _grades(self, made: Any) -> None:
        data = plate_sets.write_table(self.folder / "grades", made, plate_sets.grade)
        self._line(MADE, "ordinal-grading", data, 1.5, ("kept=0.3",), ("qwk", "accuracy", "within_one", "ece"))

    def _turned(self, made: Any) -> None:
        """Three of four pictures have a scratch: on plates as they come few would have one."""
        more = made if self.quick else [*made, *plate_sets.plates(1_600, plate_sets.SEED + 1)]
        scratched = [one for one in more if any(label.label == "scratches" for label in one.labels)]
        others = [one for one in more if one.labels and one not in scratched][: len(scratched) // 3]
        data = plate_sets.write_turned(self.folder / "turned", [*scratched, *others], "scratches")
        self._line(f"{MADE}, scratches", "oriented-detection", data, 3, (), ("map50", "map50_95"))

    def _line(
        self, where: str, recipe: str, data: Path, minutes: float, settings: tuple[str, ...], metrics: tuple[str, ...]
    ) -> None:
        began = time.monotonic()
        run = self.folder / f"run-{recipe}-{data.name}"
        minutes = QUICK_MINUTES if self.quick else minutes
        words = ["--recipe", recipe, "--data", str(data), "--out", str(run), "--minutes", str(minutes)]
        told = call("train", *words, *(f"--set={one}" for one in settings))
        found = call("evaluate", str(run), "--data", str(data))
        spent = (time.monotonic() - began) / 60
        for metric in metrics:
            one, plain = found["metrics"][metric], told["baseline"]["metrics"].get(metric, {}).get("value")
            interval = "" if one["low"] is None else f" ({one['low']:.3f}–{one['high']:.3f})"
            beside = "" if plain is None else f", baseline {plain:.3f}"
            figure = "–" if one["value"] is None else f"{one['value']:.3f}"
            holds = (
                None
                if self.quick or plain is None or metric in NO_TARGET or "held out" in where
                else bool((one["value"] or 0.0) > plain)
            )
            words_ = f"{figure}{interval}{beside}, {found['items']} items, {spent:.1f} min"
            self.table.add(f"{where}: {recipe} {metric}", words_, "> baseline" if holds is not None else "", holds)
