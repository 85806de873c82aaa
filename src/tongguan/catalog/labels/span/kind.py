"""The registered member: what every label kind offers, for span."""

from __future__ import annotations

from tongguan.catalog.labels.base import KindDefaults, LabelRecord
from tongguan.catalog.labels.span.agreement import agreement as _agreement
from tongguan.catalog.labels.span.schema import SpanLabel


class SpanKind(KindDefaults):
    """Contract of `LabelKind` for `span`."""

    id = "span"
    schema: type[LabelRecord] = SpanLabel
    title = {"en": "Span", "zh": "文本片段"}
    example = {"kind": "span", "label": "PER.NAM", "id": "n1", "start": 3, "end": 5, "text": "小明"}

    def agreement(self, first: SpanLabel, second: SpanLabel) -> float:
        """F1 of the code points; 0 for another label class."""
        return _agreement(first, second)

    def unit(self) -> str:
        """One span."""
        return "span"

    def problems(self, label: SpanLabel, width: int, height: int) -> tuple[str, ...]:
        """`zero_area` for a span without characters; see `span.geometry.problems_in` for its text."""
        return ("zero_area",) if label.end <= label.start else ()
