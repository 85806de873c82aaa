"""All checks of items, their labels and tables. To add one: a file beside this one and one line in `MEMBERS`."""

from __future__ import annotations

from collections.abc import Sequence

from tongguan.prepare.checks.base import Check
from tongguan.prepare.checks.blank import Blank
from tongguan.prepare.checks.blurred import Blurred
from tongguan.prepare.checks.dark import Dark
from tongguan.prepare.checks.dirty_value import DirtyValue
from tongguan.prepare.checks.duplicate import Duplicate
from tongguan.prepare.checks.label_outside import LabelOutside
from tongguan.prepare.checks.label_overlap import LabelOverlap
from tongguan.prepare.checks.leaking_column import LeakingColumn
from tongguan.prepare.checks.missing_value import MissingValue
from tongguan.prepare.checks.near_duplicate import NearDuplicate
from tongguan.prepare.checks.self_crossing import SelfCrossing
from tongguan.prepare.checks.size_outlier import SizeOutlier
from tongguan.prepare.checks.split_group import SplitGroup
from tongguan.prepare.checks.truncated import Truncated
from tongguan.prepare.checks.unreadable import Unreadable
from tongguan.prepare.checks.wrong_type import WrongType
from tongguan.prepare.checks.zero_area import ZeroArea

MEMBERS: tuple[Check, ...] = (
    Unreadable(),
    Truncated(),
    WrongType(),
    Duplicate(),
    NearDuplicate(),
    Blank(),
    Dark(),
    Blurred(),
    SizeOutlier(),
    LabelOutside(),
    ZeroArea(),
    SelfCrossing(),
    LabelOverlap(),
    LeakingColumn(),
    SplitGroup(),
    DirtyValue(),
    MissingValue(),
)


def _by_id(members: Sequence[Check]) -> dict[str, Check]:
    table: dict[str, Check] = {}
    for member in members:
        if member.id in table:
            raise RuntimeError(f"check {member.id!r} is registered twice")
        table[member.id] = member
    return table


CHECKS: dict[str, Check] = _by_id(MEMBERS)
