"""Ranking: several things of an item in order, best first, ties allowed."""

from __future__ import annotations

from tongguan.catalog.labels.ranking.kind import RankingKind
from tongguan.catalog.labels.ranking.schema import RankingLabel

__all__ = ["RankingKind", "RankingLabel"]
