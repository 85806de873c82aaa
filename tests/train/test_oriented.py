"""Turned boxes: overlaps against shapely, moves, likeness, and the recipe by the commands."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from shapely.geometry import Polygon

from tests.cli.test_train_command import call
from tongguan.catalog.labels.rotated_box import RotatedBoxLabel
from tongguan.catalog.labels.rotated_box.agreement import agreement
from tongguan.catalog.labels.rotated_box.geometry import corners
from tongguan.catalog.labels.rotated_box.overlap import pairs, rows_of, table
from tongguan.train.recipes.oriented_detection.run.moving import gaussian_rows, moved_rows
from tongguan.train.recipes.torch_parts.oriented import distance, inside, likeness

SIDE = 96


def some(seed: int, count: int) -> list[RotatedBoxLabel]:
    """Boxes of all sizes and directions, many of which meet."""
    rng = np.random.default_rng(seed)
    return [
        RotatedBoxLabel(label="a", cx=x, cy=y, width=w, height=h, angle=angle)
        for x, y, w, h, angle in zip(
            rng.uniform(20, 60, count),
            rng.uniform(20, 60, count),
            rng.uniform(1, 60, count),
            rng.uniform(1, 20, count),
            rng.choice([0, 30, 45, 90, -90, 180, 17.3], count) + rng.choice([0.0, 1e-7, 5.0], count),
            strict=True,
        )
    ]


@pytest.mark.parametrize("seed", range(4))
def test_overlaps_are_those_of_shapely(seed: int) -> None:
    first, second = some(seed, 60), some(seed + 100, 60)
    found = table(rows_of(first), rows_of(second))
    for at, one in enumerate(first):
        for to, other in enumerate(second):
            a, b = Polygon(corners(one)), Polygon(corners(other))
            assert found[at, to] == pytest.approx(a.intersection(b).area / a.union(b).area, abs=1e-6)


def test_equal_touching_and_flat_boxes() -> None:
    box = RotatedBoxLabel(label="a", cx=50, cy=40, width=30, height=8, angle=33)
    same = [box.model_copy(update={"angle": 33 + 180}), box.model_copy(update={"width": 8, "height": 30, "angle": 123})]
    half = box.model_copy(update={"width": 15})
    beside = RotatedBoxLabel(label="a", cx=80, cy=40, width=30, height=8)
    flat = box.model_copy(update={"height": 0})
    others = [box, *same, half, flat]
    assert table(rows_of([box]), rows_of(others))[0] == pytest.approx([1, 1, 1, 0.5, 0], abs=1e-6)
    upright = RotatedBoxLabel(label="a", cx=50, cy=40, width=30, height=8)
    assert pairs(rows_of([upright]), rows_of([beside])) == pytest.approx(0, abs=1e-9)
    assert agreement(box, half) == pytest.approx(0.5)


def test_a_mirrored_box_is_the_mirrored_points() -> None:
    boxes = some(3, 20)
    for factor in ((-1.0, 1.0), (1.0, -1.0), (-1.2, 1.2), (0.8, -0.8)):
        by, offset = np.array(factor, dtype=np.float32), np.array([100.0, 50.0], dtype=np.float32)
        moved, _ = moved_rows(rows_of(boxes), by, offset, 1_000)
        for box, row in zip(boxes, moved, strict=True):
            points = Polygon(corners(box) * by + offset)
            keys = ("cx", "cy", "width", "height", "angle")
            mine = Polygon(corners(box.model_copy(update=dict(zip(keys, row.tolist(), strict=True)))))
            assert mine.intersection(points).area == pytest.approx(points.area, rel=1e-4)


def test_likeness_is_one_for_equal_boxes_and_falls_with_distance_and_turn() -> None:
    def at(*row: float) -> torch.Tensor:
        return torch.from_numpy(gaussian_rows(np.array([row])))[0]

    box = at(50, 50, 40, 10, 20)
    assert likeness(box, box) > 0.99
    assert likeness(box, at(50, 50, 10, 40, 110)) > 0.99, "the same box by its other side"
    nearer = [float(likeness(box, at(50 + away, 50, 40, 10, 20 + turn))) for away, turn in ((2, 0), (8, 0), (8, 30))]
    assert nearer == sorted(nearer, reverse=True)
    # Where thin boxes are far apart, likeness is flat, but the distance still says which is nearer.
    thin = [at(50, 50 + away, 120, 4, 20) for away in (0, 60, 90)]
    assert float(distance(thin[0], thin[0])) < 1e-3
    assert float(likeness(thin[0], thin[1])) == pytest.approx(float(likeness(thin[0], thin[2])), abs=1e-3)
    assert float(distance(thin[0], thin[2])) > 1.5 * float(distance(thin[0], thin[1]))
    centres = torch.tensor([[50.0, 50.0], [64.0, 55.0], [50.0, 60.0]])
    assert inside(centres, box[None, None])[0, 0].tolist() == [True, True, False]


def stick(seed: int) -> tuple[bytes, tuple[float, ...]]:
    """A noisy plate with one bright stick at any angle, as PNG, and its box."""
    rng = np.random.default_rng(seed)
    cx, cy = rng.uniform(36, 60, 2)
    wide, high, angle = float(rng.uniform(36, 56)), 10.0, float(rng.uniform(-90, 90))
    turn = np.deg2rad(angle)
    y, x = np.mgrid[0:SIDE, 0:SIDE] + 0.5
    along, across = (x - cx) * np.cos(turn) + (y - cy) * np.sin(turn), (y - cy) * np.cos(turn) - (x - cx) * np.sin(turn)
    pixels = rng.normal(100, 10, (SIDE, SIDE)) + 110 * ((abs(along) < wide / 2) & (abs(across) < high / 2))
    out = io.BytesIO()
    Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)).save(out, "PNG")
    return out.getvalue(), (float(cx), float(cy), wide, high, angle)


def write_sticks(folder: Path, count: int) -> Path:
    """YOLO with turned boxes."""
    for name in ("images", "labels"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    for at in range(count):
        content, (cx, cy, width, height, angle) = stick(at)
        (folder / "images" / f"{at:03}.png").write_bytes(content)
        box = RotatedBoxLabel(label="stick", cx=cx, cy=cy, width=width, height=height, angle=angle)
        numbers = " ".join(f"{value / SIDE:.8f}" for value in corners(box).ravel())
        (folder / "labels" / f"{at:03}.txt").write_text(f"0 {numbers}\n")
    (folder / "data.yaml").write_text("path: .\ntask: obb\ntrain: images\nnames: [stick]\n")
    return folder


def test_sticks_are_found_with_their_angles(tmp_path: Path) -> None:
    data = write_sticks(tmp_path / "data", 40)
    small = (
        "size=96",
        "batch=8",
        "steps=60",
        "freeze=8",
        "width=32",
        "depth=1",
        "average=0.95",
        "zoom=0.1",
        "kept=0.3",
    )
    words: list[str | Path] = ["--recipe", "oriented-detection", "--data", data, "--out", tmp_path / "run"]
    code, answer, said = call("train", *words, *(f"--set={one}" for one in small), "--format", "yolo")
    assert code == 0, said
    assert list(answer["metrics"]) == ["map50", "map50_95"]
    assert answer["metrics"]["map50"]["value"] > answer["baseline"]["metrics"]["map50"]["value"] + 0.2, "it has learnt"
    assert answer["onnx"]["score"] < 1e-4
    assert answer["onnx"]["pixels"] < 0.01
    content, drawn = stick(5)
    (tmp_path / "one.png").write_bytes(content)
    code, found, said = call("predict", tmp_path / "run", tmp_path / "one.png")
    assert code == 0, said
    best: dict[str, Any] = found["predictions"][0]["labels"][0]
    assert best["kind"] == "rotated_box"
    assert abs((best["angle"] - drawn[4] + 90) % 180 - 90) < 15
    code, found, said = call(
        "evaluate", tmp_path / "run", "--data", data, "--format", "yolo", "--compare", tmp_path / "run"
    )
    assert code == 0, said
    assert found["metrics"] == answer["metrics"]
    assert found["compare"]["difference"]["map50"]["value"] == 0
