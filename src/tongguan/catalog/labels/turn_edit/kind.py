"""The registered member: what every label kind offers, for turn_edit."""

from __future__ import annotations

from tongguan.catalog.labels.base import KindDefaults, LabelRecord
from tongguan.catalog.labels.turn_edit.agreement import agreement as _agreement
from tongguan.catalog.labels.turn_edit.schema import TurnEditLabel


class TurnEditKind(KindDefaults):
    """Contract of `LabelKind` for `turn_edit`."""

    id = "turn_edit"
    schema: type[LabelRecord] = TurnEditLabel
    title = {"en": "Turn edit", "zh": "对话改写"}
    example = {"kind": "turn_edit", "label": "facts", "id": "y1", "turn": 1, "text": "传送带的急停按钮在机头右侧。"}

    def agreement(self, first: TurnEditLabel, second: TurnEditLabel) -> float:
        """1 - character error rate of the new texts of one turn."""
        return _agreement(first, second)

    def unit(self) -> str:
        """One turn."""
        return "turn"
