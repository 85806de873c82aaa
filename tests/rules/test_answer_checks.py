"""Machine checks at submit."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from tongguan.core.clock import now
from tongguan.rules.interface import check_labels
from tongguan.rules.schemas import Checks, RuleVersion

CLASSES: list[dict[str, Any]] = [
    {
        "key": "scratches",
        "kind": "box",
        "name": {"zh": "划痕", "en": "Scratches"},
        "attributes": [
            {
                "key": "severity",
                "name": {"zh": "程度"},
                "required": True,
                "options": [{"value": "light", "name": {"zh": "轻"}}, {"value": "heavy", "name": {"zh": "重"}}],
            },
            {"key": "rust", "name": {"zh": "锈"}, "type": "flag"},
            {"key": "length", "name": {"zh": "长"}, "type": "number"},
            {"key": "remark", "name": {"zh": "备注"}, "type": "text"},
        ],
    },
    {"key": "dirty", "kind": "class", "name": {"zh": "脏污"}},
]


def rules(**checks: Any) -> RuleVersion:
    """A published version with two classes."""
    return RuleVersion.model_validate(
        {
            "id": uuid4(),
            "project_id": uuid4(),
            "major": 1,
            "minor": 0,
            "state": "published",
            "revision": 1,
            "created_at": now(),
            "updated_at": now(),
            "label_set": CLASSES,
            "checks": Checks(min_width=4, min_height=4, **checks).model_dump(),
        }
    )


def box(**changed: Any) -> dict[str, Any]:
    """A box that passes."""
    made: dict[str, Any] = {
        "id": "a",
        "kind": "box",
        "label": "scratches",
        "x": 10,
        "y": 20,
        "width": 30,
        "height": 40,
        "attributes": {"severity": "light"},
    }
    return {**made, **changed}


def codes(*labels: dict[str, Any], nothing: bool = False, version: RuleVersion | None = None) -> list[str]:
    """Codes found in a picture of 200 x 200 pixels."""
    return [problem.code for problem in check_labels(version or rules(), labels, nothing, 200, 200)]


def test_a_right_answer_has_no_problem() -> None:
    full = {"severity": "heavy", "rust": True, "length": 3.5, "remark": "edge"}
    assert codes(box(), box(id="b", attributes=full), {"kind": "class", "label": "dirty"}) == []
    assert codes(nothing=True) == []


def test_at_least_one_label_or_nothing_here() -> None:
    assert codes() == ["answer.empty"]
    assert codes(version=rules(require_any=False)) == []
    assert codes(box(), nothing=True) == ["answer.nothing_with_labels"]


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"label": "unknown"}, "label.unknown_class"),
        ({"label": "x" * 10_000_000}, "label.unknown_class"),
        ({"kind": "class"}, "label.wrong_kind"),
        ({"kind": "hologram"}, "label.wrong_kind"),
        ({"x": "left"}, "label.malformed"),
        ({"width": -3}, "label.malformed"),
        ({"x": 180}, "label.outside"),
        ({"x": -1}, "label.outside"),
        ({"width": 0}, "label.zero_area"),
        ({"width": 3.9}, "label.too_small"),
        ({"height": 1}, "label.too_small"),
        ({"attributes": {}}, "label.missing_attribute"),
        ({"attributes": {"severity": ""}}, "label.missing_attribute"),
        ({"attributes": {"severity": "terrible"}}, "label.unknown_value"),
        ({"attributes": {"severity": True}}, "label.unknown_value"),
        ({"attributes": {"severity": "light", "rust": "yes"}}, "label.unknown_value"),
        ({"attributes": {"severity": "light", "length": True}}, "label.unknown_value"),
        ({"attributes": {"severity": "light", "colour": "red"}}, "label.unknown_attribute"),
    ],
)
def test_each_problem_names_its_label(changed: dict[str, Any], code: str) -> None:
    found = check_labels(rules(), [box(**changed)], False, 200, 200)
    assert [problem.code for problem in found] == [code]
    assert found[0].label_id == "a"
    assert len(found[0].model_dump_json()) < 2000


def test_ids_are_unique_and_sizes_may_be_unknown() -> None:
    assert codes(box(), box()) == ["label.duplicate_id"]
    assert check_labels(rules(), [box(x=5000)], False, None, None) == []
