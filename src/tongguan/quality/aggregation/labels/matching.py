"""Which labels of several people mean the same thing, and how alike two answers are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tongguan.catalog.labels.assignment import best_pairs
from tongguan.catalog.labels.base import Bounds, LabelRecord
from tongguan.catalog.labels.registry import LABEL_KINDS
from tongguan.quality.aggregation.base import Floats


@dataclass(frozen=True, slots=True)
class Vote:
    """One label of one person; `place` is its number in the answer."""

    person: str
    place: int
    label: LabelRecord


def agreements(first: Sequence[LabelRecord], second: Sequence[LabelRecord]) -> Floats:
    """Agreement of every two labels of one kind, shape (first, second); 0 for different label classes."""
    found = np.zeros((len(first), len(second)))
    if not found.size:
        return found
    kind = LABEL_KINDS[first[0].kind]
    ours, theirs = ([kind.bounds(label) if kind.sized else None for label in labels] for labels in (first, second))
    for i, one in enumerate(first):
        for j, other in enumerate(second):
            if one.label == other.label and not _apart(ours[i], theirs[j]):
                found[i, j] = kind.agreement(one, other)
    return found


def _apart(first: Bounds | None, second: Bounds | None) -> bool:
    """Whether two extents share no place, so that nothing inside them can."""
    if first is None or second is None:
        return False
    return (
        first.x > second.x + second.width
        or second.x > first.x + first.width
        or first.y > second.y + second.height
        or second.y > first.y + first.height
    )


def alike(first: Sequence[LabelRecord], second: Sequence[LabelRecord]) -> float:
    """How alike two answers of one kind are, in [0, 1]: agreement of the best pairs over all labels of both.

    1 when both are empty. It is symmetric.
    """
    found = agreements(first, second)
    if not found.size:
        return 1.0 if not first and not second else 0.0
    rows, columns = best_pairs(found)
    values = found[rows, columns]
    pairs = int((values > 0).sum())
    return float(values.sum()) / (len(first) + len(second) - pairs)


def clusters(votes: Sequence[Vote], least: float) -> list[list[Vote]]:
    """Groups of labels that mean the same thing: at most one a person, of one label class.

    Pairs are joined by falling agreement while the mean agreement between the two groups is at least `least` (average
    linkage). The order of the people makes no difference: equal agreements are taken by person and place.
    """
    ordered = sorted(votes, key=lambda vote: (vote.person, vote.place))
    labels = [vote.label for vote in ordered]
    found = agreements(labels, labels)
    person = np.array([vote.person for vote in ordered])
    rows, columns = np.nonzero(np.triu(found >= max(least, 1e-12), 1) & (person[:, None] != person[None]))
    group = list(range(len(ordered)))
    members = {number: [number] for number in group}
    for at in np.argsort(-found[rows, columns], kind="stable").tolist():
        one, other = group[rows[at]], group[columns[at]]
        if one == other:
            continue
        first, second = members[one], members[other]
        shared = {ordered[i].person for i in first} & {ordered[i].person for i in second}
        if shared or found[np.ix_(first, second)].mean() < least:
            continue
        members[one] = first + second
        for number in members.pop(other):
            group[number] = one
    return [[ordered[number] for number in sorted(each)] for each in members.values()]
