"""Corners, volume and intersection of cuboids with any rotation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tongguan.catalog.labels.coordinates import Floats
from tongguan.catalog.labels.cuboid.schema import CuboidShape

_SIGNS = np.array([[x, y, z] for x in (-0.5, 0.5) for y in (-0.5, 0.5) for z in (-0.5, 0.5)])
# Numbers of the corners above, each face counter-clockwise as seen from outside.
_FACES = ((0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3))
# A cuboid whose shortest side is less than this share of its longest has no volume to speak of.
FLAT = 1e-6
# A corner this near to a plane, as a share of the size, lies on it.
_TOUCH = 1e-9


def rotation(label: CuboidShape) -> Floats:
    """The matrix (3, 3) from the cuboid's own axes to those of the cloud: about z by yaw, y by pitch, x by roll."""
    (cy, cp, cr), (sy, sp, sr) = (turn([label.yaw, label.pitch, label.roll]).tolist() for turn in (np.cos, np.sin))
    about_z = np.array([[cy, -sy, 0], [sy, cy, 0], [0, 0, 1.0]])
    about_y = np.array([[cp, 0, sp], [0, 1.0, 0], [-sp, 0, cp]])
    about_x = np.array([[1.0, 0, 0], [0, cr, -sr], [0, sr, cr]])
    return np.asarray(about_z @ about_y @ about_x)


def corners(label: CuboidShape) -> Floats:
    """The eight corners (8, 3) in metres; the last coordinate changes fastest."""
    offsets = _SIGNS * (label.length, label.width, label.height)
    return offsets @ rotation(label).T + (label.x, label.y, label.z)


def volume(label: CuboidShape) -> float:
    """Cubic metres."""
    return label.length * label.width * label.height


def inside(label: CuboidShape, points: Floats) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """Which points (N, 3) of a cloud lie in the cuboid, its faces included."""
    own = (points - (label.x, label.y, label.z)) @ rotation(label)
    within: np.ndarray[tuple[int, ...], np.dtype[np.bool_]] = np.all(
        np.abs(own) <= np.array([label.length, label.width, label.height]) / 2, axis=1
    )
    return within


def iou(first: CuboidShape, second: CuboidShape) -> float:
    """Intersection over union of the volumes, in [0, 1]; 1 for equal cuboids, 0 for others where one is flat."""
    if first.model_dump(include=set(CuboidShape.model_fields)) == second.model_dump(
        include=set(CuboidShape.model_fields)
    ):
        return 1.0
    if _is_flat(first) or _is_flat(second):
        return 0.0
    shared = min(intersection(first, second), volume(first), volume(second))
    return min(1.0, shared / (volume(first) + volume(second) - shared))


def _is_flat(label: CuboidShape) -> bool:
    sides = (label.length, label.width, label.height)
    return min(sides) <= FLAT * max(sides)


def intersection(first: CuboidShape, second: CuboidShape) -> float:
    """Cubic metres that both hold: the first, cut by the six planes of the second.

    Each face is clipped as in I. E. Sutherland, G. W. Hodgman, "Reentrant polygon clipping", Communications of the ACM
    17 (1974); the cut is closed by a face of its own, and the volume follows from the divergence theorem.
    """
    # In the frame of the second, whose planes are then upright, near the origin, with sides of at most 1.
    turn = rotation(second)
    unit = max(first.length, first.width, first.height, second.length, second.width, second.height)
    moved = (corners(first) - (second.x, second.y, second.z)) @ turn / unit
    half = np.array([second.length, second.width, second.height]) / 2 / unit
    if _apart(moved, half):
        return 0.0
    solid = [moved[list(face)] for face in _FACES]
    for axis in range(3):
        for sign in (1.0, -1.0):
            solid = _cut(solid, _Plane(axis, sign, float(half[axis])))
            if not solid:
                return 0.0
    return _volume(solid) * unit**3


def _apart(points: Floats, half: Floats) -> bool:
    return bool(((points.min(axis=0) > half) | (points.max(axis=0) < -half)).any())


@dataclass(frozen=True, slots=True)
class _Plane:
    """Keeps what has sign * coordinate <= limit."""

    axis: int
    sign: float
    limit: float


def _cut(solid: list[Floats], plane: _Plane) -> list[Floats]:
    """A convex solid, as its faces, cut by a plane; the open side gets a face. Empty where nothing is left."""
    kept: list[Floats] = []
    rim: list[Floats] = []
    beyond = [_over(face, plane) for face in solid]
    if all((over <= 0).all() for over in beyond):
        return solid
    if all((over >= 0).all() for over in beyond):
        return []
    for face, over in zip(solid, beyond, strict=True):
        piece: list[Floats] = []
        for number in range(len(face)):
            following = (number + 1) % len(face)
            here, there = over[number], over[following]
            if here <= 0:
                piece.append(face[number])
            if here == 0:
                rim.append(face[number])
            if here * there < 0:
                piece.append(face[number] + (face[following] - face[number]) * (here / (here - there)))
                rim.append(piece[-1])
        if len(piece) >= 3:
            kept.append(np.array(piece))
    return [*kept, *_lid(np.array(rim), plane)]


def _over(face: Floats, plane: _Plane) -> Floats:
    """How far each corner lies beyond the plane; what touches it lies on it."""
    over = plane.sign * face[:, plane.axis] - plane.limit
    return np.where(np.abs(over) <= _TOUCH * (1 + plane.limit), 0.0, over)


def _lid(rim: Floats, plane: _Plane) -> list[Floats]:
    """The face that closes a cut, counter-clockwise as seen from outside; none where the plane only touches."""
    if len(rim) < 3:
        return []
    one, other = [axis for axis in range(3) if axis != plane.axis]
    flat = rim - rim.mean(axis=0)
    order = np.argsort(np.arctan2(flat[:, other], flat[:, one]))
    outward = plane.sign * (1.0 if plane.axis != 1 else -1.0)
    return [rim[order] if outward > 0 else rim[order[::-1]]]


def _volume(solid: list[Floats]) -> float:
    """Volume of a closed solid from its outward faces: a sixth of the summed determinants of their triangles."""
    total = 0.0
    for face in solid:
        total += float(
            np.linalg.det(np.stack([np.broadcast_to(face[0], face[1:-1].shape), face[1:-1], face[2:]], 1)).sum()
        )
    return max(0.0, total / 6)
