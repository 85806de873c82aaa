"""The shapes that a track can hold, and what each of them offers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field

from tongguan.catalog.labels.base import Bounds
from tongguan.catalog.labels.box.agreement import likeness as box_likeness
from tongguan.catalog.labels.box.geometry import bounds as box_bounds
from tongguan.catalog.labels.box.geometry import problems as box_problems
from tongguan.catalog.labels.box.schema import BoxShape
from tongguan.catalog.labels.cuboid.agreement import likeness as cuboid_likeness
from tongguan.catalog.labels.cuboid.schema import CuboidShape
from tongguan.catalog.labels.ellipse.agreement import likeness as ellipse_likeness
from tongguan.catalog.labels.ellipse.geometry import bounds as ellipse_bounds
from tongguan.catalog.labels.ellipse.geometry import problems as ellipse_problems
from tongguan.catalog.labels.ellipse.schema import EllipseShape
from tongguan.catalog.labels.mask.agreement import likeness as mask_likeness
from tongguan.catalog.labels.mask.geometry import bounds as mask_bounds
from tongguan.catalog.labels.mask.geometry import problems as mask_problems
from tongguan.catalog.labels.mask.schema import MaskShape
from tongguan.catalog.labels.points.agreement import likeness as points_likeness
from tongguan.catalog.labels.points.geometry import bounds as points_bounds
from tongguan.catalog.labels.points.geometry import problems as points_problems
from tongguan.catalog.labels.points.schema import PointsShape
from tongguan.catalog.labels.polygon.agreement import likeness as polygon_likeness
from tongguan.catalog.labels.polygon.geometry import bounds as polygon_bounds
from tongguan.catalog.labels.polygon.geometry import problems as polygon_problems
from tongguan.catalog.labels.polygon.schema import PolygonShape
from tongguan.catalog.labels.polyline.agreement import likeness as polyline_likeness
from tongguan.catalog.labels.polyline.geometry import bounds as polyline_bounds
from tongguan.catalog.labels.polyline.geometry import problems as polyline_problems
from tongguan.catalog.labels.polyline.schema import PolylineShape
from tongguan.catalog.labels.rotated_box.agreement import likeness as rotated_box_likeness
from tongguan.catalog.labels.rotated_box.geometry import bounds as rotated_box_bounds
from tongguan.catalog.labels.rotated_box.geometry import problems as rotated_box_problems
from tongguan.catalog.labels.rotated_box.schema import RotatedBoxShape
from tongguan.catalog.labels.skeleton.agreement import likeness as skeleton_likeness
from tongguan.catalog.labels.skeleton.geometry import bounds as skeleton_bounds
from tongguan.catalog.labels.skeleton.geometry import problems as skeleton_problems
from tongguan.catalog.labels.skeleton.schema import SkeletonShape

AnyShape = Annotated[
    BoxShape
    | RotatedBoxShape
    | PolygonShape
    | PolylineShape
    | PointsShape
    | SkeletonShape
    | EllipseShape
    | MaskShape
    | CuboidShape,
    Field(discriminator="kind"),
]


@dataclass(frozen=True, slots=True)
class ShapeFunctions:
    """What a track asks of the shape of a keyframe: likeness in [0, 1], extent and problems in a picture."""

    likeness: Callable[[Any, Any], float]
    bounds: Callable[[Any], Bounds | None]
    problems: Callable[[Any, int, int], Sequence[str]]


def _nowhere(shape: Any) -> None:
    """A cuboid lies in no picture."""
    return


def _no_problems(shape: Any, width: int, height: int) -> Sequence[str]:
    return ()


SHAPES: Mapping[str, ShapeFunctions] = {
    "box": ShapeFunctions(box_likeness, box_bounds, box_problems),
    "rotated_box": ShapeFunctions(rotated_box_likeness, rotated_box_bounds, rotated_box_problems),
    "polygon": ShapeFunctions(polygon_likeness, polygon_bounds, polygon_problems),
    "polyline": ShapeFunctions(polyline_likeness, polyline_bounds, polyline_problems),
    "points": ShapeFunctions(points_likeness, points_bounds, points_problems),
    "skeleton": ShapeFunctions(skeleton_likeness, skeleton_bounds, skeleton_problems),
    "ellipse": ShapeFunctions(ellipse_likeness, ellipse_bounds, ellipse_problems),
    "mask": ShapeFunctions(mask_likeness, mask_bounds, mask_problems),
    "cuboid": ShapeFunctions(cuboid_likeness, _nowhere, _no_problems),
}
