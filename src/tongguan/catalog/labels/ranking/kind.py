"""The registered member: what every label kind offers, for ranking."""

from __future__ import annotations

from tongguan.catalog.labels.base import KindDefaults, LabelRecord
from tongguan.catalog.labels.ranking.agreement import agreement as _agreement
from tongguan.catalog.labels.ranking.schema import RankingLabel


class RankingKind(KindDefaults):
    """Contract of `LabelKind` for `ranking`."""

    id = "ranking"
    schema: type[LabelRecord] = RankingLabel
    title = {"en": "Ranking", "zh": "排序"}
    example = {
        "kind": "ranking",
        "label": "overall",
        "id": "k1",
        "order": [["answer-b"], ["answer-a", "answer-c"], ["answer-d"]],
    }

    def agreement(self, first: RankingLabel, second: RankingLabel) -> float:
        """Kendall's tau scaled to [0, 1], over all pairs."""
        return _agreement(first, second)

    def unit(self) -> str:
        """One task."""
        return "task"
