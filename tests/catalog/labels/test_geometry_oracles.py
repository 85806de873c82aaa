"""Geometry of the kinds against other libraries and plain computations."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from faster_coco_eval.core import mask as coco_mask
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment
from shapely import affinity
from shapely.geometry import LineString, Point, Polygon
from shapely.geometry import box as shapely_box

from tests.catalog.labels.strategies import STRATEGIES
from tongguan.catalog.labels import region, text
from tongguan.catalog.labels.assignment import best_pairs
from tongguan.catalog.labels.cuboid import CuboidLabel
from tongguan.catalog.labels.cuboid import geometry as cuboid_geometry
from tongguan.catalog.labels.ellipse import EllipseLabel
from tongguan.catalog.labels.ellipse import geometry as ellipse_geometry
from tongguan.catalog.labels.mask import rle
from tongguan.catalog.labels.polygon import PolygonLabel
from tongguan.catalog.labels.polygon import geometry as polygon_geometry
from tongguan.catalog.labels.polyline import geometry as polyline_geometry
from tongguan.catalog.labels.registry import LABEL_KINDS
from tongguan.catalog.labels.rotated_box import RotatedBoxLabel
from tongguan.catalog.labels.skeleton import Keypoint, SkeletonLabel
from tongguan.catalog.labels.skeleton.geometry import SIGMAS, oks
from tongguan.catalog.labels.span import SpanLabel
from tongguan.catalog.labels.span.geometry import problems_in, text_of
from tongguan.catalog.labels.track import Keyframe, TrackLabel
from tongguan.catalog.labels.track.geometry import frames_in_view, shape_at

FEW = settings(max_examples=40, deadline=None)
SEEDS = st.integers(0, 2**32 - 1)


def star(
    rng: np.random.Generator, corners: int, size: float, x: float, y: float
) -> np.ndarray[Any, np.dtype[np.float64]]:
    """A ring that does not cross itself, round x, y."""
    turn = (np.arange(corners) + rng.random(corners) * 0.9) * 2 * np.pi / corners
    reach = size * (0.4 + 0.6 * rng.random(corners))
    return np.stack([x + reach * np.cos(turn), y + reach * np.sin(turn)], axis=1)


def iou(first: Any, second: Any) -> float:
    return float(first.intersection(second).area / first.union(second).area)


@FEW
@given(SEEDS)
def test_polygons_with_holes_as_shapely(seed: int) -> None:
    rng = np.random.default_rng(seed)
    labels, shapes = [], []
    for _ in range(2):
        x, y = rng.uniform(0, 30, 2)
        outline, hole = star(rng, int(rng.integers(3, 40)), 50, x, y), star(rng, 5, 6, x, y)
        shape = Polygon(outline, [hole])
        assume(shape.is_valid)
        shapes.append(shape)
        labels.append(
            PolygonLabel(
                label="a", points=tuple(map(tuple, outline.tolist())), holes=(tuple(map(tuple, hole.tolist())),)
            )
        )
    assert polygon_geometry.area(labels[0]) == pytest.approx(shapes[0].area)
    assert LABEL_KINDS["polygon"].agreement(labels[0], labels[1]) == pytest.approx(iou(shapes[0], shapes[1]), abs=1e-9)


def test_a_hole_counts_and_a_bow_tie_is_seen() -> None:
    ring = ((0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 10.0))
    whole = PolygonLabel(label="a", points=ring)
    ringed = PolygonLabel(label="a", points=ring, holes=(((2, 2), (8, 2), (8, 8), (2, 8)),))
    assert polygon_geometry.area(ringed) == pytest.approx(64)
    assert LABEL_KINDS["polygon"].agreement(whole, ringed) == pytest.approx(0.64)
    tie = PolygonLabel(label="a", points=((0, 0), (10, 10), (10, 0), (0, 10)))
    assert LABEL_KINDS["polygon"].problems(tie, 20, 20) == ("self_crossing",)
    assert polygon_geometry.area(tie) == pytest.approx(50)
    assert region.area([]) == 0


@FEW
@given(STRATEGIES["rotated_box"], STRATEGIES["rotated_box"])
def test_rotated_boxes_as_shapely(first: RotatedBoxLabel, second: RotatedBoxLabel) -> None:
    shapes = []
    for one in (first, second):
        upright = shapely_box(
            one.cx - one.width / 2, one.cy - one.height / 2, one.cx + one.width / 2, one.cy + one.height / 2
        )
        shapes.append(affinity.rotate(upright, one.angle, origin=(one.cx, one.cy)))
    assume(min(first.width, first.height, second.width, second.height) > 1e-2)
    found = LABEL_KINDS["rotated_box"].agreement(first, second.model_copy(update={"label": first.label}))
    assert found == pytest.approx(iou(*shapes), abs=1e-6)


@FEW
@given(st.floats(1, 50), st.floats(1, 50), st.floats(-180, 180), st.floats(-30, 30))
def test_ellipses_within_a_thousandth(rx: float, ry: float, angle: float, shift: float) -> None:
    first = EllipseLabel(label="a", cx=0, cy=0, rx=rx, ry=ry, angle=angle)
    second = EllipseLabel(label="a", cx=shift, cy=0, rx=20, ry=10)
    shapes = [
        affinity.translate(affinity.rotate(affinity.scale(Point(0, 0).buffer(1, 256), e.rx, e.ry), e.angle), e.cx, e.cy)
        for e in (first, second)
    ]
    assert LABEL_KINDS["ellipse"].agreement(first, second) == pytest.approx(iou(*shapes), abs=1e-3)
    left, top, right, bottom = shapes[0].bounds
    found = ellipse_geometry.bounds(first)
    assert (found.x, found.y, found.width, found.height) == pytest.approx(
        (left, top, right - left, bottom - top), rel=1e-3, abs=1e-3
    )


@FEW
@given(SEEDS)
def test_distances_to_a_line_as_shapely(seed: int) -> None:
    rng = np.random.default_rng(seed)
    line, points = rng.random((6, 2)) * 100, rng.random((9, 2)) * 100
    expected = [LineString(line).distance(Point(point)) for point in points]
    assert polyline_geometry.distances(points, line) == pytest.approx(expected)
    assert polyline_geometry.length(line) == pytest.approx(LineString(line).length)


@FEW
@given(SEEDS, st.integers(1, 40), st.integers(1, 40))
def test_run_lengths_as_coco(seed: int, height: int, width: int) -> None:
    rng = np.random.default_rng(seed)
    pixels = [np.asfortranarray(rng.random((height, width)) < share) for share in rng.random(3)]
    theirs = [coco_mask.encode(each.astype(np.uint8, order="F")) for each in pixels]
    ours = [rle.encode(each) for each in pixels]
    for each, run, coco in zip(pixels, ours, theirs, strict=True):
        counts = coco["counts"].decode() if isinstance(coco["counts"], bytes) else coco["counts"]
        assert rle.compress(run) == counts
        assert np.array_equal(rle.expand(counts), run)
        assert np.array_equal(rle.decode(run, (height, width)), each)
        assert rle.area(run) == int(coco_mask.area(coco))
        assert rle.bounds(run, height) == tuple(int(value) for value in coco_mask.toBbox(coco))
    shared, union = rle.shared_and_union(ours[0], ours[1])
    if union:
        assert shared / union == pytest.approx(float(coco_mask.iou([theirs[0]], [theirs[1]], [0])[0][0]))
    for intersect in (False, True):
        merged = coco_mask.merge(theirs, intersect)
        expected = merged["counts"].decode() if isinstance(merged["counts"], bytes) else merged["counts"]
        assert rle.compress(rle.merge(ours, intersect)) == expected


def test_a_large_mask_and_damaged_text() -> None:
    runs = np.array([10**8, 5 * 10**8, 4 * 10**8])
    assert np.array_equal(rle.expand(rle.compress(runs)), runs)
    for damaged in ("\x01", "é", "P", "o" * 30):
        with pytest.raises(ValueError, match="counts"):
            rle.expand(damaged)


def test_oks_by_cocos_formula() -> None:
    names = list(SIGMAS)
    rng = np.random.default_rng(5)
    place, off = rng.random((len(names), 2)) * 100, rng.normal(0, 4, (len(names), 2))
    seen = rng.integers(0, 3, len(names))
    right = SkeletonLabel(
        label="person",
        area=3000,
        points=tuple(
            Keypoint.model_validate({"name": n, "x": x, "y": y, "visible": int(v)})
            for n, (x, y), v in zip(names, place, seen, strict=True)
        ),
    )
    other = SkeletonLabel(
        label="person",
        points=tuple(Keypoint(name=n, x=x, y=y) for n, (x, y) in zip(names, place + off, strict=True)),
    )
    # cocoeval.computeOks, written out: e = (dx^2 + dy^2) / (2 sigma)^2 / (area + eps) / 2, mean of exp(-e) over v > 0
    total = [
        math.exp(-(dx * dx + dy * dy) / (2 * SIGMAS[n]) ** 2 / 3000 / 2)
        for n, (dx, dy), v in zip(names, off, seen, strict=True)
        if v > 0
    ]
    assert oks(right, other) == pytest.approx(sum(total) / len(total))


@pytest.mark.parametrize(
    ("sides", "shift", "shared"),
    [
        ((4, 4, 4), (0, 0, 0), 64),
        ((4, 2, 2), (0, 0, 0), 16),
        ((4, 4, 1), (0, 0, 0), 16),
        ((2, 2, 2), (0, 0, 0), 8),
        ((4, 4, 8), (0, 0, 0), 64),
        ((4, 4, 4), (2, 0, 0), 32),
        ((4, 4, 4), (4, 0, 0), 0),
        ((4, 4, 4), (1, 2, 2), 12),
    ],
)
@pytest.mark.parametrize("yaw", [0.0, math.pi / 2, -math.pi, 1e-9])
def test_cuboids_that_share_faces(
    sides: tuple[float, ...], shift: tuple[float, ...], shared: float, yaw: float
) -> None:
    (length, width, height), (x, y, z) = sides, shift
    turned = CuboidLabel(label="a", x=0, y=0, z=0, length=4, width=4, height=4, yaw=yaw)
    other = CuboidLabel(label="a", x=x, y=y, z=z, length=length, width=width, height=height)
    assert cuboid_geometry.intersection(turned, other) == pytest.approx(shared, abs=1e-6)
    assert cuboid_geometry.intersection(other, turned) == pytest.approx(shared, abs=1e-6)


@settings(max_examples=25, deadline=None)
@given(STRATEGIES["cuboid"], STRATEGIES["cuboid"], SEEDS)
def test_cuboids_upright_by_area_and_any_by_drawing_points(first: CuboidLabel, second: CuboidLabel, seed: int) -> None:
    # Drawn points need some room: sides below half a metre are stretched to it, not thrown away, which is most of them.
    first, second = (
        one.model_copy(update={side: max(getattr(one, side), 0.5) for side in ("length", "width", "height")})
        for one in (first, second)
    )
    flat = [one.model_copy(update={"pitch": 0.0, "roll": 0.0}) for one in (first, second)]
    rings = []
    for one in flat:
        upright = shapely_box(-one.length / 2, -one.width / 2, one.length / 2, one.width / 2)
        rings.append(
            affinity.translate(affinity.rotate(upright, one.yaw, origin=(0, 0), use_radians=True), one.x, one.y)
        )
    low = max(one.z - one.height / 2 for one in flat)
    high = min(one.z + one.height / 2 for one in flat)
    expected = rings[0].intersection(rings[1]).area * max(0.0, high - low)
    assert cuboid_geometry.intersection(flat[0], flat[1]) == pytest.approx(expected, rel=1e-6, abs=1e-6)
    drawn = np.random.default_rng(seed).uniform(-0.5, 0.5, (20_000, 3)) * (first.length, first.width, first.height)
    points = drawn @ cuboid_geometry.rotation(first).T + (first.x, first.y, first.z)
    share = float(cuboid_geometry.inside(second, points).mean())
    found = cuboid_geometry.intersection(first, second) / cuboid_geometry.volume(first)
    assert found == pytest.approx(share, abs=0.025)


@FEW
@given(SEEDS, st.integers(1, 9), st.integers(1, 9))
def test_best_pairs_as_scipy(seed: int, rows: int, columns: int) -> None:
    gain = np.random.default_rng(seed).random((rows, columns)).round(1)
    ours, theirs = best_pairs(gain), linear_sum_assignment(gain, maximize=True)
    assert gain[ours].sum() == pytest.approx(gain[theirs].sum())
    assert len(set(ours[0].tolist())) == len(set(ours[1].tolist())) == min(rows, columns)


def plain_distance(first: str, second: str) -> int:
    row = list(range(len(second) + 1))
    for i, one in enumerate(first, start=1):
        before, row[0] = row[0], i
        for j, other in enumerate(second, start=1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (one != other))
    return row[-1]


@given(st.text("把停传ab", max_size=9), st.text("把停传ab", max_size=9))
def test_edit_distance(first: str, second: str) -> None:
    assert text.distance(first, second) == plain_distance(first, second)


def test_texts_with_emoji_marks_and_line_ends() -> None:
    assert text.likeness("e\u0301té\r\nlà", "été\nlà") == 1
    assert text.characters("👩‍🔧e\u0301") == 3  # two emoji joined, and one letter
    story = "一\r\n👍🏽é\u0301x"
    label = SpanLabel(label="a", start=3, end=5, text="👍🏽")
    assert text_of(label, story) == "👍🏽"
    assert problems_in(label, story) == ()
    assert problems_in(label, "一") == ("label_outside",)
    assert problems_in(label, "abcdef") == ("text_differs",)
    gap = SpanLabel(label="a", start=0, end=8, pieces=((0, 2), (5, 8)))
    assert text_of(gap, "abcdefgh") == "ab fgh"
    half = SpanLabel(label="a", start=1, end=2)
    assert LABEL_KINDS["span"].agreement(gap, half) == pytest.approx(2 / 6)


@FEW
@given(STRATEGIES["track"], STRATEGIES["track"])
def test_tracks_by_hota_of_the_metric(first: TrackLabel, second: TrackLabel) -> None:
    """Frame by frame with shapely, then as the metric counts it for a sequence with one track on either side."""
    frames, drawn, seen, alike = 0, 0, 0, []
    for frame in range(40):
        one, other = shape_at(first, frame), shape_at(second, frame)
        assert (one is not None) == (frame in frames_in_view(first))
        drawn, seen = drawn + (one is not None), seen + (other is not None)
        frames += one is not None or other is not None
        if one is not None and other is not None:
            boxes = [shapely_box(s.x, s.y, s.x + s.width, s.y + s.height) for s in (one, other)]
            union = boxes[0].union(boxes[1]).area
            same = one.model_dump() == other.model_dump()
            alike.append(1.0 if same else (boxes[0].intersection(boxes[1]).area / union if union > 0 else 0.0))
    shares = []
    for number in range(1, 20):
        near = [value for value in alike if abs(value - number * 0.05) < 1e-9]
        assume(not near or all(value == 1.0 for value in near))
        matches = sum(value >= number * 0.05 for value in alike)
        shares.append(matches / (drawn + seen - matches) if frames else 1.0)
    found = LABEL_KINDS["track"].agreement(first, second.model_copy(update={"label": first.label}))
    assert found == pytest.approx(sum(shares) / 19)


def test_interpolation() -> None:
    turned = [
        {"kind": "rotated_box", "cx": x, "cy": 0, "width": 4, "height": 2, "angle": a}
        for x, a in ((0, 170), (10, -170))
    ]
    keys = [{"frame": frame, "shape": shape} for frame, shape in zip((100, 110), turned, strict=True)]
    label = TrackLabel(label="a", keyframes=tuple(map(Keyframe.model_validate, keys)))
    middle = shape_at(label, 105)
    assert (middle.cx, abs(middle.angle)) == pytest.approx((5, 180))
    assert shape_at(label, 99) is None
    assert shape_at(label, 111) is None
    assert shape_at(label.model_copy(update={"between": "hold"}), 109).cx == 0


MOVED: dict[str, tuple[str, ...]] = {
    "box": ("x", "y", "width", "height"),
    "rotated_box": ("cx", "cy", "width", "height"),
    "ellipse": ("cx", "cy", "rx", "ry"),
    "cuboid": ("x", "y", "z", "length", "width", "height"),
}


@pytest.mark.parametrize("kind", [*MOVED, "polygon", "polyline", "skeleton"])
def test_agreement_does_not_change_with_shift_and_scale(kind: str) -> None:
    def moved(label: Any, scale: float, shift: float) -> Any:
        def at(value: float, off: float = shift) -> float:
            return round(value * 64) / 64 * scale + off  # numbers that shift and scale without rounding

        raw = label.model_dump()
        for name in MOVED.get(kind, ()):
            raw[name] = at(raw[name], shift if name in ("x", "y", "z", "cx", "cy") else 0)
        if kind in ("polygon", "polyline"):
            raw["points"] = [[at(x), at(y)] for x, y in raw["points"]]
        if kind == "polygon":
            raw["holes"] = [[[at(x), at(y)] for x, y in ring] for ring in raw.get("holes", ())]
            raw["others"] = []
        if kind == "skeleton":
            raw["points"] = [{**point, "x": at(point["x"]), "y": at(point["y"])} for point in raw["points"]]
        return type(label).model_validate(raw)

    @settings(max_examples=25, deadline=None)
    @given(STRATEGIES[kind], STRATEGIES[kind])
    def check(first: Any, second: Any) -> None:
        second = second.model_copy(update={"label": first.label})
        first, second = moved(first, 1, 0), moved(second, 1, 0)
        agreement = LABEL_KINDS[kind].agreement
        assert agreement(moved(first, 2, 64), moved(second, 2, 64)) == pytest.approx(agreement(first, second), abs=1e-6)

    check()
