"""Agreement of two filled-in rubrics."""

from __future__ import annotations

from tongguan.catalog.labels.rubric.schema import RubricLabel


def agreement(first: RubricLabel, second: RubricLabel) -> float:
    """Weighted mean over the criteria of 1 - |difference of shares|; a criterion that one leaves out counts 0.

    Where the two weigh a criterion differently, the mean of both weights counts. 0 for another rubric or target.
    """
    if (first.label, first.target) != (second.label, second.target):
        return 0.0
    ours = {one.key: one for one in first.criteria}
    theirs = {one.key: one for one in second.criteria}
    agreed = weights = 0.0
    for key in sorted(ours.keys() | theirs.keys()):
        one, other = ours.get(key), theirs.get(key)
        both = [each.weight for each in (one, other) if each is not None]
        weight = sum(both) / len(both)
        weights += weight
        if one is not None and other is not None:
            agreed += weight * (1.0 - abs(one.share - other.share))
    return min(1.0, max(0.0, agreed / weights))
