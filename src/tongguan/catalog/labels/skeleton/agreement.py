"""Agreement of two skeletons: COCO's object keypoint similarity, both ways."""

from __future__ import annotations

from tongguan.catalog.labels.skeleton.geometry import oks
from tongguan.catalog.labels.skeleton.schema import SkeletonLabel, SkeletonShape


def agreement(first: SkeletonLabel, second: SkeletonLabel) -> float:
    """Object keypoint similarity of two labels of one class, in [0, 1]; another label class counts 0."""
    return likeness(first, second) if first.label == second.label else 0.0


def likeness(first: SkeletonShape, second: SkeletonShape) -> float:
    """Mean of COCO's OKS with either one as the right answer, so that the order makes no difference.

    Where one has labelled points and the other has none, 0.
    """
    if first.points == second.points:
        return 1.0
    labelled = [any(point.visible > 0 for point in each.points) for each in (first, second)]
    if not all(labelled):
        same = {point.name for point in first.points} == {point.name for point in second.points}
        return float(same and not any(labelled))
    return (oks(first, second) + oks(second, first)) / 2
