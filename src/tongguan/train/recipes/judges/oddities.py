"""Pictures unlike good ones: the verdict on each, whatever the defect; figures by class of defect."""

from __future__ import annotations

from collections.abc import Sequence

from tongguan.catalog.labels.base import LabelRecord
from tongguan.catalog.labels.class_ import ClassLabel
from tongguan.catalog.metrics.screening import ScreenItem
from tongguan.train.recipes.items import Item
from tongguan.train.recipes.judges.base import Guess
from tongguan.train.recipes.judges.screening import ScreenJudge

GOOD, ANOMALOUS = "good", "anomalous"
RISK, GOOD_NAMES = "risk", "good_names"
"""Attributes of the verdict: how far the picture is from good ones, 0 to 1, and the label classes that mean good."""


def defect_of(labels: Sequence[LabelRecord], good: Sequence[str]) -> str:
    """What is wrong with a picture by its labels: the first label class that is not good; empty for a good one."""
    return next((label.label for label in labels if label.label.strip().lower() not in good), "")


def odd_item(labels: Sequence[LabelRecord], good: Sequence[str], risk: float, called: bool) -> ScreenItem:
    """A picture with its labels, how far it is from good ones, and whether it was called anomalous."""
    defect = defect_of(labels, good)
    return ScreenItem(
        truth=ANOMALOUS if defect else GOOD,
        found=ANOMALOUS if called else GOOD,
        score=risk if called else 1 - risk,
        negative=GOOD,
        risk=risk,
        of=defect,
    )


class OddityJudge(ScreenJudge):
    """Contract of `Judge`; what a verdict says is already the decision at the threshold."""

    task = "picture-anomaly"
    main = "auroc"
    blind_name = "always good"

    def item(self, truth: Sequence[LabelRecord], found: Sequence[LabelRecord]) -> ScreenItem:
        """What people drew, and the verdict."""
        mark = next((label for label in found if isinstance(label, ClassLabel)), None)
        if mark is None:
            return odd_item(truth, (GOOD,), 0.0, False)
        risk, good = mark.attributes.get(RISK, 0.0), mark.attributes.get(GOOD_NAMES, [])
        names = [str(one) for one in good] if isinstance(good, list) else []
        return odd_item(truth, names, float(risk) if isinstance(risk, int | float) else 0.0, mark.label == ANOMALOUS)

    def blind(self, train: Sequence[Item]) -> Guess | None:
        """None: the recipe compares with brightness and contrast instead."""
        return None
