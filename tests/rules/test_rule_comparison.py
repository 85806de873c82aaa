"""Major or minor: the decision, over made-up rulebooks."""

from __future__ import annotations

from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongguan.rules.schemas import Attribute, Checks, Definition, LabelClass, Name, Option, RuleContent
from tongguan.rules.service.compare import changes, is_major, next_number

KEYS = ["crazing", "划痕", "rolled-in_scale", "patches"]
texts = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=12)
names = st.builds(Name, zh=texts.filter(lambda text: bool(text.strip())), en=texts)


@st.composite
def attributes(draw: st.DrawFn, key: str) -> Attribute:
    """An attribute of any type."""
    kind: Literal["choice", "flag", "text", "number"] = draw(st.sampled_from(["choice", "flag", "text", "number"]))
    values = draw(st.lists(st.sampled_from(["light", "middle", "heavy"]), min_size=1, max_size=3, unique=True))
    options = tuple(Option(value=value, name=draw(names)) for value in values) if kind == "choice" else ()
    return Attribute(key=key, name=draw(names), type=kind, required=draw(st.booleans()), options=options)


@st.composite
def contents(draw: st.DrawFn) -> RuleContent:
    """A rulebook with up to four classes."""
    entries = []
    for key in draw(st.lists(st.sampled_from(KEYS), max_size=4, unique=True)):
        own = draw(st.lists(st.sampled_from(["severity", "side"]), max_size=2, unique=True))
        entries.append(
            LabelClass(
                key=key,
                kind=draw(st.sampled_from(["box", "class"])),
                name=draw(names),
                definition=Definition(zh=draw(texts), en=draw(texts)),
                attributes=tuple(draw(attributes(key=name)) for name in own),
            )
        )
    return RuleContent(label_set=tuple(entries), guideline=draw(texts))


def book(**changed: Any) -> RuleContent:
    """A rulebook with one class, some of whose fields are given."""
    severity = Attribute(
        key="severity",
        name=Name(zh="程度", en="Severity"),
        required=True,
        options=(
            Option(value="light", name=Name(zh="轻", en="light"), hotkey="q"),
            Option(value="heavy", name=Name(zh="重", en="heavy"), hotkey="w"),
        ),
    )
    fields: dict[str, Any] = {
        "key": "scratches",
        "name": Name(zh="划痕", en="Scratches"),
        "definition": Definition(zh="连续线状", en="A continuous line"),
        "attributes": (severity,),
    }
    return RuleContent(label_set=(LabelClass(**{**fields, **changed}),), guideline="# Rules")


@given(contents())
def test_equal_rulebooks_do_not_differ(content: RuleContent) -> None:
    assert changes(content, content) == []
    again = RuleContent.model_validate(content.model_dump(mode="json"))
    assert changes(content, again) == []


@given(contents(), contents())
def test_the_decision_is_the_same_in_both_directions_for_keys(old: RuleContent, new: RuleContent) -> None:
    keys = {entry.key for entry in old.label_set} != {entry.key for entry in new.label_set}
    if keys:
        assert is_major(old, new)
        assert is_major(new, old)
    assert bool(changes(old, new)) == bool(changes(new, old))


@given(contents(), texts)
def test_a_guideline_is_never_major(content: RuleContent, guideline: str) -> None:
    new = content.model_copy(update={"guideline": guideline, "checks": Checks(min_width=9)})
    assert not is_major(content, new)
    assert next_number((3, 4), is_major(content, new)) == (3, 5)


@given(contents(), st.integers(0, 3))
def test_a_class_taken_away_is_major(content: RuleContent, index: int) -> None:
    if not content.label_set:
        return
    gone = content.label_set[index % len(content.label_set)]
    new = content.model_copy(update={"label_set": tuple(entry for entry in content.label_set if entry.key != gone.key)})
    assert is_major(content, new)
    assert any(change.action == "removed" and change.label == gone.key for change in changes(content, new))


@given(contents())
def test_layout_and_order_are_minor(content: RuleContent) -> None:
    turned = content.model_copy(update={"label_set": tuple(reversed(content.label_set))})
    assert not is_major(content, turned)
    wide = tuple(
        entry.model_copy(update={"definition": Definition(zh=f"  {entry.definition.zh}\n", en=entry.definition.en)})
        for entry in content.label_set
    )
    assert not is_major(content, content.model_copy(update={"label_set": wide}))


def test_a_first_version_is_major() -> None:
    assert is_major(None, book())
    assert next_number(None, True) == (1, 0)
    assert next_number((1, 7), True) == (2, 0)


@pytest.mark.parametrize(
    ("changed", "major"),
    [
        ({"color": "#123456"}, False),
        ({"hotkey": "9"}, False),
        ({"difficulty": "hard"}, False),
        ({"name": Name(zh="擦伤", en="Scratches")}, True),
        ({"definition": Definition(zh="连续线状，长宽比大于 5", en="A continuous line")}, True),
        ({"kind": "class"}, True),
        ({"key": "scratch"}, True),
        ({"attributes": ()}, True),
    ],
)
def test_what_counts_as_major(changed: dict[str, Any], major: bool) -> None:
    assert is_major(book(), book(**changed)) is major


def test_a_translation_added_is_minor() -> None:
    chinese = book(name=Name(zh="划痕"), definition=Definition(zh="连续线状"))
    assert not is_major(chinese, book())
    assert is_major(book(definition=Definition()), book())


def test_attributes_and_options() -> None:
    attribute = book().label_set[0].attributes[0]

    def with_(**update: Any) -> RuleContent:
        return book(attributes=(attribute.model_copy(update=update),))

    light, heavy = attribute.options
    assert is_major(book(), with_(required=False))
    assert is_major(book(), with_(options=(light,)))
    assert is_major(book(), with_(options=(light, heavy.model_copy(update={"name": Name(zh="严重")}))))
    assert not is_major(book(), with_(options=(heavy, light)))
    assert not is_major(book(), with_(options=(light, heavy.model_copy(update={"hotkey": "e"}))))
