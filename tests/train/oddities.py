"""Small procedural plates, good ones and some with blocks and stripes, for tests only."""

from __future__ import annotations

from pathlib import Path

from tests.train.plates import plate
from tongguan.catalog.labels.class_ import ClassLabel
from tongguan.train.recipes.items import BY_SIDES, Gathered, Item, Side, data_digest, label_digest, sha256_hex


def oddity(seed: int, odd: bool) -> bytes:
    """A plate, with two marks on it where `odd`."""
    return plate(seed, boxes=2 if odd else 0)[0]


def gathered(folder: Path, count: int, sides: tuple[Side, ...] = ("train",), seed: int = 0) -> Gathered:
    """Plates as the items of a run, dealt to `sides` in turn; every fourth is anomalous."""
    folder.mkdir(parents=True, exist_ok=True)
    items, pairs = [], []
    for at in range(count):
        odd = at % 4 == 3
        content, label = oddity(seed * 10_000 + at, odd), ClassLabel(label="anomalous" if odd else "good")
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
                width=96,
                height=96,
            )
        )
    return Gathered(
        source=str(folder), format="test", by=BY_SIDES, sha256=data_digest(pairs), items=tuple(items), left_out=()
    )


def write_oddities(folder: Path, good: int, odd: int, seed: int = 0) -> Path:
    """Folders `good`, `hole` and `stain` of plates."""
    for name, count in (("good", good), ("hole", odd), ("stain", odd)):
        (folder / name).mkdir(parents=True, exist_ok=True)
        for at in range(count):
            (folder / name / f"{name}_{at:03}.png").write_bytes(oddity(seed * 10_000 + at, name != "good"))
            seed += 1
    return folder
