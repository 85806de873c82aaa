"""The stored form of a class of the whole item."""

from __future__ import annotations

from typing import Literal

from tongguan.catalog.labels.base import LabelRecord


class ClassLabel(LabelRecord):
    """The label class of the whole item; several of them where the label set allows it."""

    kind: Literal["class"] = "class"
