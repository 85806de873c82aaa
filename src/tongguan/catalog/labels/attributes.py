"""Agreement of two labels in their attributes: one rule for every label kind."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Mapping

from tongguan.catalog.labels.base import AttributeValue

Attributes = Mapping[str, AttributeValue]


def same_value(first: AttributeValue | None, second: AttributeValue | None) -> bool:
    """Whether two values say the same.

    Texts are compared without regard to how their characters are composed and to the number of spaces, lists without
    regard to their order; a flag is never a number, and one that nobody ticked is false. Example: "A  12 " is "A 12",
    3 is 3.0, True is not 1.
    """
    if first is None or second is None:
        return first is second or first is False or second is False
    if isinstance(first, str) and isinstance(second, str):
        return _plain(first) == _plain(second)
    if isinstance(first, list) and isinstance(second, list):
        return sorted(map(_plain, first)) == sorted(map(_plain, second))
    return isinstance(first, bool) == isinstance(second, bool) and first == second


def stated(right: Attributes, judged: Collection[str]) -> tuple[str, ...]:
    """The judged attributes that a right label states: what it leaves open is not judged."""
    return tuple(sorted(key for key in judged if right.get(key) not in (None, "", [])))


def differing(given: Attributes, right: Attributes, judged: Collection[str]) -> tuple[str, ...]:
    """The judged attributes that the right label states and the given one does not state alike."""
    return tuple(key for key in stated(right, judged) if not same_value(given.get(key), right[key]))


def value_text(value: AttributeValue | None) -> str:
    """A value as a table of confusions shows it; "" for none."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ", ".join(sorted(map(_plain, value)))
    return _plain(value) if isinstance(value, str) else f"{value:g}"


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())
