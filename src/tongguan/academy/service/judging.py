"""Judges an answer against gold: the same answer always gets the same verdict. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tongguan.academy.schemas import PairView, Verdict
from tongguan.quality.interface import Match, compare
from tongguan.rules.interface import RuleVersion


def judge(
    rules: RuleVersion, labels: Sequence[Mapping[str, Any]], expected: Sequence[Mapping[str, Any]], iou: float
) -> Verdict:
    """The verdict on raw label records.

    An answer is correct when every right label is matched (same class, agreement of at least `iou`), nothing else is
    drawn, and where the right label states a choice or a flag the answer states the same. "Nothing here" is an empty
    answer. Texts and numbers of attributes are not judged.
    """
    compared = compare(labels, expected, iou)
    wrong = [match for match in compared.matches if not _attributes_agree(rules, labels, expected, match)]
    return Verdict(
        correct=compared.correct and not wrong,
        matches=[_pair(match) for match in compared.matches],
        wrong_class=[_pair(match) for match in compared.wrong_class],
        wrong_attribute=[_pair(match) for match in wrong],
        missed=list(compared.missed),
        extra=list(compared.extra),
        expected=[dict(label) for label in expected],
    )


def _pair(match: Match) -> PairView:
    return PairView(answer=match.answer, expected=match.expected, agreement=round(match.agreement, 4))


def _attributes_agree(
    rules: RuleVersion, labels: Sequence[Mapping[str, Any]], expected: Sequence[Mapping[str, Any]], match: Match
) -> bool:
    right = expected[match.expected]
    entry = rules.label_class(str(right.get("label", "")))
    stated = right.get("attributes") or {}
    given = labels[match.answer].get("attributes") or {}
    for key, value in stated.items():
        attribute = entry.attribute(key) if entry else None
        if attribute is not None and attribute.type in ("choice", "flag") and given.get(key) != value:
            return False
    return True
