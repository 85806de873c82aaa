"""Small procedural plates with exact boxes, for tests only."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from tongguan.catalog.labels.box import BoxLabel
from tongguan.train.recipes.items import BY_SIDES, Gathered, Item, Side, data_digest, label_digest, sha256_hex

LABELS = ("bright", "dark")


def plate(seed: int, side: int = 96, boxes: int = 2) -> tuple[bytes, list[BoxLabel]]:
    """A grey noisy plate with bright blocks and dark stripes, as PNG, and their boxes."""
    rng = np.random.default_rng(seed)
    pixels = rng.normal(120, 12, (side, side))
    labels: list[BoxLabel] = []
    taken = np.zeros((side, side), dtype=bool)
    while len(labels) < boxes:
        which = int(rng.integers(0, 2))
        width, height = (int(rng.integers(24, 40)), int(rng.integers(24, 40))) if which == 0 else (14, 44)
        x, y = int(rng.integers(0, side - width)), int(rng.integers(0, side - height))
        if taken[y : y + height, x : x + width].any():
            continue
        taken[y : y + height, x : x + width] = True
        pixels[y : y + height, x : x + width] += 90 if which == 0 else -90
        labels.append(BoxLabel(label=LABELS[which], x=x, y=y, width=width, height=height))
    out = io.BytesIO()
    Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)).save(out, "PNG")
    return out.getvalue(), labels


def write_plates(folder: Path, count: int, seed: int = 0, **options: Any) -> list[tuple[str, bytes, list[BoxLabel]]]:
    """Writes `plate_000.png` … below `folder` and returns (name, bytes, labels)."""
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    for at in range(count):
        content, labels = plate(seed * 10_000 + at, **options)
        name = f"plate_{at:03}.png"
        (folder / name).write_bytes(content)
        made.append((name, content, labels))
    return made


def gathered(folder: Path, count: int, sides: tuple[Side, ...] = ("train",), seed: int = 0) -> Gathered:
    """Plates as the items of a run, dealt to `sides` in turn."""
    items, pairs = [], []
    for at, (name, content, labels) in enumerate(write_plates(folder, count, seed)):
        sha = sha256_hex(content)
        pairs.append((sha, label_digest(labels)))
        items.append(
            Item(
                name=name,
                path=name,
                sha256=sha,
                side=sides[at % len(sides)],
                group=sha,
                labels=tuple(label.model_dump(mode="json") for label in labels),
                width=96,
                height=96,
            )
        )
    return Gathered(
        source=str(folder), format="test", by=BY_SIDES, sha256=data_digest(pairs), items=tuple(items), left_out=()
    )


def coco(made: list[tuple[str, bytes, list[BoxLabel]]], prefix: str = "") -> dict[str, Any]:
    """The plates' COCO file."""
    document: dict[str, Any] = {
        "images": [],
        "annotations": [],
        "categories": [{"id": at + 1, "name": name} for at, name in enumerate(LABELS)],
    }
    for image, (name, content, labels) in enumerate(made, start=1):
        width, height = Image.open(io.BytesIO(content)).size
        document["images"].append({"id": image, "file_name": prefix + name, "width": width, "height": height})
        for label in labels:
            document["annotations"].append(
                {
                    "id": len(document["annotations"]) + 1,
                    "image_id": image,
                    "category_id": LABELS.index(label.label) + 1,
                    "bbox": [label.x, label.y, label.width, label.height],
                    "area": label.width * label.height,
                    "iscrowd": 0,
                }
            )
    return document


def write_coco(folder: Path, count: int, seed: int = 0, **options: Any) -> Path:
    """A folder `images/` with plates and `annotations.json` beside it, without sides."""
    made = write_plates(folder / "images", count, seed, **options)
    (folder / "annotations.json").write_text(json.dumps(coco(made)))
    return folder


def write_sided_coco(folder: Path, counts: dict[str, int], seed: int = 0) -> Path:
    """COCO with sides as the server exports it: images/<side>/ and annotations/instances_<side>.json."""
    for at, (side, count) in enumerate(counts.items()):
        made = write_plates(folder / "images" / side, count, seed * 100 + at + 1)
        named = [(f"{side}_{name}", content, labels) for name, content, labels in made]
        for (old, _, _), (new, _, _) in zip(made, named, strict=True):
            (folder / "images" / side / old).rename(folder / "images" / side / new)
        (folder / "annotations").mkdir(exist_ok=True)
        (folder / "annotations" / f"instances_{side}.json").write_text(json.dumps(coco(named, f"{side}/")))
    return folder
