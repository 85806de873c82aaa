"""One shape from several of one kind: weighted fusion of numbers, STAPLE for regions, votes for the rest.

Each function takes shapes or labels of one kind and weights (people,), and gives the fields of the merged geometry.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from tongguan.catalog.labels.mask import rle
from tongguan.catalog.labels.polygon.geometry import rings as polygon_rings
from tongguan.catalog.labels.polyline.geometry import spread
from tongguan.catalog.labels.track.geometry import frames_in_view, shape_at
from tongguan.quality.aggregation.base import Flags, Floats
from tongguan.quality.aggregation.labels.raster import Grid, fill, outlines, signed_area
from tongguan.quality.aggregation.median import weighted_median
from tongguan.quality.aggregation.staple import staple

Fields = dict[str, Any]
Fuse = Callable[[Sequence[Any], Floats], Fields]


def box(shapes: Sequence[Any], weights: Floats) -> Fields:
    """Weighted boxes fusion: edges averaged by weight.

    R. Solovyev, W. Wang, T. Gabruseva, "Weighted boxes fusion: ensembling boxes from different object detection
    models", Image and Vision Computing 107 (2021).
    """
    edges = np.array([(s.x, s.y, s.x + s.width, s.y + s.height) for s in shapes])
    left, top, right, bottom = np.average(edges, axis=0, weights=weights).tolist()
    return {"x": left, "y": top, "width": max(0.0, right - left), "height": max(0.0, bottom - top)}


def rotated_box(shapes: Sequence[Any], weights: Floats) -> Fields:
    """Centre, sides and angle averaged, each box first turned by right angles to lie like the most trusted one."""
    return _turned(shapes, weights, ("width", "height"))


def ellipse(shapes: Sequence[Any], weights: Floats) -> Fields:
    """Centre, radii and angle averaged, each first turned by right angles to lie like the most trusted one."""
    return _turned(shapes, weights, ("rx", "ry"))


def _turned(shapes: Sequence[Any], weights: Floats, sides: tuple[str, str]) -> Fields:
    base = shapes[int(np.argmax(weights))].angle
    rows = []
    for shape in shapes:
        first, second = getattr(shape, sides[0]), getattr(shape, sides[1])
        quarters = round((shape.angle - base) / 90)
        if quarters % 2:
            first, second = second, first
        rows.append((shape.cx, shape.cy, first, second, shape.angle - 90 * quarters))
    cx, cy, first, second, angle = np.average(np.array(rows), axis=0, weights=weights).tolist()
    return {"cx": cx, "cy": cy, sides[0]: first, sides[1]: second, "angle": (angle + 180) % 360 - 180}


def cuboid(shapes: Sequence[Any], weights: Floats) -> Fields:
    """Centre and sizes averaged by weight; angles by the mean direction."""
    names = ("x", "y", "z", "length", "width", "height")
    means = np.average(np.array([[getattr(s, name) for name in names] for s in shapes]), axis=0, weights=weights)
    angles = {}
    for name in ("yaw", "pitch", "roll"):
        turn = np.array([getattr(s, name) for s in shapes])
        angles[name] = math.atan2(float(weights @ np.sin(turn)), float(weights @ np.cos(turn)))
    return dict(zip(names, means.tolist(), strict=True)) | angles


def polyline(shapes: Sequence[Any], weights: Floats) -> Fields:
    """Lines laid the same way and averaged at the corners of the most trusted one, by share of the length."""
    best = np.array(shapes[int(np.argmax(weights))].points)
    along = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(best, axis=0), axis=1))])
    share = along / along[-1] if along[-1] > 0 else np.linspace(0, 1, len(best))
    lines = []
    for shape in shapes:
        line = np.array(shape.points)
        if np.linalg.norm(line[0] - best[0]) + np.linalg.norm(line[-1] - best[-1]) > np.linalg.norm(
            line[-1] - best[0]
        ) + np.linalg.norm(line[0] - best[-1]):
            line = line[::-1]
        fine, at = spread(line, 1025), share * 1024
        steps = np.arange(1025)
        lines.append(np.stack([np.interp(at, steps, fine[:, 0]), np.interp(at, steps, fine[:, 1])], axis=1))
    return {"points": np.average(np.array(lines), axis=0, weights=weights).tolist()}


def points(shapes: Sequence[Any], weights: Floats) -> Fields:
    """Mean of single points, which is how points are merged."""
    first = np.array([shape.points[0] for shape in shapes])
    return {"points": [np.average(first, axis=0, weights=weights).tolist()]}


def skeleton(shapes: Sequence[Any], weights: Floats) -> Fields:
    """Each named point by the weighted median of those who set it; seen, hidden or not set by most weight."""
    best = shapes[int(np.argmax(weights))]
    by_name = [{point.name: point for point in shape.points} for shape in shapes]
    named = list(zip(by_name, weights.tolist(), strict=True))
    merged = []
    for name in dict.fromkeys(name for found, _ in named for name in found):
        there = [(found[name], weight) for found, weight in named if name in found]
        visible = vote([(point.visible, weight) for point, weight in there])
        placed = [(point, weight) for point, weight in there if point.visible > 0]
        place = {"x": 0.0, "y": 0.0}
        if visible > 0:
            trust = [weight for _, weight in placed]
            place = {axis: weighted_median([getattr(p, axis) for p, _ in placed], trust) for axis in ("x", "y")}
        merged.append({"name": name, "visible": visible, **place})
    return {"points": merged, "edges": best.edges}


def mask(shapes: Sequence[Any], weights: Floats) -> Fields:
    """STAPLE over the pixels of the rectangle round all masks; of two people the more trusted one's mask."""
    best = shapes[int(np.argmax(weights))]
    if len(shapes) < 3:
        return {"size": best.size, "counts": best.counts}
    runs = [rle.expand(shape.counts) for shape in shapes]
    kept = merged_runs(runs, weights, rle.bounds(rle.merge(runs), best.size[0]))
    return {"size": best.size, "counts": rle.compress(kept)}


def merged_runs(runs: Sequence[rle.Runs], weights: Floats, frame: tuple[int, int, int, int] | None = None) -> rle.Runs:
    """STAPLE of three or more sets given as runs. `frame`: the rectangle outside of which nothing is background."""
    starts, votes = rle.count_inside(runs)
    lengths = np.diff(starts)
    inside = np.stack([np.searchsorted(np.cumsum(each), starts[:-1], side="right") % 2 == 1 for each in runs], axis=1)
    size = lengths.astype(np.float64)
    if frame is not None and (votes == 0).any():
        blank = frame[2] * frame[3] - float(size[votes > 0].sum())
        size[votes == 0] *= max(blank, 0.0) / size[votes == 0].sum()
    return _runs_of(starts, decided(inside, size, weights))


def _runs_of(starts: rle.Runs, inside: Flags) -> rle.Runs:
    changes = np.flatnonzero(np.diff(np.concatenate([[False], inside]).astype(np.int8)))
    return np.diff(np.concatenate([[0], starts[changes], [starts[-1]]]))


def decided(inside: Flags, size: Floats, weights: Floats) -> Flags:
    """Which places (places,) lie inside by STAPLE. What nobody marked is outside, what all marked is inside."""
    everybody, anybody = inside.all(axis=1), inside.any(axis=1)
    trust = weights / weights.max()
    posterior = staple(inside, size, trust).posterior
    return np.asarray(everybody | (anybody & (posterior > 0.5)))


def polygon(shapes: Sequence[Any], weights: Floats) -> Fields:
    """STAPLE over a grid of up to 400 cells a side, outlined again; of two people the more trusted one's outline."""
    best = shapes[int(np.argmax(weights))]
    kept = {"points": best.points, "holes": best.holes, "others": best.others}
    if len(shapes) < 3:
        return kept
    regions = [polygon_rings(shape) for shape in shapes]
    grid = Grid.over(np.concatenate([ring for region in regions for ring in region]))
    cells = np.stack([fill(region, grid).ravel() for region in regions], axis=1)
    inside = decided(cells, np.ones(len(cells)), weights).reshape(grid.rows, grid.columns)
    return _parts(outlines(inside, grid)) or kept


def _parts(found: Sequence[Floats]) -> Fields:
    """Outlines and holes as the fields of a polygon; each hole goes to the smallest outline round it."""
    if not found:
        return {}
    outward = np.sign(signed_area(max(found, key=lambda ring: abs(signed_area(ring)))))
    outer = [ring for ring in found if np.sign(signed_area(ring)) == outward]
    outer.sort(key=lambda ring: -abs(signed_area(ring)))
    holes: list[list[Any]] = [[] for _ in outer]
    for ring in found:
        if np.sign(signed_area(ring)) != outward:
            around = [number for number, each in enumerate(outer) if _holds(each, ring[0])]
            holes[around[-1] if around else 0].append(ring.tolist())
    parts = [{"points": ring.tolist(), "holes": holes[number]} for number, ring in enumerate(outer)]
    return parts[0] | {"others": parts[1:]}


def _holds(ring: Floats, point: Floats) -> bool:
    (x0, y0), (x1, y1) = ring.T, np.roll(ring, -1, axis=0).T
    meets = (y0 <= point[1]) != (y1 <= point[1])
    places = x0[meets] + (point[1] - y0[meets]) * (x1[meets] - x0[meets]) / (y1[meets] - y0[meets])
    return bool((places < point[0]).sum() % 2)


def track(shapes: Sequence[Any], weights: Floats) -> Fields:
    """At every keyframe of anybody: in view by most weight, and the fused shape of those who see it."""
    fuse = FUSE[shapes[0].keyframes[0].shape.kind]
    seen = [set(frames_in_view(each).tolist()) for each in shapes]
    frames = sorted({key.frame for each in shapes for key in each.keyframes})
    keyframes: list[Fields] = []
    for frame in frames:
        there = [number for number in range(len(shapes)) if frame in seen[number]]
        if weights[there].sum() * 2 >= weights.sum() and there:
            found = [shape_at(shapes[number], frame) for number in there]
            shape = {"kind": found[0].kind, **fuse(found, weights[there])}
            keyframes.append({"frame": frame, "shape": shape})
        elif keyframes and not keyframes[-1].get("outside"):
            keyframes.append({"frame": frame, "shape": keyframes[-1]["shape"], "outside": True})
    best = shapes[int(np.argmax(weights))]
    return {"keyframes": keyframes or [key.model_dump() for key in best.keyframes], "between": best.between}


def vote(said: Sequence[tuple[Any, float]]) -> Any:
    """The value of most weight; of equal ones the smallest by its text."""
    totals: dict[Any, float] = {}
    for value, weight in said:
        totals[value] = totals.get(value, 0.0) + weight
    most = max(totals.values())
    return min((value for value, total in totals.items() if total >= most - 1e-12), key=str)


FUSE: Mapping[str, Fuse] = {
    "box": box,
    "rotated_box": rotated_box,
    "ellipse": ellipse,
    "cuboid": cuboid,
    "polyline": polyline,
    "points": points,
    "skeleton": skeleton,
    "mask": mask,
    "polygon": polygon,
    "track": track,
}
