"""Labels of every kind as Hypothesis makes them: `STRATEGIES` has one entry a kind."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from hypothesis import strategies as st

from tongguan.catalog.labels.box import BoxLabel, BoxShape
from tongguan.catalog.labels.cell import CellLabel
from tongguan.catalog.labels.class_ import ClassLabel
from tongguan.catalog.labels.cuboid import CuboidLabel
from tongguan.catalog.labels.ellipse import EllipseLabel
from tongguan.catalog.labels.interval import IntervalLabel
from tongguan.catalog.labels.mask import MaskLabel, rle
from tongguan.catalog.labels.point_segment import PointSegmentLabel
from tongguan.catalog.labels.points import PointsLabel
from tongguan.catalog.labels.polygon import PolygonLabel, PolygonPart
from tongguan.catalog.labels.polyline import PolylineLabel
from tongguan.catalog.labels.preference import PreferenceLabel
from tongguan.catalog.labels.ranking import RankingLabel
from tongguan.catalog.labels.rating import RatingLabel
from tongguan.catalog.labels.relation import RelationLabel
from tongguan.catalog.labels.rotated_box import RotatedBoxLabel
from tongguan.catalog.labels.rubric import Criterion, RubricLabel
from tongguan.catalog.labels.skeleton import Keypoint, SkeletonLabel
from tongguan.catalog.labels.sound_segment import SoundSegmentLabel
from tongguan.catalog.labels.span import SpanLabel
from tongguan.catalog.labels.text_answer import TextAnswerLabel
from tongguan.catalog.labels.track import Keyframe, TrackLabel
from tongguan.catalog.labels.turn_edit import TurnEditLabel

COORDINATE = st.floats(-1e3, 1e3, allow_nan=False, width=32)
EXTENT = st.floats(0, 1e3, allow_nan=False, width=32)
ANGLE = st.floats(-360, 360, allow_nan=False, width=32)
TURN = st.floats(-math.pi, math.pi, allow_nan=False)
TEXT = st.text(max_size=12)
NAME = st.sampled_from("abcd")
POINT = st.tuples(COORDINATE, COORDINATE)
RING = st.lists(POINT, min_size=3, max_size=7).map(tuple)
ATTRIBUTES = st.dictionaries(
    st.text(min_size=1, max_size=8),
    st.one_of(st.text(max_size=8), st.booleans(), st.floats(-1e6, 1e6), st.lists(st.text(max_size=4), max_size=3)),
    max_size=2,
)
COMMON: dict[str, Any] = {
    "label": st.text(min_size=1, max_size=6),
    "attributes": ATTRIBUTES,
    "score": st.one_of(st.none(), st.floats(0, 1)),
}
PLANE = st.lists(st.lists(st.booleans(), min_size=5, max_size=5), min_size=4, max_size=4)


def _class(step: int | None, **common: Any) -> ClassLabel:
    return ClassLabel(grade=step, grades=None if step is None else 5, **common)


def _mask(pixels: list[list[bool]], **common: Any) -> MaskLabel:
    return MaskLabel(size=(4, 5), counts=rle.compress(rle.encode(np.array(pixels))), **common)


def _points(indices: set[int], **common: Any) -> PointSegmentLabel:
    return PointSegmentLabel.model_validate({"count": 30, "indices": sorted(indices), **common})


def _pieces(cuts: set[int], **common: Any) -> SpanLabel:
    ends = sorted(cuts)
    pieces = tuple(zip(ends[::2], ends[1::2], strict=False))
    return SpanLabel(start=pieces[0][0], end=pieces[-1][1], pieces=pieces if len(pieces) > 1 else (), **common)


def _track(frames: set[int], boxes: list[BoxShape], outside: list[bool], **common: Any) -> TrackLabel:
    keys = [
        Keyframe(frame=frame, shape=box, outside=out)
        for frame, box, out in zip(sorted(frames), boxes, outside, strict=False)
    ]
    return TrackLabel(keyframes=tuple(keys), **common)


def _order(places: dict[str, int], **common: Any) -> RankingLabel:
    tiers = [tuple(name for name in places if places[name] == place) for place in sorted(set(places.values()))]
    return RankingLabel(order=tuple(tiers), **common)


def _skeleton(points: dict[str, tuple[float, float, int]], **common: Any) -> SkeletonLabel:
    return SkeletonLabel(
        points=tuple(
            Keypoint.model_validate({"name": n, "x": x, "y": y, "visible": v}) for n, (x, y, v) in points.items()
        ),
        **common,
    )


def _forwards(kind: Any, ends: list[float], **common: Any) -> Any:
    return kind(start=min(ends), end=max(ends), **common)


BOX_SHAPE = st.builds(BoxShape, x=COORDINATE, y=COORDINATE, width=EXTENT, height=EXTENT)
PART = st.builds(PolygonPart, points=RING, holes=st.lists(RING, max_size=1).map(tuple))
CRITERION = st.builds(Criterion, key=NAME, value=st.floats(0, 1), weight=st.floats(0.1, 10))
SECONDS = st.lists(st.floats(0, 100), min_size=2, max_size=2)

STRATEGIES: dict[str, st.SearchStrategy[Any]] = {
    "class": st.builds(_class, step=st.one_of(st.none(), st.integers(0, 4)), **COMMON),
    "rating": st.builds(RatingLabel, value=st.floats(1, 5), **COMMON),
    "ranking": st.builds(_order, places=st.dictionaries(NAME, st.integers(0, 3), min_size=1), **COMMON),
    "preference": st.builds(
        PreferenceLabel,
        first=st.just("a"),
        second=st.sampled_from("bc"),
        choice=st.sampled_from(["first", "second", "tie"]),
        strength=st.floats(0.1, 1),
        **COMMON,
    ),
    "rubric": st.builds(
        RubricLabel,
        criteria=st.lists(CRITERION, min_size=1, max_size=4, unique_by=lambda one: one.key).map(tuple),
        **COMMON,
    ),
    "text_answer": st.builds(TextAnswerLabel, text=TEXT, **COMMON),
    "box": st.builds(BoxLabel, x=COORDINATE, y=COORDINATE, width=EXTENT, height=EXTENT, **COMMON),
    "rotated_box": st.builds(
        RotatedBoxLabel, cx=COORDINATE, cy=COORDINATE, width=EXTENT, height=EXTENT, angle=ANGLE, **COMMON
    ),
    "polygon": st.builds(
        PolygonLabel,
        points=RING,
        holes=st.lists(RING, max_size=1).map(tuple),
        others=st.lists(PART, max_size=1).map(tuple),
        **COMMON,
    ),
    "polyline": st.builds(PolylineLabel, points=st.lists(POINT, min_size=2, max_size=7).map(tuple), **COMMON),
    "points": st.builds(PointsLabel, points=st.lists(POINT, min_size=1, max_size=6).map(tuple), **COMMON),
    "skeleton": st.builds(
        _skeleton,
        points=st.dictionaries(NAME, st.tuples(COORDINATE, COORDINATE, st.sampled_from([0, 1, 2])), min_size=1),
        **COMMON,
    ),
    "ellipse": st.builds(EllipseLabel, cx=COORDINATE, cy=COORDINATE, rx=EXTENT, ry=EXTENT, angle=ANGLE, **COMMON),
    "mask": st.builds(_mask, pixels=PLANE, **COMMON),
    "track": st.builds(
        _track,
        frames=st.sets(st.integers(0, 30), min_size=1, max_size=4),
        boxes=st.lists(BOX_SHAPE, min_size=4, max_size=4),
        outside=st.lists(st.booleans(), min_size=4, max_size=4),
        between=st.sampled_from(["linear", "hold"]),
        **COMMON,
    ),
    "sound_segment": st.builds(_forwards, kind=st.just(SoundSegmentLabel), ends=SECONDS, transcript=TEXT, **COMMON),
    "span": st.builds(_pieces, cuts=st.sets(st.integers(0, 40), min_size=2, max_size=6), **COMMON),
    "relation": st.builds(RelationLabel, source=NAME, target=NAME, directed=st.booleans(), **COMMON),
    "turn_edit": st.builds(TurnEditLabel, turn=st.integers(0, 3), text=TEXT, **COMMON),
    "cell": st.builds(CellLabel, row=st.integers(1, 3), column=NAME, value=st.one_of(st.none(), TEXT), **COMMON),
    "interval": st.builds(
        _forwards, kind=st.just(IntervalLabel), ends=SECONDS, columns=st.lists(NAME, max_size=2).map(tuple), **COMMON
    ),
    "cuboid": st.builds(
        CuboidLabel,
        **dict.fromkeys(("x", "y", "z"), st.floats(-5, 5)),
        **dict.fromkeys(("length", "width", "height"), st.floats(0, 10)),
        **dict.fromkeys(("yaw", "pitch", "roll"), TURN),
        **COMMON,
    ),
    "point_segment": st.builds(_points, indices=st.sets(st.integers(0, 29)), **COMMON),
}
