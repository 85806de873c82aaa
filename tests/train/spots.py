"""Small procedural pictures of three kinds, for tests of classification only."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np
from PIL import Image

from tongguan.catalog.labels.class_ import ClassLabel
from tongguan.train.recipes.items import BY_SIDES, Gathered, Item, Side, data_digest, label_digest, sha256_hex

KINDS = ("rings", "spots", "stripes")


def picture(seed: int, kind: str, side: int = 64) -> bytes:
    """A noisy grey picture with rings, spots or stripes, as PNG."""
    rng = np.random.default_rng([seed, KINDS.index(kind)])
    y, x = np.mgrid[0:side, 0:side].astype(float)
    if kind == "stripes":
        angle, width = rng.uniform(0, np.pi), rng.uniform(6, 12)
        pattern = np.sin((x * np.cos(angle) + y * np.sin(angle)) * 2 * np.pi / width)
    elif kind == "rings":
        centre, width = rng.uniform(20, side - 20, 2), rng.uniform(6, 12)
        pattern = np.sin(np.hypot(x - centre[0], y - centre[1]) * 2 * np.pi / width)
    else:
        pattern = np.full((side, side), -0.6)
        for _ in range(8):
            centre, radius = rng.uniform(4, side - 4, 2), rng.uniform(3, 6)
            pattern[np.hypot(x - centre[0], y - centre[1]) < radius] = 1
    pixels = 125 + 60 * pattern + rng.normal(0, 14, (side, side))
    out = io.BytesIO()
    Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)).save(out, "PNG")
    return out.getvalue()


def gathered(folder: Path, count: int, sides: tuple[Side, ...] = ("train",), seed: int = 0) -> Gathered:
    """Pictures as the items of a run, dealt to `sides` in turn."""
    folder.mkdir(parents=True, exist_ok=True)
    items, pairs = [], []
    for at in range(count):
        kind = KINDS[at % len(KINDS)]
        content, label = picture(seed * 10_000 + at, kind), ClassLabel(label=kind)
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


def write_folders(folder: Path, each: int, seed: int = 0, side: str = "") -> Path:
    """One folder per kind, below `side` where one is given."""
    for kind in KINDS:
        place = folder / side / kind
        place.mkdir(parents=True, exist_ok=True)
        for at in range(each):
            (place / f"{kind}_{at:03}.png").write_bytes(picture(seed * 10_000 + at, kind))
    return folder


def write_table(folder: Path, each: int, seed: int = 0, groups: int = 0) -> Path:
    """Pictures with a `labels.csv`; with `groups` each belongs to one of so many."""
    (folder / "pictures").mkdir(parents=True, exist_ok=True)
    with (folder / "labels.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["file", "label", *(["group"] if groups else [])])
        for kind in KINDS:
            for at in range(each):
                name = f"pictures/{kind}_{at:03}.png"
                (folder / name).write_bytes(picture(seed * 10_000 + at, kind))
                rows.writerow([name, kind, *([f"g{at % groups}"] if groups else [])])
    return folder
