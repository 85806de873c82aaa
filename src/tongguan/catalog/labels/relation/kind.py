"""The registered member: what every label kind offers, for relation."""

from __future__ import annotations

from tongguan.catalog.labels.base import KindDefaults, LabelRecord
from tongguan.catalog.labels.relation.agreement import agreement as _agreement
from tongguan.catalog.labels.relation.schema import RelationLabel


class RelationKind(KindDefaults):
    """Contract of `LabelKind` for `relation`."""

    id = "relation"
    schema: type[LabelRecord] = RelationLabel
    title = {"en": "Relation", "zh": "关系"}
    example = {"kind": "relation", "label": "works_for", "id": "w1", "source": "n1", "target": "n2"}

    def agreement(self, first: RelationLabel, second: RelationLabel) -> float:
        """1 where both join the same labels, else 0."""
        return _agreement(first, second)

    def unit(self) -> str:
        """One relation."""
        return "relation"
