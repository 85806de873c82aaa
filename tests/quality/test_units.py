"""Counting units, and splitting them by a fix."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from tests.annotate.conftest import box

from tongguan.core.ids import new_id
from tongguan.quality.service.units import nothing_units, split_fix, units_of
from tongguan.rules.interface import RuleVersion

MOMENT = datetime(2026, 3, 2, tzinfo=UTC)


def rules(**difficulties: str) -> RuleVersion:
    """A version with the box classes a and b, and the classes of the whole item good and bad."""
    classes = [
        {"key": key, "kind": kind, "name": {"en": key}, "difficulty": difficulties.get(key, "normal")}
        for key, kind in (("a", "box"), ("b", "box"), ("good", "class"), ("bad", "class"))
    ]
    facts: dict[str, Any] = {"id": new_id(), "project_id": new_id(), "major": 1, "minor": 0, "state": "published"}
    dates = {"created_at": MOMENT, "updated_at": MOMENT}
    return RuleVersion.model_validate({**facts, **dates, "revision": 1, "label_set": classes})


def whole(label: str) -> dict[str, Any]:
    """A class of the whole item."""
    return {"kind": "class", "label": label}


def test_boxes_count_by_difficulty_and_classes_once_an_item() -> None:
    labels = [box(label="a"), box(label="a", x=50), box(label="b"), whole("good"), whole("bad")]
    counted = units_of(labels, rules(b="hard"))
    assert [(each.unit, each.difficulty, int(each.quantity), dict(each.labels)) for each in counted] == [
        ("box", "hard", 1, {"b": 1}),
        ("box", "normal", 2, {"a": 2}),
        ("task", "normal", 1, {"good": 1, "bad": 1}),
    ]
    assert units_of([], rules()) == []
    assert nothing_units(rules()).unit == "box"
    assert nothing_units(rules()).quantity == 0


@pytest.mark.parametrize(
    ("before", "after", "kept", "rejected", "added"),
    [
        ([box(id="1")], [box(id="1")], 1, 0, 0),
        ([box(id="1")], [box(id="1", x=11)], 0, 1, 0),  # changed: nobody's
        ([box(id="1")], [], 0, 1, 0),
        ([box(id="1")], [box(id="1"), box(id="2", x=50)], 1, 0, 1),
        ([box(id="1")], [box(id="9")], 0, 1, 1),  # removed and drawn anew
        ([box()], [box(), box(x=50)], 1, 0, 1),  # without ids: by value
        ([box(id="1", score=0.5, origin="m")], [box(id="1")], 1, 0, 0),
        ([whole("good")], [whole("good")], 1, 0, 0),
        ([whole("good")], [whole("bad")], 0, 1, 0),
        ([whole("good"), whole("bad")], [whole("good")], 0, 2, 0),
        ([], [whole("good")], 0, 0, 1),
    ],
)
def test_a_fix_splits_labels(
    before: list[dict[str, Any]], after: list[dict[str, Any]], kept: int, rejected: int, added: int
) -> None:
    split = split_fix(before, after)
    assert (len(split.kept), len(split.rejected), len(split.added)) == (kept, rejected, added)
