"""Turn edit: a better text for one turn of a conversation."""

from __future__ import annotations

from tongguan.catalog.labels.turn_edit.kind import TurnEditKind
from tongguan.catalog.labels.turn_edit.schema import TurnEditLabel

__all__ = ["TurnEditKind", "TurnEditLabel"]
