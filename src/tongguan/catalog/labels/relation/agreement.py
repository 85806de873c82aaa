"""Agreement of two relations: whether they join the same labels."""

from __future__ import annotations

from tongguan.catalog.labels.relation.schema import RelationLabel


def agreement(first: RelationLabel, second: RelationLabel) -> float:
    """1 for the same label class between the same labels, either way round where both are undirected; else 0.

    Ids are compared as they are: whoever compares answers of two people renames the ids of matched labels first.
    """
    if (first.label, first.directed) != (second.label, second.directed):
        return 0.0
    ours, theirs = (first.source, first.target), (second.source, second.target)
    return float(ours == theirs or (not first.directed and ours == theirs[::-1]))
