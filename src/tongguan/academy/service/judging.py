"""Judges an answer against gold: the same answer always gets the same verdict. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tongguan.academy.schemas import AttributePair, PairView, Verdict
from tongguan.quality.interface import Match, compare
from tongguan.rules.interface import RuleVersion


def judge(
    rules: RuleVersion, labels: Sequence[Mapping[str, Any]], expected: Sequence[Mapping[str, Any]], iou: float
) -> Verdict:
    """The verdict on raw label records.

    An answer is correct when every right label is matched (same class, agreement of at least `iou`), nothing else is
    drawn, and the attributes that the right label states and the rules judge are the same. "Nothing here" is an empty
    answer.
    """
    compared = compare(labels, expected, iou, rules.judged_attributes())
    return Verdict(
        correct=compared.correct,
        matches=[_pair(match) for match in compared.matches],
        wrong_class=[_pair(match) for match in compared.wrong_class],
        wrong_attribute=[
            AttributePair(**dict(_pair(found.match)), attributes=list(found.attributes))
            for found in compared.wrong_attribute
        ],
        missed=list(compared.missed),
        extra=list(compared.extra),
        expected=[dict(label) for label in expected],
    )


def _pair(match: Match) -> PairView:
    return PairView(answer=match.answer, expected=match.expected, agreement=round(match.agreement, 4))
