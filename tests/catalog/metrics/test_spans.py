"""Entity F1 against counting by another way, and the operating point of spans."""

from __future__ import annotations

import numpy as np
import pytest

from tongguan.catalog.formats.tag_sequences import spans_of
from tongguan.catalog.metrics.base import measure
from tongguan.catalog.metrics.registry import METRICS
from tongguan.catalog.metrics.spans import Span, SpanItem, marking_point

LABELS = ("PER.NAM", "GPE.NAM", "ORG.NOM")


def drawn_tags(rng: np.random.Generator, length: int) -> list[str]:
    """A legal row of BIO tags."""
    tags: list[str] = []
    while len(tags) < length:
        label = str(rng.choice(LABELS))
        tags += ["O"] if rng.random() < 0.6 else [f"B-{label}", *[f"I-{label}"] * int(rng.integers(0, 3))]
    return tags[:length]


def by_tags(truth: list[list[str]], found: list[list[str]], label: str | None = None) -> float:
    """F1 as seqeval counts it: begins and ends of chunks are seen while walking along both rows of tags at once."""
    right = given = answered = 0
    for one, two in zip(truth, found, strict=True):
        open_ = False
        for at in range(len(one) + 1):
            ends = [at > 0 and row[at - 1] != "O" and (at == len(row) or row[at][0] in "BO") for row in (one, two)]
            if open_ and all(ends):
                right += 1
            if any(ends):
                open_ = False
            if at == len(one):
                break
            begins = [row[at][0] == "B" and label in (None, row[at][2:]) for row in (one, two)]
            given, answered = given + begins[0], answered + begins[1]
            if open_ and one[at] != two[at]:
                open_ = False
            if all(begins) and one[at] == two[at]:
                open_ = True
    return 2 * right / (given + answered)


def item(truth: list[str], found: list[str]) -> SpanItem:
    """Spans of two rows of tags."""
    marks = tuple(spans_of(found))
    return SpanItem(tuple(spans_of(truth)), marks, (0.9,) * len(marks))


def test_it_counts_as_a_walk_along_the_tags_does() -> None:
    rng = np.random.default_rng(3)
    truth = [drawn_tags(rng, 30) for _ in range(40)]
    found = [
        drawn_tags(rng, 30) if rng.random() < 0.3 else [*row[:12], *drawn_tags(rng, 6), *row[18:]] for row in truth
    ]
    # Both rows stay legal after the cut.
    found = [
        [("B" + tag[1:]) if tag[0] == "I" and at in (12, 18) else tag for at, tag in enumerate(row)] for row in found
    ]
    measured = measure(METRICS["entity_f1"], [item(*pair) for pair in zip(truth, found, strict=True)], ["g"] * 40, 5)
    assert measured.overall.value == pytest.approx(by_tags(truth, found))


def test_by_hand_with_classes_and_a_class_that_nobody_drew() -> None:
    truth: tuple[Span, ...] = ((0, 2, "PER.NAM"), (3, 5, "GPE.NAM"), (6, 7, "PER.NAM"))
    found: tuple[Span, ...] = ((0, 2, "PER.NAM"), (3, 5, "ORG.NOM"), (6, 8, "PER.NAM"))
    measured = measure(METRICS["entity_f1"], [SpanItem(truth, found, (0.9, 0.8, 0.7)), SpanItem((), ())], ["a", "b"])
    assert measured.overall.value == pytest.approx(2 * 1 / (3 + 3))
    assert {name: one.value for name, one in measured.classes.items()} == {"GPE.NAM": 0, "PER.NAM": pytest.approx(0.5)}
    low, high = measured.overall.low, measured.overall.high
    assert low is not None
    assert high is not None
    assert low <= 1 / 3 <= high


def test_nothing_to_find_and_nothing_found_is_not_a_figure() -> None:
    assert measure(METRICS["entity_f1"], [SpanItem((), ())], ["a"]).overall.value is None


def test_the_operating_point_is_the_cut_with_the_best_f1() -> None:
    items = [
        SpanItem(((0, 1, "a"), (2, 3, "a")), ((0, 1, "a"), (4, 5, "a"), (2, 3, "a")), (0.9, 0.3, 0.5)),
        SpanItem((), ((7, 9, "a"),), (0.2,)),
    ]
    point = marking_point(items)
    assert point.f1 == 1
    assert 0.3 < point.threshold < 0.5
    assert marking_point(items, 0.25).precision == pytest.approx(2 / 3)
    assert items[0].above(0.5).found == ((0, 1, "a"), (2, 3, "a"))
    assert marking_point([SpanItem(((0, 1, "a"),), ())]).f1 == 0
