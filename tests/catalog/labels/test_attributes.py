"""Agreement of attributes: the same rule for every label kind."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongguan.catalog.labels.attributes import differing, same_value, stated, value_text

VALUES = st.one_of(
    st.text("ab 深", max_size=6), st.booleans(), st.floats(-1e6, 1e6), st.lists(st.sampled_from("ab深"), max_size=3)
)
ATTRIBUTES = st.dictionaries(st.sampled_from("abcd"), VALUES)


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("heavy", "heavy", True),
        ("heavy", "light", False),
        (" A  12", "A 12 ", True),
        ("e\u0301", "\u00e9", True),
        (3, 3.0, True),
        (True, 1, False),
        (False, None, True),
        (True, None, False),
        ("", None, False),
        (["a", "b"], ["b", "a"], True),
        (["a"], ["a", "b"], False),
        ("1", 1, False),
    ],
)
def test_what_says_the_same(first: Any, second: Any, same: bool) -> None:
    assert same_value(first, second) is same
    assert same_value(second, first) is same


@given(ATTRIBUTES, ATTRIBUTES, st.sets(st.sampled_from("abcde")))
def test_only_what_is_judged_and_stated_can_differ(
    given_: dict[str, Any], right: dict[str, Any], judged: set[str]
) -> None:
    assert differing(right, right, judged) == ()
    found = differing(given_, right, judged)
    assert set(found) <= set(stated(right, judged)) <= judged & set(right)
    assert all(not same_value(given_.get(key), right[key]) for key in found)


@given(VALUES)
def test_values_as_texts(value: Any) -> None:
    assert isinstance(value_text(value), str)
    assert value_text(None) == ""
    assert (value_text(True), value_text(2.5), value_text(["b", "a"])) == ("true", "2.5", "a, b")
