"""Sides of a split: decided once for each group by its hash, read for ever after. Pure."""

from __future__ import annotations

from tongguan.datasets.splitting.assign import Shares, TooFewGroups, assign, fraction, side_of
from tongguan.datasets.splitting.split import Candidate, Conflict, LeftOut, Split, split

__all__ = [
    "Candidate",
    "Conflict",
    "LeftOut",
    "Shares",
    "Split",
    "TooFewGroups",
    "assign",
    "fraction",
    "side_of",
    "split",
]
