"""All aggregations by id. A new one is one file and one line here."""

from __future__ import annotations

from tongguan.quality.aggregation.base import Aggregation
from tongguan.quality.aggregation.dawid_skene import DawidSkene
from tongguan.quality.aggregation.glad import Glad
from tongguan.quality.aggregation.mace import Mace
from tongguan.quality.aggregation.majority import MajorityVote
from tongguan.quality.aggregation.weighted_majority import WeightedMajority

_MEMBERS: tuple[type[Aggregation], ...] = (MajorityVote, WeightedMajority, DawidSkene, Glad, Mace)

AGGREGATIONS: dict[str, type[Aggregation]] = {member.id: member for member in _MEMBERS}
if len(AGGREGATIONS) != len(_MEMBERS):
    raise RuntimeError("two aggregations share an id")
