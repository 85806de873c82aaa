"""Clouds from above, decoding, clusters, and what is refused; learning is in the contract of recipes."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.train.drifts import cloud
from tongguan.catalog.labels.cuboid import CuboidLabel
from tongguan.catalog.metrics.cuboids import CuboidItem, matched
from tongguan.industries.mine.drift.scan import make_scan
from tongguan.industries.mine.drift.writing import pcd_bytes, write_scans
from tongguan.train.recipes.base import ItemUnreadable, UsageProblem
from tongguan.train.recipes.cloud_parts.above import CHANNELS, Area, ground_of, seen_from_above
from tongguan.train.recipes.cloud_parts.clouds import points_of
from tongguan.train.recipes.cloud_parts.clusters import clustered, usual_sizes
from tongguan.train.recipes.cloud_parts.decoding import cuboids_of
from tongguan.train.recipes.cuboid_detection.manifest import CuboidParams
from tongguan.train.recipes.cuboid_detection.run.samples import (
    area_for,
    given_and_wanted,
    sample_of,
    varied,
)
from tongguan.train.recipes.sources.registry import gather

AREA = Area(-10.0, -8.0, 80, 64, 0.25)
NAMES = ("post", "truck")


def test_the_bytes_say_what_file_it_is() -> None:
    scan = make_scan(1, 0)
    points = points_of(pcd_bytes(scan))
    assert points[:, :3] == pytest.approx(scan.xyz)
    assert points[:, 3] == pytest.approx(scan.intensity)
    assert points_of(cloud(0)[0]).shape == (3_800, 4)
    ascii_ = (
        b"VERSION 0.7\nFIELDS x y z\nSIZE 4 4 4\nTYPE F F F\nCOUNT 1 1 1\nWIDTH 2\nHEIGHT 1\nPOINTS 2\nDATA ascii\n"
    )
    assert points_of(ascii_ + b"1 2 3\nnan 1 1\n").tolist() == [[1, 2, 3, 0]]
    for broken in (b"", b"ply\nnothing", b"12345", ascii_ + b"1 2 3\n"):
        with pytest.raises(ItemUnreadable):
            points_of(broken)


def test_heights_are_taken_from_a_ground_that_slopes() -> None:
    rng = np.random.default_rng(0)
    floor = np.column_stack([rng.uniform(-10, 10, 8_000), rng.uniform(-8, 8, 8_000), np.zeros((8_000, 2))])
    floor[:, 2] = 0.1 * floor[:, 0] - 2
    post = np.column_stack([np.full(50, 4.1), np.full(50, 1.1), np.linspace(-1.6, 0.4, 50), np.ones(50)])
    points = np.concatenate([floor, post]).astype(np.float32)
    ground = ground_of(points, AREA)
    assert ground.under(np.array([4.1, -5.0]), np.array([1.1, 3.0])) == pytest.approx([-1.6, -2.5], abs=0.2)
    grid = seen_from_above(points, AREA, ground)
    assert grid.shape == (CHANNELS, 64, 80)
    row, column = int((1.1 + 8) / 0.25), int((4.1 + 10) / 0.25)
    assert 2 * grid[1, row, column] == pytest.approx(2.0, abs=0.3)
    assert seen_from_above(points[:0], AREA, ground_of(points[:0], AREA)).max() <= 0.01


def test_what_is_wanted_decodes_to_what_was_drawn() -> None:
    content, labels = cloud(3)
    turned = [one.model_copy(update={"yaw": one.yaw + turn}) for one, turn in zip(labels, (2.5, -1.2), strict=True)]
    sample = sample_of(points_of(content), turned, NAMES)
    _, heat, wanted, places = given_and_wanted(sample, AREA, 2)
    assert heat.max() == 1
    numbers = np.zeros((9, *heat.shape[1:]), dtype=np.float32)
    for row, values in zip(places, wanted, strict=True):
        numbers[:, row[0], row[1]] = values
    numbers[8] = numbers[8] * 2 - 1
    peaks = np.where(heat == 1, heat, 0).astype(np.float32)
    found = cuboids_of(peaks, numbers, AREA, ground_of(sample.points, AREA), NAMES, 0.1)
    assert matched(CuboidItem(tuple(turned), tuple(found)), (0.98,)).sum() == 2
    for one in found:
        drawn = next(other for other in turned if other.label == one.label)
        assert math.cos(one.yaw - drawn.yaw) == pytest.approx(1, abs=1e-3), "front and back are told apart"


def test_points_and_labels_are_varied_together() -> None:
    params = CuboidParams(turn=40, zoom=0.1, dropped=0)
    content, labels = cloud(5)
    sample = sample_of(points_of(content), list(labels), NAMES)
    area = area_for(params, [sample])
    assert area.left + area.columns * area.cell >= -area.left, "mirrored clouds need as much room on both sides"
    inside = _inside(sample.points, sample.things[0])
    for seed in range(6):
        other = varied(sample, params, np.random.default_rng(seed))
        assert _inside(other.points, other.things[0]) == pytest.approx(inside, abs=3)


def _inside(points: NDArray[np.float32], thing: NDArray[np.float64]) -> int:
    away = points[:, :3] - thing[1:4]
    cos, sin = math.cos(thing[7]), math.sin(thing[7])
    own = away @ np.array([[cos, -sin, 0], [sin, cos, 0], [0, 0, 1.0]])
    return int((np.abs(own) <= thing[4:7] / 2 + 1e-3).all(axis=1).sum())


def test_of_two_in_one_place_the_better_stays() -> None:
    heat = np.zeros((2, 32, 40), dtype=np.float32)
    heat[0, 10, 10], heat[1, 10, 11] = 0.9, 0.8
    numbers = np.zeros((9, 32, 40), dtype=np.float32)
    numbers[3:6] = np.log(3)
    numbers[6], numbers[8] = 1, 1
    ground = ground_of(np.zeros((1, 4), dtype=np.float32), AREA)
    assert [one.label for one in cuboids_of(heat, numbers, AREA, ground, NAMES, 0.1)] == ["post"]
    assert len(cuboids_of(heat, numbers, AREA, ground, NAMES, 1.0)) == 2


def test_clusters_find_what_stands_apart() -> None:
    usual = usual_sizes([one for seed in range(8) for one in cloud(seed)[1]])
    right = 0.0
    for seed in range(20, 26):
        content, labels = cloud(seed)
        found = clustered(points_of(content), AREA, usual)
        assert all(isinstance(one, CuboidLabel) for one in found)
        right += matched(CuboidItem(labels, tuple(found)), (0.5,)).sum()
    assert right >= 9


def test_a_folder_of_scans_is_read(tmp_path: Path) -> None:
    scans = write_scans(tmp_path / "scans", 3, 2)
    (tmp_path / "scans" / "ds0" / "pointcloud" / "scan-0001.pcd").write_bytes(b"# .PCD\nnothing")
    made = gather("cuboid-detection", tmp_path / "scans", "auto", {}, 0)
    assert [len(item.labels) for item in made.items] == [len(scans[0].labels), len(scans[2].labels)]
    assert "unreadable" in made.left_out[0].reason
    with pytest.raises(UsageProblem):
        gather("cuboid-detection", tmp_path, "coco", {}, 0)
