"""The verdict on an answer."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as st
from tests.rules.made import box, content

from tongguan.academy.service.judging import judge
from tongguan.core.clock import now
from tongguan.rules.interface import RuleVersion

RULES = RuleVersion.model_validate(
    {
        **content(),
        "id": uuid4(),
        "project_id": uuid4(),
        "major": 1,
        "minor": 0,
        "state": "published",
        "revision": 1,
        "created_at": now(),
        "updated_at": now(),
    }
)


def test_a_choice_that_the_gold_states_must_be_the_same() -> None:
    right = [box(10, 10, 50, 50, attributes={"severity": "heavy"})]
    same, other = dict(right[0]), box(10, 10, 50, 50, attributes={"severity": "light"})
    assert judge(RULES, [same], right, 0.5).correct
    verdict = judge(RULES, [other], right, 0.5)
    assert not verdict.correct
    assert [pair.answer for pair in verdict.wrong_attribute] == [0]
    assert judge(RULES, [other], [box(10, 10, 50, 50)], 0.5).correct


def test_nothing_here() -> None:
    assert judge(RULES, [], [], 0.5).correct
    assert judge(RULES, [], [box(1, 1, 9, 9)], 0.5).missed == [0]
    assert judge(RULES, [box(1, 1, 9, 9)], [], 0.5).extra == [0]


boxes = st.lists(
    st.builds(
        lambda x, y, w, h, label: box(x, y, w, h, label),
        st.integers(0, 150),
        st.integers(0, 150),
        st.integers(4, 50),
        st.integers(4, 50),
        st.sampled_from(["scratches", "patches"]),
    ),
    max_size=6,
)


@given(boxes, boxes)
def test_every_label_is_counted_once_and_the_same_again(
    labels: list[dict[str, Any]], right: list[dict[str, Any]]
) -> None:
    verdict = judge(RULES, labels, right, 0.5)
    pairs = [*verdict.matches, *verdict.wrong_class]
    assert sorted([pair.answer for pair in pairs] + verdict.extra) == list(range(len(labels)))
    assert sorted([pair.expected for pair in pairs] + verdict.missed) == list(range(len(right)))
    assert judge(RULES, labels, right, 0.5) == verdict
    assert judge(RULES, right, right, 0.5).correct
