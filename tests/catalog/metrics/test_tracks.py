"""HOTA, MOTA and IDF1: cases counted by hand, what must hold always, and agreement of two single tracks."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tongguan.catalog.labels.track import Keyframe, TrackLabel
from tongguan.catalog.labels.track.agreement import likeness
from tongguan.catalog.metrics.base import measure
from tongguan.catalog.metrics.registry import METRICS, metrics_of
from tongguan.catalog.metrics.tracks import Boxes, TrackItem, count, summary

Row = tuple[int, int, float]
"""Frame, track, left edge of a box of 10 x 10 pixels."""


def boxes(rows: list[Row]) -> Boxes:
    frame, track, left = (np.array([row[at] for row in rows]) for at in range(3))
    places = np.column_stack([left, np.zeros(len(rows)), np.full((len(rows), 2), 10.0)]) if rows else np.zeros((0, 4))
    return Boxes(frame.astype(np.int64), track.astype(np.int64), places.astype(float))


def figures(truth: list[Row], found: list[Row]) -> dict[str, float]:
    return summary([count(boxes(truth), boxes(found))])


LINE: list[Row] = [(frame, 1, float(frame)) for frame in range(10)]


def test_perfect_is_one_and_nothing_is_none() -> None:
    assert figures(LINE, LINE) == {"hota": 1, "deta": 1, "assa": 1, "mota": 1, "idf1": 1}
    assert figures(LINE, []) == {"hota": 0, "deta": 0, "assa": 0, "mota": 0, "idf1": 0}


def test_a_switch_lowers_association_alone() -> None:
    switched = [(frame, 1 if frame < 6 else 2, float(frame)) for frame in range(10)]
    found = figures(LINE, switched)
    assert found["deta"] == 1
    # 6 matches whose tracks share 6 of 10, 4 whose tracks share 4 of 10.
    assert found["assa"] == pytest.approx((6 * 0.6 + 4 * 0.4) / 10)
    assert found["hota"] == pytest.approx(np.sqrt(0.52))
    assert found["mota"] == pytest.approx(1 - 1 / 10)
    assert found["idf1"] == pytest.approx(2 * 6 / 20)


def test_misses_and_inventions_by_hand() -> None:
    found = [row for row in LINE if row[0] < 8] + [(frame, 9, 500.0) for frame in range(5)]
    told = figures(LINE, found)
    assert told["deta"] == pytest.approx(8 / (10 + 13 - 8))
    assert told["assa"] == pytest.approx(8 / 10)
    assert told["mota"] == pytest.approx(1 - (2 + 5) / 10)
    assert told["idf1"] == pytest.approx(2 * 8 / 23)
    assert figures(LINE, [(0, track, 900.0) for track in range(20)])["mota"] == pytest.approx(-2.0)


def test_overlap_decides_how_many_thresholds_hold() -> None:
    shifted = [(frame, track, left + 2.5) for frame, track, left in LINE]  # 7.5 of 12.5: 0.6
    assert figures(LINE, shifted)["hota"] == pytest.approx(12 / 19)


def test_a_gap_in_the_middle_is_no_switch() -> None:
    gap = [row for row in LINE if row[0] not in (4, 5)]
    assert figures(LINE, gap)["mota"] == pytest.approx(0.8)


rows = st.lists(
    st.tuples(st.integers(0, 6), st.integers(0, 3), st.integers(0, 30)), max_size=20, unique_by=lambda row: row[:2]
)


@settings(max_examples=60, deadline=None)
@given(rows, rows)
def test_symmetric_where_it_is_and_within_bounds(first: list[Row], second: list[Row]) -> None:
    one, other = figures(first, second), figures(second, first)
    for name in ("hota", "deta", "assa"):
        assert 0 <= one[name] <= 1 + 1e-12
    if first and second:
        assert one["idf1"] == pytest.approx(other["idf1"])
        assert 0 <= one["idf1"] <= 1
        assert one["mota"] <= 1
    if first:
        renamed = [(frame, 7 - track, left) for frame, track, left in first]
        assert figures(first, renamed) == {"hota": 1, "deta": 1, "assa": 1, "mota": 1, "idf1": 1}


def test_two_single_tracks_agree_by_hota() -> None:
    def track(begin: int, left: float) -> TrackLabel:
        shape = {"kind": "box", "y": 0, "width": 10, "height": 10}
        keys = [{"frame": at, "shape": {**shape, "x": left + 3 * at}} for at in (begin, 9)]
        return TrackLabel(label="person", keyframes=tuple(map(Keyframe.model_validate, keys)))

    first, second = track(0, 0), track(3, 1)
    whole = figures(
        [(frame, 1, 3.0 * frame) for frame in range(10)], [(frame, 1, 1 + 3.0 * frame) for frame in range(3, 10)]
    )
    assert likeness(first, second) == likeness(second, first) == pytest.approx(whole["hota"])
    assert likeness(first, first) == 1


def test_classes_apart_and_sums_over_sequences() -> None:
    person, truck = boxes(LINE), boxes([(frame, 1, 100.0) for frame in range(4)])
    good = TrackItem({"person": person, "truck": truck}, {"person": person, "truck": truck})
    bad = TrackItem({"person": person}, {"truck": person})
    assert [metric.id for metric in metrics_of("tracking")] == ["hota", "deta", "assa", "mota", "idf1"]
    told = measure(METRICS["idf1"], [good, bad], ["a", "b"])
    assert told.classes["truck"].value == pytest.approx(2 * 4 / (4 + 4 + 10))
    assert told.classes["person"].value == pytest.approx(2 * 10 / (20 + 10))
    assert told.overall.value == pytest.approx(2 * 14 / (24 + 24))
    assert told.overall.low is not None
    assert told.overall.high == pytest.approx(1.0)
    assert [right for _, _, right in good.marks().given] == [True, True]
    assert [right for _, _, right in bad.marks().given] == [False]
