"""Geometry between files and label kinds: each function gives (kind, fields of its schema), or takes a label apart."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

from tongguan.catalog.formats.marks import number

Shape = tuple[str, dict[str, Any]]
Point = tuple[float, float]


class Unreadable(ValueError):
    """What a file says is no shape: the message says why."""


def box(x: float, y: float, width: float, height: float) -> Shape:
    """Left, top, width, height in pixels."""
    return "box", {"x": x, "y": y, "width": width, "height": height}


def polygon(
    points: Sequence[Point],
    holes: Sequence[Sequence[Point]] = (),
    others: Sequence[Sequence[Point]] = (),
) -> Shape:
    """An outline, what is cut out of it, and outlines of further parts."""
    return "polygon", {
        "points": opened(points),
        "holes": [opened(hole) for hole in holes],
        "others": [{"points": opened(part)} for part in others],
    }


def polyline(points: Sequence[Point]) -> Shape:
    """An open line."""
    return "polyline", {"points": list(points)}


def points(places: Sequence[Point]) -> Shape:
    """Points without names."""
    return "points", {"points": list(places)}


def rotated_box(cx: float, cy: float, width: float, height: float, angle: float) -> Shape:
    """Centre, sizes before the turn, degrees clockwise."""
    return "rotated_box", {"cx": cx, "cy": cy, "width": width, "height": height, "angle": angle}


def ellipse(cx: float, cy: float, rx: float, ry: float, angle: float = 0.0) -> Shape:
    """Centre, radii before the turn, degrees clockwise."""
    return "ellipse", {"cx": cx, "cy": cy, "rx": rx, "ry": ry, "angle": angle}


def skeleton(
    places: Sequence[tuple[str, float, float, int]],
    edges: Sequence[tuple[str, str]] = (),
    box: Sequence[float] | None = None,
    area: float | None = None,
) -> Shape:
    """(name, x, y, visible) in a fixed order; a point that is not labelled (0) stands at 0, 0."""
    made = [
        {"name": name, "x": x if visible else 0.0, "y": y if visible else 0.0, "visible": visible}
        for name, x, y, visible in places
    ]
    return "skeleton", {"points": made, "edges": list(edges), "box": tuple(box) if box else None, "area": area}


def corners_of(cx: float, cy: float, width: float, height: float, angle: float) -> list[Point]:
    """Corners of a turned rectangle from the top left one (before the turn) on, clockwise as seen on the picture."""
    cos, sin = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    offsets = ((-width / 2, -height / 2), (width / 2, -height / 2), (width / 2, height / 2), (-width / 2, height / 2))
    return [(cx + x * cos - y * sin, cy + x * sin + y * cos) for x, y in offsets]


def is_rectangle(corners: Sequence[Point], tolerance: float = 0.02) -> bool:
    """Whether four points are a turned rectangle: diagonals of one length that halve each other."""
    if len(corners) != 4:
        return False
    a, b, c, d = corners
    reach = max(distance(a, c), distance(b, d), 1.0)
    middle = math.hypot(a[0] + c[0] - b[0] - d[0], a[1] + c[1] - b[1] - d[1]) / 2
    return middle <= tolerance * reach and abs(distance(a, c) - distance(b, d)) <= tolerance * reach


def rotated_box_of(corners: Sequence[Point]) -> Shape:
    """A turned rectangle by its corners in order, whichever way round. Unreadable where they are none."""
    if len(corners) != 4 or not all(math.isfinite(value) for place in corners for value in place):
        raise Unreadable("a turned box has four corners")
    if not is_rectangle(corners):
        raise Unreadable("the four corners are no rectangle")
    a, b, c, d = corners
    cx, cy = (a[0] + b[0] + c[0] + d[0]) / 4, (a[1] + b[1] + c[1] + d[1]) / 4
    width, height = (distance(a, b) + distance(c, d)) / 2, (distance(b, c) + distance(d, a)) / 2
    across = (b[0] - a[0] + c[0] - d[0], b[1] - a[1] + c[1] - d[1])
    if width == 0:
        down = (d[0] - a[0] + c[0] - b[0], d[1] - a[1] + c[1] - b[1])
        across = (down[1], -down[0])
    return rotated_box(cx, cy, width, height, math.degrees(math.atan2(across[1], across[0])))


def pairs(numbers: Sequence[float]) -> list[Point]:
    """x y x y … as points. Unreadable when a number has no partner."""
    if len(numbers) % 2:
        raise Unreadable(f"{len(numbers)} numbers are no pairs of x and y")
    return [(numbers[at], numbers[at + 1]) for at in range(0, len(numbers), 2)]


def point_list(raw: object) -> list[Point]:
    """[[x, y], …] or [{"x": …, "y": …}, …] of a JSON file as points. Unreadable when it is neither."""
    if not isinstance(raw, list):
        raise Unreadable("the points are no list")
    found: list[Point] = []
    for place in raw:
        if isinstance(place, dict):
            place = [place.get("x"), place.get("y")]
        if not isinstance(place, (list, tuple)) or len(place) < 2:
            raise Unreadable("a point has no x and y")
        found.append((number(place[0]), number(place[1])))
    return found


def opened(ring: Sequence[Point]) -> list[Point]:
    """A ring without the last point that repeats the first."""
    return list(ring[:-1]) if len(ring) > 3 and ring[0] == ring[-1] else list(ring)


def distance(first: Point, second: Point) -> float:
    """In pixels."""
    return math.hypot(first[0] - second[0], first[1] - second[1])


def flat(places: Iterable[Point]) -> list[float]:
    """x y x y …"""
    return [value for place in places for value in place]


def bounds_of(places: Iterable[Point]) -> tuple[float, float, float, float]:
    """Left, top, width, height round some points."""
    across, down = zip(*places, strict=True)
    return min(across), min(down), max(across) - min(across), max(down) - min(down)
