"""Small procedural pictures of three grades: one, two or three bright bars, for tests only."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np
from PIL import Image

from tongguan.catalog.labels.class_ import ClassLabel
from tongguan.train.recipes.items import BY_SIDES, Gathered, Item, Side, data_digest, label_digest, sha256_hex

GRADES = ("1", "2", "3")


def bars(seed: int, count: int, side: int = 64) -> bytes:
    """A noisy grey picture with so many bright bars, as PNG."""
    rng = np.random.default_rng([seed, count])
    pixels = rng.normal(90, 12, (side, side))
    for place in rng.permutation(4)[:count]:
        pixels[4 + place * 15 : 13 + place * 15] += 100
    out = io.BytesIO()
    Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)).save(out, "PNG")
    return out.getvalue()


def gathered(folder: Path, count: int, sides: tuple[Side, ...] = ("train",), seed: int = 0) -> Gathered:
    """Pictures as the items of a run, dealt to `sides` in turn."""
    folder.mkdir(parents=True, exist_ok=True)
    items, pairs = [], []
    for at in range(count):
        grade = at % len(GRADES)
        content, label = bars(seed * 10_000 + at, grade + 1), ClassLabel(label=GRADES[grade])
        name, sha = f"{at:03}.png", sha256_hex(content)
        (folder / name).write_bytes(content)
        pairs.append((sha, label_digest((label,))))
        items.append(
            Item(
                name=name,
                path=name,
                sha256=sha,
                side=sides[at % len(sides)],
                group=sha,
                labels=(label.model_dump(mode="json"),),
                width=64,
                height=64,
            )
        )
    return Gathered(
        source=str(folder), format="test", by=BY_SIDES, sha256=data_digest(pairs), items=tuple(items), left_out=()
    )


def write_graded(folder: Path, each: int, names: tuple[str, ...] = GRADES) -> Path:
    """Pictures with a `labels.csv`."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "labels.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["file", "label"])
        for place, name in enumerate(names):
            for at in range(each):
                picture = f"{name}_{at:03}.png"
                (folder / picture).write_bytes(bars(at, place + 1))
                rows.writerow([picture, name])
    return folder
