"""Small procedural point clouds with two kinds of things, for tests only."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from tongguan.catalog.labels.cuboid import CuboidLabel
from tongguan.train.recipes.items import BY_SIDES, Gathered, Item, Side, data_digest, label_digest, sha256_hex

SIZES = {"truck": (4.0, 2.0, 1.8), "post": (0.8, 0.8, 2.4)}


def cloud(seed: int) -> tuple[bytes, tuple[CuboidLabel, ...]]:
    """A floor of 16 x 12 m with a truck and a post on it, as KITTI BIN."""
    rng = np.random.default_rng([seed, 5])
    floor = np.column_stack([rng.uniform(-8, 8, 3_000), rng.uniform(-6, 6, 3_000), rng.normal(-1.7, 0.02, 3_000)])
    pieces, labels = [floor], []
    for at, (name, (length, width, height)) in enumerate(SIZES.items()):
        x, y = float(rng.uniform(-5, 5)), float(rng.uniform(-3.5, -1.5) if at else rng.uniform(1.5, 3.5))
        yaw = float(rng.uniform(-0.1, 0.1))
        spots = rng.uniform(-0.5, 0.5, (400, 3)) * [length, width, height]
        side = rng.integers(0, 3, 400)
        spots[side == 0, 0] = length / 2 * np.sign(spots[side == 0, 0])
        spots[side == 1, 1] = width / 2 * np.sign(spots[side == 1, 1])
        spots[side == 2, 2] = height / 2
        cos, sin = np.cos(yaw), np.sin(yaw)
        turned = spots @ np.array([[cos, sin, 0], [-sin, cos, 0], [0, 0, 1.0]])
        z = -1.7 + height / 2
        pieces.append(np.add(turned, (x, y, z)))
        labels.append(CuboidLabel(label=name, x=x, y=y, z=z, length=length, width=width, height=height, yaw=yaw))
    xyz = np.concatenate(pieces)
    rows = np.column_stack([xyz, np.full(len(xyz), 0.4)]).astype("<f4")
    return rows.tobytes(), tuple(labels)


def gathered_clouds(folder: Path, count: int, sides: tuple[Side, ...] = ("train",)) -> Gathered:
    """Clouds as the items of a run, dealt to `sides` in turn."""
    folder.mkdir(parents=True, exist_ok=True)
    items, pairs = [], []
    for at in range(count):
        content, labels = cloud(at)
        name, sha = f"{at:03}.bin", sha256_hex(content)
        (folder / name).write_bytes(content)
        pairs.append((sha, label_digest(labels)))
        items.append(
            Item(
                name=name,
                path=name,
                sha256=sha,
                side=sides[at % len(sides)],
                group=sha,
                labels=tuple(label.model_dump(mode="json") for label in labels),
            )
        )
    return Gathered(
        source=str(folder), format="test", by=BY_SIDES, sha256=data_digest(pairs), items=tuple(items), left_out=()
    )
