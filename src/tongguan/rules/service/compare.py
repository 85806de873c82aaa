"""What differs between two rulebooks, and whether it is a major change. Pure.

Major (people must qualify again): a label class or attribute added, removed, renamed or redefined. Minor: guideline,
examples, machine checks, colour, hotkey, order, difficulty, and a translation added to a text that had one language.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tongguan.rules.schemas import Attribute, Change, Definition, LabelClass, Name, Option, RuleContent

_EMPTY = RuleContent()


def changes(old: RuleContent | None, new: RuleContent) -> list[Change]:
    """All differences from `old` (None: nothing before) to `new`, major ones first."""
    before = old or _EMPTY
    found = [*_classes(before.label_set, new.label_set), *_rest(before, new)]
    return sorted(found, key=lambda change: not change.major)


def is_major(old: RuleContent | None, new: RuleContent) -> bool:
    """Whether publishing `new` after `old` is a major change; a first version always is."""
    return old is None or any(change.major for change in changes(old, new))


def next_number(previous: tuple[int, int] | None, major: bool) -> tuple[int, int]:
    """The number of the next version: 1.0 first, then 2.0 after a major change of 1.x, else 1.(x+1)."""
    if previous is None:
        return 1, 0
    return (previous[0] + 1, 0) if major else (previous[0], previous[1] + 1)


def _normal(text: str) -> str:
    """Layout is not wording: runs of white space count as one."""
    return " ".join(text.split())


def _text_change(old: Name | Definition, new: Name | Definition) -> str | None:
    """None when equal, `translated` when a language was only added to a text that had another, else `changed`."""
    before = {"zh": _normal(old.zh), "en": _normal(old.en)}
    after = {"zh": _normal(new.zh), "en": _normal(new.en)}
    if before == after:
        return None
    kept = [language for language, text in before.items() if text]
    only_added = bool(kept) and all(after[language] == before[language] for language in kept)
    return "translated" if only_added else "changed"


def _plain(value: Any) -> Any:
    return value.model_dump(mode="json") if hasattr(value, "model_dump") else value


def _classes(old: Sequence[LabelClass], new: Sequence[LabelClass]) -> list[Change]:
    before = {entry.key: entry for entry in old}
    after = {entry.key: entry for entry in new}
    found = [
        Change(what="class", action="removed", major=True, label=key, before=_plain(before[key].name))
        for key in before
        if key not in after
    ]
    for key, entry in after.items():
        if key in before:
            found += _class(before[key], entry)
        else:
            found.append(Change(what="class", action="added", major=True, label=key, after=_plain(entry.name)))
    shared = [key for key in before if key in after]
    if shared != [key for key in after if key in before]:
        found.append(
            Change(what="class", action="changed", major=False, field="order", before=list(before), after=list(after))
        )
    return found


def _class(old: LabelClass, new: LabelClass) -> list[Change]:
    found: list[Change] = []
    key = new.key
    for field, action in (("name", "renamed"), ("definition", "redefined")):
        before, after = getattr(old, field), getattr(new, field)
        how = _text_change(before, after)
        if how is not None:
            major = how == "changed"
            found.append(
                Change.model_validate(
                    {
                        "what": "class",
                        "action": action if major else "changed",
                        "major": major,
                        "label": key,
                        "field": field,
                        "before": _plain(before),
                        "after": _plain(after),
                    }
                )
            )
    if old.kind != new.kind:
        found.append(
            Change(
                what="class", action="redefined", major=True, label=key, field="kind", before=old.kind, after=new.kind
            )
        )
    for field in ("color", "hotkey", "difficulty"):
        before, after = getattr(old, field), getattr(new, field)
        if before != after:
            found.append(
                Change(what="class", action="changed", major=False, label=key, field=field, before=before, after=after)
            )
    return found + _attributes(key, old.attributes, new.attributes)


def _attributes(label: str, old: Sequence[Attribute], new: Sequence[Attribute]) -> list[Change]:
    before = {entry.key: entry for entry in old}
    after = {entry.key: entry for entry in new}
    found = [
        Change(what="attribute", action="removed", major=True, label=label, attribute=key)
        for key in before
        if key not in after
    ]
    for key, entry in after.items():
        if key in before:
            found += _attribute(label, before[key], entry)
        else:
            found.append(Change(what="attribute", action="added", major=True, label=label, attribute=key))
    shared = [key for key in before if key in after]
    if shared != [key for key in after if key in before]:
        found.append(
            Change(
                what="attribute",
                action="changed",
                major=False,
                label=label,
                field="order",
                before=list(before),
                after=list(after),
            )
        )
    return found


def _attribute(label: str, old: Attribute, new: Attribute) -> list[Change]:
    found: list[Change] = []
    how = _text_change(old.name, new.name)
    if how is not None:
        found.append(
            Change(
                what="attribute",
                action="renamed" if how == "changed" else "changed",
                major=how == "changed",
                label=label,
                attribute=new.key,
                field="name",
                before=_plain(old.name),
                after=_plain(new.name),
            )
        )
    for field in ("type", "required"):
        before, after = getattr(old, field), getattr(new, field)
        if before != after:
            found.append(
                Change(
                    what="attribute",
                    action="redefined",
                    major=True,
                    label=label,
                    attribute=new.key,
                    field=field,
                    before=before,
                    after=after,
                )
            )
    return found + _options(label, new.key, old.options, new.options)


def _options(label: str, attribute: str, old: Sequence[Option], new: Sequence[Option]) -> list[Change]:
    """Options redefine their attribute: adding, removing and renaming one are major."""
    before = {entry.value: entry for entry in old}
    after = {entry.value: entry for entry in new}
    found: list[Change] = []
    for value in [*before, *(value for value in after if value not in before)]:
        first, second = before.get(value), after.get(value)
        verdict = _option(first, second)
        if verdict is None:
            continue
        action, major = verdict
        found.append(
            Change.model_validate(
                {
                    "what": "option",
                    "action": action,
                    "major": major,
                    "label": label,
                    "attribute": attribute,
                    "option": value,
                    "before": _plain(first),
                    "after": _plain(second),
                }
            )
        )
    shared = [value for value in before if value in after]
    if shared != [value for value in after if value in before]:
        found.append(
            Change(
                what="option",
                action="changed",
                major=False,
                label=label,
                attribute=attribute,
                field="order",
                before=list(before),
                after=list(after),
            )
        )
    return found


def _option(old: Option | None, new: Option | None) -> tuple[str, bool] | None:
    if old is None:
        return "added", True
    if new is None:
        return "removed", True
    how = _text_change(old.name, new.name)
    if how == "changed":
        return "renamed", True
    if how == "translated" or old.hotkey != new.hotkey:
        return "changed", False
    return None


def _rest(old: RuleContent, new: RuleContent) -> list[Change]:
    found: list[Change] = []
    if old.guideline != new.guideline:
        found.append(Change(what="guideline", action="changed", major=False, before=old.guideline, after=new.guideline))
    for example in old.examples:
        if example not in new.examples:
            found.append(
                Change(what="example", action="removed", major=False, label=example.label, before=_plain(example))
            )
    for example in new.examples:
        if example not in old.examples:
            found.append(
                Change(what="example", action="added", major=False, label=example.label, after=_plain(example))
            )
    for field in type(old.checks).model_fields:
        before, after = getattr(old.checks, field), getattr(new.checks, field)
        if before != after:
            found.append(Change(what="checks", action="changed", major=False, field=field, before=before, after=after))
    return found
