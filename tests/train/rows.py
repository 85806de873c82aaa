"""Small made tables: flawed plates by a few figures, and a screening whose batches can be told apart."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

KINDS = ("划痕", "凹坑", "夹杂")
QUICK = {"steps": 12, "forest": 10, "folds": 3, "least_rows": 3}


def write_plates(file: Path, count: int, seed: int = 0) -> Path:
    """Rows of area, length, light and steel with the flaw; a tenth of the areas is missing."""
    rng = np.random.default_rng(seed)
    with file.open("w", encoding="utf-8", newline="") as out:
        rows = csv.writer(out)
        rows.writerow(["number", "area", "length", "light", "steel", "fault"])
        for at in range(count):
            kind = int(rng.integers(3))
            area = "" if rng.random() < 0.1 else f"{rng.normal(20 + 30 * kind, 8):,.2f}"
            length = f"{rng.normal(40 - 25 * (kind == 1), 6):.2f}"
            steel = "A300" if rng.random() < (0.8 if kind == 2 else 0.3) else "A400"
            rows.writerow([f"P{at:04}", area, length, f"{rng.normal(120, 20):.1f}", steel, KINDS[kind]])
    return file


def write_screening(file: Path, count: int, seed: int = 0, apart: bool = True) -> Path:
    """Rows of three proteins; values below a plate's limit are written as the limit. `apart`: cases and controls were
    measured on plates of their own."""
    rng = np.random.default_rng(seed)
    with file.open("w", encoding="utf-8", newline="") as out:
        rows = csv.writer(out)
        rows.writerow(["Sample ID", "Tumor type", "Stage", "CEA (pg/ml)", "OPN (pg/ml)", "HGF (pg/ml)", "Age"])
        for at in range(count):
            kind = ("Normal", "Normal", "Colorectum", "Stomach")[int(rng.integers(4))]
            case = kind != "Normal"
            limit = (5.125 if case == apart and case else 4.875) if apart else 5.0
            cea = rng.lognormal(1.5 + 0.5 * case, 0.5)
            opn = rng.lognormal(3 + 0.4 * case + 0.8 * (kind == "Stomach"), 0.3)
            stage = ("I", "II")[int(rng.integers(2))] if case else ""
            age = f"{rng.integers(40, 80)}" if case else ""
            written = f"*{limit}" if cea < limit else f"{cea:.4f}"
            rows.writerow([f"S{at}", kind, stage, written, f"{opn:.4f}", f"{rng.lognormal(2, 0.4):.4f}", age])
    return file
