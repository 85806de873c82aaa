"""Imported labels in terms of the rules: what the rules cannot hold is left out and counted."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import uuid4

from tests.rules.made import box, content
from tongguan.flows.service.translating import translate
from tongguan.rules.schemas import RuleVersion


def test_flags_of_the_import_that_the_class_does_not_have_are_left_out() -> None:
    """VOC's own flags stop no label from becoming gold; an attribute of the class stays."""
    rules = RuleVersion.model_validate(
        {
            **content(),
            "id": uuid4(),
            "project_id": uuid4(),
            "major": 1,
            "minor": 0,
            "state": "published",
            "published_at": datetime.now(UTC),
            "created_at": datetime.now(UTC),
            "updated_at": datetime.now(UTC),
            "published_by": None,
            "note": "",
            "revision": 1,
        }
    )
    label = {**box(10, 10, 50, 50, "scr"), "attributes": {"truncated": True, "difficult": False}}
    made = translate([label], {"scr": "scratches"}, rules, (200, 200), lenient=True)
    assert made.labels[0]["attributes"] == {}
    assert made.left_out_attributes == 2
    assert made.problems == []
