"""Made scenes: equal for equal seeds, exact where they say so, drawn, and read by the catalog."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
from PIL import Image

from tongguan.catalog.formats.base import Report
from tongguan.catalog.formats.mot import MotFormat
from tongguan.catalog.formats.tree import open_tree
from tongguan.industries.mine.__main__ import main
from tongguan.industries.mine.frames import draw_frame
from tongguan.industries.mine.happenings import EVENTS
from tongguan.industries.mine.scene import HEIGHT, LABELS, RATE, WIDTH, Detector, detected, make_scene


def test_equal_seeds_give_equal_scenes() -> None:
    one, other = make_scene(3, 1, 6), make_scene(3, 1, 6)
    assert (one.tracks, one.happenings) == (other.tracks, other.happenings)
    assert detected(one, Detector()) == detected(other, Detector())
    assert make_scene(3, 2, 6).tracks != one.tracks


def test_boxes_lie_in_the_picture_once_a_frame_and_events_within_the_scene() -> None:
    kinds = set()
    for number in range(6):
        scene = make_scene(8, number, 20)
        assert len({row[:2] for row in scene.tracks}) == len(scene.tracks)
        for _, _, label, x, y, width, height, view in scene.tracks:
            assert label in LABELS
            assert min(x, y) >= 0
            assert -1e-9 <= view <= 1
            assert x + width <= WIDTH + 1e-6
            assert y + height <= HEIGHT + 1e-6
        for name, start, end in scene.happenings:
            assert 0 <= start <= end <= len(scene.running) / RATE
            kinds.add(name)
    assert len(kinds) >= len(EVENTS) - 1
    assert kinds <= set(EVENTS)


def test_a_detector_misses_and_invents_as_told() -> None:
    scene = make_scene(5, 0, 20)
    exact = detected(scene, Detector(misses=0, invented=0, jitter=0, blinks=0))
    assert 0.9 < len(exact) / sum(row[7] >= 0.4 for row in scene.tracks) <= 1
    worse = detected(scene, Detector(misses=0.4, invented=0, jitter=0))
    assert len(worse) < 0.75 * len(exact)
    assert np.mean([row[7] for row in detected(scene, Detector(misses=1, invented=5))]) < 0.6


def test_the_command_writes_what_the_catalog_reads(tmp_path: Path) -> None:
    assert main([str(tmp_path), "--scenes", "2", "--seconds", "3", "--pictures", "10"]) == 0
    (tmp_path / "scene-0001" / "det" / "det.txt").unlink()
    report = Report()
    items = list(MotFormat().read(open_tree(tmp_path / "scene-0001"), report))
    assert not report.refused
    assert len(items[0].labels or ()) == len({row[1] for row in make_scene(1, 1, 3).tracks})
    assert sorted(path.name for path in (tmp_path / "scene-0000" / "img1").iterdir()) == [
        f"{frame:06d}.jpg" for frame in (1, 11, 21)
    ]


def test_pictures_show_what_is_there() -> None:
    scene = make_scene(1, 0, 4)
    picture = np.asarray(Image.open(io.BytesIO(draw_frame(scene, 0))), dtype=float)
    assert picture.shape == (HEIGHT, WIDTH, 3)
    assert np.abs(picture - np.asarray(Image.open(io.BytesIO(draw_frame(scene, 30))), dtype=float)).max() > 60
