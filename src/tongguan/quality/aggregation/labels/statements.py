"""One statement from several: grades, ratings, orders, texts, spans and stretches.

Each function takes labels of one kind that speak of the same thing and weights (people,), and gives the merged fields.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from tongguan.catalog.labels.span.geometry import pieces
from tongguan.quality.aggregation.base import Floats
from tongguan.quality.aggregation.bradley_terry import strengths
from tongguan.quality.aggregation.labels.shapes import Fields, Fuse, merged_runs, vote
from tongguan.quality.aggregation.median import weighted_median
from tongguan.quality.aggregation.rover import rover

# Two things whose strengths differ by less than this share are equally good.
EQUAL = 1e-6


def said_once(labels: Sequence[Any], weights: Floats) -> Fields:
    """Fields of the most trusted label: what it says is the same for all of them."""
    return dict(labels[int(np.argmax(weights))].model_dump(exclude={"id", "attributes", "score", "origin", "kind"}))


def class_(labels: Sequence[Any], weights: Floats) -> Fields:
    """Grades on one scale by the weighted median (the lower of two middle ones), other classes by most weight."""
    if any(label.grade is None for label in labels) or len({label.grades for label in labels}) > 1:
        return {"label": vote([(label.label, weight) for label, weight in zip(labels, weights.tolist(), strict=True)])}
    middle = int(weighted_median([label.grade for label in labels], weights.tolist()))
    near = min((label.grade for label in labels), key=lambda grade: (abs(grade - middle), grade))
    there = [(label.label, w) for label, w in zip(labels, weights.tolist(), strict=True) if label.grade == near]
    return {"label": vote(there), "grade": near, "grades": labels[0].grades}


def rating(labels: Sequence[Any], weights: Floats) -> Fields:
    """Weighted median of the values."""
    value = weighted_median([label.value for label in labels], weights.tolist())
    return said_once(labels, weights) | {"value": value}


def rubric(labels: Sequence[Any], weights: Floats) -> Fields:
    """Weighted median of the points for each criterion that at least half of the weight gave points for."""
    criteria = []
    for key in dict.fromkeys(one.key for label in labels for one in label.criteria):
        found = [
            (one, weight)
            for label, weight in zip(labels, weights.tolist(), strict=True)
            for one in label.criteria
            if one.key == key
        ]
        trust = [weight for _, weight in found]
        if 2 * sum(trust) >= weights.sum():
            share = weighted_median([one.share for one, _ in found], trust)
            first = found[0][0]
            kept = first.model_dump(exclude={"reason", "value"})
            criteria.append(kept | {"value": first.low + share * (first.high - first.low)})
    return said_once(labels, weights) | {"criteria": criteria}


def ranking(labels: Sequence[Any], weights: Floats) -> Fields:
    """Bradley and Terry's strengths from every pair that somebody put in order; equal strengths share a place."""
    names = sorted({name for label in labels for name in label.places})
    wins = np.zeros((len(names), len(names)))
    for label, weight in zip(labels, weights.tolist(), strict=True):
        place = np.array([label.places.get(name, -1) for name in names])
        both = (place[:, None] >= 0) & (place[None] >= 0) & ~np.eye(len(names), dtype=np.bool_)
        wins += weight * both * (1.0 * (place[:, None] < place[None]) + 0.5 * (place[:, None] == place[None]))
    found = strengths(wins)
    order: list[list[str]] = []
    last = np.inf
    for at in np.argsort(-found, kind="stable").tolist():
        if order and found[at] >= last * (1 - EQUAL):
            order[-1].append(names[at])
        else:
            order.append([names[at]])
        last = found[at]
    return {"order": order}


def preference(labels: Sequence[Any], weights: Floats) -> Fields:
    """Bradley and Terry's model of one pair: the better one by its strength, and how clearly."""
    first, second = labels[0].first, labels[0].second
    leans = np.array([label.lean if label.first == first else -label.lean for label in labels])
    wins = np.zeros((2, 2))
    wins[0, 1], wins[1, 0] = float(weights @ (1 + leans)) / 2, float(weights @ (1 - leans)) / 2
    found = strengths(wins, prior=0.0 if min(wins[0, 1], wins[1, 0]) > 0 else 1e-9)
    lean = float(found[0] - found[1])
    pair = {"first": first, "second": second}
    if abs(lean) <= EQUAL:
        return pair | {"choice": "tie"}
    return pair | {"choice": "first" if lean > 0 else "second", "strength": min(1.0, abs(lean))}


def text_answer(labels: Sequence[Any], weights: Floats) -> Fields:
    """ROVER of the texts."""
    return said_once(labels, weights) | {"text": rover([label.text for label in labels], weights.tolist())}


def sound_segment(labels: Sequence[Any], weights: Floats) -> Fields:
    """Weighted median of the ends, ROVER of the transcripts; the speaker as the most trusted person named them."""
    written = [(one.transcript, w) for one, w in zip(labels, weights.tolist(), strict=True) if one.transcript]
    text = rover([each for each, _ in written], [w for _, w in written]) if written else ""
    return said_once(labels, weights) | _ends(labels, weights) | {"transcript": text}


def interval(labels: Sequence[Any], weights: Floats) -> Fields:
    """Weighted median of the ends; the columns that at least half of the weight names."""
    total: dict[str, float] = {}
    for label, weight in zip(labels, weights.tolist(), strict=True):
        for name in label.columns:
            total[name] = total.get(name, 0.0) + weight
    named = [name for name, weight in total.items() if 2 * weight >= weights.sum()]
    return said_once(labels, weights) | _ends(labels, weights) | {"columns": named}


def _ends(labels: Sequence[Any], weights: Floats) -> Fields:
    trust = weights.tolist()
    start = weighted_median([label.start for label in labels], trust)
    return {"start": start, "end": max(start, weighted_median([label.end for label in labels], trust))}


def span(labels: Sequence[Any], weights: Floats) -> Fields:
    """The code points that at least half of the weight marked; the text where somebody marked just these."""
    low, high = min(label.start for label in labels), max(label.end for label in labels)
    marked = np.zeros(high - low)
    for label, weight in zip(labels, weights.tolist(), strict=True):
        for start, end in pieces(label):
            marked[start - low : end - low] += weight
    inside = np.concatenate([[0], marked * 2 >= weights.sum() * (1 - 1e-12), [0]]).astype(np.int8)
    edges = (np.flatnonzero(np.diff(inside)) + low).reshape(-1, 2).tolist()
    found = tuple((start, end) for start, end in edges) or pieces(labels[int(np.argmax(weights))])
    text = next((label.text for label in labels if label.text and pieces(label) == found), "")
    ends = {"start": found[0][0], "end": found[-1][1], "pieces": found if len(found) > 1 else ()}
    return {**ends, "text": text, "turn": labels[0].turn}


def point_segment(labels: Sequence[Any], weights: Floats) -> Fields:
    """STAPLE over the points; of two people the more trusted one's set."""
    if len(labels) < 3:
        return said_once(labels, weights)
    runs = [np.array(label.runs, dtype=np.int64) for label in labels]
    return {"count": labels[0].count, "runs": merged_runs(runs, weights).tolist()}


def turn_edit(labels: Sequence[Any], weights: Floats) -> Fields:
    """ROVER of the new texts."""
    return text_answer(labels, weights)


def cell(labels: Sequence[Any], weights: Floats) -> Fields:
    """The value of most weight."""
    value = vote([(label.value, weight) for label, weight in zip(labels, weights.tolist(), strict=True)])
    return said_once(labels, weights) | {"value": value}


STATE: Mapping[str, Fuse] = {
    "class": class_,
    "rating": rating,
    "ranking": ranking,
    "preference": preference,
    "rubric": rubric,
    "text_answer": text_answer,
    "sound_segment": sound_segment,
    "interval": interval,
    "span": span,
    "point_segment": point_segment,
    "turn_edit": turn_edit,
    "cell": cell,
    "relation": said_once,
}
