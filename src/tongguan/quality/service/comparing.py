"""Comparing an answer with the right one: which labels match, which are missed, extra, of the wrong class, or match
with a wrong attribute."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tongguan.catalog.labels.attributes import differing, stated, value_text
from tongguan.catalog.labels.base import LabelRecord
from tongguan.catalog.labels.registry import LABEL_KINDS, parse_labels


@dataclass(frozen=True, slots=True)
class Match:
    """Label number `answer` of the answer and number `expected` of the right one, with their agreement in [0, 1]."""

    answer: int
    expected: int
    agreement: float


@dataclass(frozen=True, slots=True)
class Unlike:
    """A match whose `attributes` (keys of the rules) are not as the right label states them."""

    match: Match
    attributes: tuple[str, ...]


# Label class, attribute, right value, answered value.
AttributePair = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class Comparison:
    """`matches` have the same class; `wrong_class` the same place but another class; the rest is missed or extra.

    Those of the matches that differ in an attribute are named in `wrong_attribute`. All numbers are indices: of
    `missed` into the right labels, of `extra` into the answer.
    """

    matches: tuple[Match, ...] = ()
    wrong_class: tuple[Match, ...] = ()
    missed: tuple[int, ...] = ()
    extra: tuple[int, ...] = ()
    confusion: Mapping[tuple[str, str], int] = field(default_factory=dict)
    wrong_attribute: tuple[Unlike, ...] = ()
    attributes: Mapping[AttributePair, int] = field(default_factory=dict)

    @property
    def correct(self) -> bool:
        """Every right label was found with its attributes and nothing else was drawn; also when both say "nothing
        here"."""
        return not (self.wrong_class or self.missed or self.extra or self.wrong_attribute)

    @property
    def right(self) -> frozenset[int]:
        """Labels of the answer that are right in place, class and attributes."""
        unlike = {found.match.answer for found in self.wrong_attribute}
        return frozenset(match.answer for match in self.matches if match.answer not in unlike)


NO_ATTRIBUTES: Mapping[str, Collection[str]] = {}


def compare(
    labels: Sequence[Mapping[str, Any]],
    expected: Sequence[Mapping[str, Any]],
    iou: float,
    judged: Mapping[str, Collection[str]] = NO_ATTRIBUTES,
) -> Comparison:
    """Compares raw label records with the right ones.

    Pairs of one kind and class are matched greedily by falling agreement (the rule of COCO), each label once, where
    the agreement of the kind (for boxes intersection over union) reaches `iou`. What is left is matched again without
    regard to the class, which finds labels of the wrong class. `confusion` counts (expected class, answered class),
    with "" for a label that was missed or where nothing was. Example: two boxes of IoU 0.6 match at `iou` 0.5.
    Of matched labels the `judged` attributes of their class that the right label states are compared
    (`rules.interface.judged_attributes`); `attributes` counts them as (class, attribute, right, answered).
    Raises pydantic.ValidationError for records that are no labels.
    """
    ours, theirs = parse_labels(labels), parse_labels(expected)
    matches = _match(ours, theirs, range(len(ours)), range(len(theirs)), iou, same_class=True)
    left = [i for i in range(len(ours)) if all(match.answer != i for match in matches)]
    open_ = [j for j in range(len(theirs)) if all(match.expected != j for match in matches)]
    wrong = _match(ours, theirs, left, open_, iou, same_class=False)
    extra = tuple(i for i in left if all(match.answer != i for match in wrong))
    missed = tuple(j for j in open_ if all(match.expected != j for match in wrong))
    confusion: dict[tuple[str, str], int] = {}
    pairs = [(theirs[match.expected].label, ours[match.answer].label) for match in (*matches, *wrong)]
    pairs += [("", ours[i].label) for i in extra] + [(theirs[j].label, "") for j in missed]
    for pair in pairs:
        confusion[pair] = confusion.get(pair, 0) + 1
    unlike, attributes = _attributes(ours, theirs, matches, judged)
    return Comparison(tuple(matches), tuple(wrong), missed, extra, confusion, unlike, attributes)


def _attributes(
    ours: Sequence[LabelRecord],
    theirs: Sequence[LabelRecord],
    matches: Sequence[Match],
    judged: Mapping[str, Collection[str]],
) -> tuple[tuple[Unlike, ...], dict[AttributePair, int]]:
    unlike: list[Unlike] = []
    counted: dict[AttributePair, int] = {}
    for match in matches:
        given, right = ours[match.answer].attributes, theirs[match.expected].attributes
        label = theirs[match.expected].label
        keys = judged.get(label, ())
        wrong = differing(given, right, keys)
        for key in stated(right, keys):
            pair = (label, key, value_text(right[key]), value_text(given.get(key) if key in wrong else right[key]))
            counted[pair] = counted.get(pair, 0) + 1
        if wrong:
            unlike.append(Unlike(match, wrong))
    return tuple(unlike), counted


def mean_agreement(labels: Sequence[Mapping[str, Any]], others: Sequence[Mapping[str, Any]], iou: float) -> float:
    """How alike two answers are, in [0, 1]: agreement of matched labels over all of both; 1 when both are empty."""
    compared = compare(labels, others, iou)
    count = len(compared.matches) + len(compared.wrong_class) + len(compared.missed) + len(compared.extra)
    return sum(match.agreement for match in compared.matches) / count if count else 1.0


def _match(
    ours: Sequence[LabelRecord],
    theirs: Sequence[LabelRecord],
    left: Sequence[int],
    open_: Sequence[int],
    iou: float,
    *,
    same_class: bool,
) -> list[Match]:
    pairs = []
    for i in left:
        for j in open_:
            first, second = ours[i], theirs[j]
            if first.kind != second.kind or (first.label == second.label) != same_class:
                continue
            if not same_class:
                second = second.model_copy(update={"label": first.label})
            agreement = LABEL_KINDS[first.kind].agreement(first, second)
            if agreement >= iou and agreement > 0:
                pairs.append(Match(i, j, agreement))
    pairs.sort(key=lambda match: (-match.agreement, match.answer, match.expected))
    taken_ours: set[int] = set()
    taken_theirs: set[int] = set()
    result = []
    for match in pairs:
        if match.answer not in taken_ours and match.expected not in taken_theirs:
            result.append(match)
            taken_ours.add(match.answer)
            taken_theirs.add(match.expected)
    return result
