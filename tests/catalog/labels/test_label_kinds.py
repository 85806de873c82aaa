"""Every label kind of the registry keeps the same promises."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given, settings
from pydantic import ValidationError
from shapely.geometry import box as shapely_box

from tests.architecture.skeleton import ROOT
from tests.catalog.labels.strategies import STRATEGIES
from tongguan.catalog.labels.base import LabelRecord
from tongguan.catalog.labels.box import BoxKind, BoxLabel
from tongguan.catalog.labels.registry import EDITOR_KINDS, KNOWN_KINDS, LABEL_KINDS, dump_labels, lifted, parse_labels


@pytest.mark.parametrize("kind", LABEL_KINDS)
def test_every_kind_has_an_agreed_id_and_a_strategy_here(kind: str) -> None:
    assert kind in KNOWN_KINDS
    assert kind in STRATEGIES
    assert set(KNOWN_KINDS) == set(LABEL_KINDS)
    assert LABEL_KINDS[kind].title.keys() == {"en", "zh"}
    assert LABEL_KINDS[kind].schema.model_fields["kind"].default == kind
    assert LABEL_KINDS[kind].unit()


@pytest.mark.parametrize("kind", LABEL_KINDS)
def test_stored_form_reads_back_equal(kind: str) -> None:
    @settings(max_examples=40, deadline=None)
    @given(STRATEGIES[kind])
    def check(label: LabelRecord) -> None:
        stored = json.loads(json.dumps(dump_labels([label])))
        assert parse_labels(stored) == (label,)

    check()


@pytest.mark.parametrize("kind", LABEL_KINDS)
def test_agreement_is_1_with_itself_and_0_with_another_class(kind: str) -> None:
    member = LABEL_KINDS[kind]

    @settings(max_examples=40, deadline=None)
    @given(STRATEGIES[kind], STRATEGIES[kind])
    def check(label: LabelRecord, other: LabelRecord) -> None:
        other = other.model_copy(update={"label": label.label})
        assert member.agreement(label, label) == pytest.approx(1)
        found = member.agreement(label, other)
        assert 0 <= found <= 1
        assert found == pytest.approx(member.agreement(other, label))
        renamed = label.model_copy(update={"label": label.label + "x"})
        assert member.agreement(label, renamed) == 0

    check()


@pytest.mark.parametrize("kind", LABEL_KINDS)
def test_the_example_is_a_label_without_problems(kind: str) -> None:
    member = LABEL_KINDS[kind]
    (label,) = parse_labels([member.example])
    assert label.kind == kind
    assert tuple(member.problems(label, 400, 300)) == ()
    assert (member.bounds(label) is not None) == member.geometric
    assert member.quantity(label) > 0
    assert member.many or member.quantity(label) == 1


@pytest.mark.parametrize("kind", LABEL_KINDS)
def test_every_older_version_is_lifted(kind: str) -> None:
    member = LABEL_KINDS[kind]
    assert set(member.migrations) == set(range(1, member.version))
    with pytest.raises(ValueError, match="this program knows"):
        lifted({**member.example, "v": member.version + 1})


def test_the_editor_has_a_tool_for_the_kinds_that_a_label_set_may_hold() -> None:
    text = (ROOT / "web/src/editor/labels/registry.ts").read_text(encoding="utf-8")
    members = re.search(r"labelDefinitions = \{([^}]*)\}", text)
    assert members is not None
    assert {part.split(":")[0].strip() for part in members.group(1).split(",")} == set(EDITOR_KINDS)


def test_migrations_run_one_after_the_other() -> None:
    class Grown(BoxKind):
        version = 3
        migrations = {
            1: lambda old: {**old, "width": old["w"]} | {"w": None},
            2: lambda old: {key: value for key, value in old.items() if key != "w"},
        }

    old = {"kind": "box", "label": "a", "x": 1, "y": 2, "w": 3, "height": 4}
    new = {"kind": "box", "label": "a", "x": 1, "y": 2, "width": 3, "height": 4}
    assert lifted(old, {"box": Grown()}) == new
    assert lifted({**new, "v": 3}, {"box": Grown()}) == new
    assert lifted({"kind": "later"}, {"box": Grown()}) == {"kind": "later"}


@settings(deadline=None)
@given(STRATEGIES["box"], STRATEGIES["box"])
def test_box_agreement_is_intersection_over_union(first: BoxLabel, second: BoxLabel) -> None:
    second = second.model_copy(update={"label": first.label})
    shapes = [shapely_box(b.x, b.y, b.x + b.width, b.y + b.height) for b in (first, second)]
    union = shapes[0].union(shapes[1]).area
    if union > 1e-3:
        expected = shapes[0].intersection(shapes[1]).area / union
        assert LABEL_KINDS["box"].agreement(first, second) == pytest.approx(expected, abs=1e-3)


def test_box_problems() -> None:
    kind = LABEL_KINDS["box"]

    def found(x: float, y: float, width: float, height: float) -> tuple[str, ...]:
        return tuple(kind.problems(BoxLabel(label="a", x=x, y=y, width=width, height=height), 100, 50))

    assert found(0, 0, 100, 50) == ()
    assert found(-0.01, 0, 100, 50.05) == ()
    assert found(-1, 0, 10, 10) == ("label_outside",)
    assert found(95, 0, 10, 10) == ("label_outside",)
    assert found(0, 45, 10, 10) == ("label_outside",)
    assert found(5, 5, 0, 10) == ("zero_area",)
    assert found(200, 5, 0, 0) == ("zero_area", "label_outside")


@pytest.mark.parametrize(
    "record",
    [
        {"kind": "box", "label": "a", "x": 1, "y": 1, "width": -1, "height": 1},
        {"kind": "box", "label": "a", "x": float("nan"), "y": 1, "width": 1, "height": 1},
        {"kind": "box", "label": "a", "x": float("inf"), "y": 1, "width": 1, "height": 1},
        {"kind": "box", "label": "", "x": 1, "y": 1, "width": 1, "height": 1},
        {"kind": "box", "label": "a" * 10_000_000, "x": 1, "y": 1, "width": 1, "height": 1},
        {"kind": "box", "label": "a", "x": 1, "y": 1, "width": 1},
        {"kind": "class", "label": "a", "x": 1},
        {"kind": "nothing", "label": "a"},
        {"label": "a"},
    ],
)
def test_bad_records_are_refused_with_their_place(record: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as caught:
        parse_labels([{"kind": "class", "label": "fine"}, record])
    assert caught.value.errors()[0]["loc"][0] == 1


def test_html_in_names_stays_text() -> None:
    name = "<script>alert(1)</script>"
    (label,) = parse_labels([{"kind": "class", "label": name}])
    assert label.label == name
