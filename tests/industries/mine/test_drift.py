"""Made scans of a drift: exact labels with points in them, equal for equal seeds, read by the catalog."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tongguan.catalog.formats.base import Report
from tongguan.catalog.formats.registry import detect
from tongguan.catalog.formats.tree import open_tree
from tongguan.catalog.labels.cuboid.geometry import rotation
from tongguan.industries.mine.__main__ import main
from tongguan.industries.mine.drift.scan import LABELS, LEAST_POINTS, make_scan
from tongguan.industries.mine.drift.solids import FAR, Block, Tunnel


def test_rays_meet_blocks_and_the_tunnel_where_they_are() -> None:
    ways = np.array([[1.0, 0, 0], [0, 1.0, 0], [0, 0, -1.0], [-1.0, 0, 0]])
    block = Block(5, 0, 0, 2, 1, 1, np.pi / 2)  # turned: 1 m along x
    assert block.hits(np.zeros(3), ways).tolist() == [pytest.approx(4.5), FAR, FAR, FAR]
    tunnel = Tunnel(3, 3.5, 5, 0)
    origin = np.array([0, 1.0, 2.0])
    assert tunnel.hits(origin, ways).tolist() == [FAR, pytest.approx(2), pytest.approx(2), FAR]


def test_every_label_has_points_inside_and_seeds_decide() -> None:
    one, other = make_scan(4, 2), make_scan(4, 2)
    assert (one.xyz == other.xyz).all()
    kinds = set()
    for number in range(5):
        scan = make_scan(4, number)
        for label in scan.labels:
            kinds.add(label.label)
            own = (scan.xyz - [label.x, label.y, label.z]) @ rotation(label)
            half = np.array([label.length, label.width, label.height]) / 2 + 0.1
            assert (np.abs(own) <= half).all(axis=1).sum() >= LEAST_POINTS - 2
    assert kinds == set(LABELS)


def test_the_command_writes_a_project_that_the_catalog_reads(tmp_path: Path) -> None:
    assert main([str(tmp_path), "--drift", "2", "--seed", "4"]) == 0
    report = Report()
    items = list(detect(open_tree(tmp_path)).format.read(open_tree(tmp_path), report))
    assert not report.refused
    assert [len(item.labels or ()) for item in items] == [len(make_scan(4, number).labels) for number in range(2)]
    assert {item.media for item in items} == {"point_cloud"}
