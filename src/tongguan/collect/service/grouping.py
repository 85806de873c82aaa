"""Group keys: which items belong together (a plate, a patient), so that a split never parts them.

A rule is `none`, `folder`, `pattern:REGEX` (one group, matched at the start of the name, then of the file name
without its folders) or `column:NAME` (of manifest.csv). A pattern comes from a person and runs on a million names, so
it is parsed first and refused when it could take long.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import PurePosixPath
from typing import Any

from tongguan.core.errors import Invalid

NAME_LIMIT = 255
# The most positions that a backtracking matcher may try on one name: about a tenth of a second.
WORK_LIMIT = 4_000_000
GroupRule = Callable[[str, Mapping[str, str]], str | None]

_parser: Any = importlib.import_module("re._parser")  # no public way to see a pattern's structure


def group_rule(rule: str) -> GroupRule:
    """The function that gives an item's group key from its name and its row of the manifest; None = no group.

    Raises Invalid (`collect.group_rule`) when the rule is not understood or unsafe.
    """
    kind, _, value = rule.strip().partition(":")
    if kind in ("", "none"):
        return lambda _name, row: row.get("group") or None
    if kind == "folder":
        return _folder
    if kind == "column" and value:
        column = value.strip().lower()
        return lambda _name, row: row.get(column) or None
    if kind in ("pattern", "regex") and value:
        return _matcher(safe_pattern(value))
    if rule.lstrip().startswith(("^", "(")):
        return _matcher(safe_pattern(rule.strip()))
    raise Invalid(
        "collect.group_rule",
        "The group rule must be none, folder, column:NAME or pattern:REGEX.",
        {"field": "group_rule", "value": rule[:200]},
    )


def safe_pattern(source: str) -> re.Pattern[str]:
    """Compiles a pattern with exactly one group whose matching time is bounded. Invalid otherwise."""
    if len(source) > 200:
        raise _refuse("is longer than 200 characters", source)
    try:
        tree = _parser.parse(source)
        compiled = re.compile(source)
    except (re.error, OverflowError, RecursionError) as error:
        raise _refuse(f"is not a regular expression: {error}", source) from None
    if compiled.groups != 1:
        raise _refuse("must have exactly one group in brackets", source)
    if _work(tree, source, repeated=False) > WORK_LIMIT:
        raise _refuse("could take too long: use fewer * + ? parts", source)
    return compiled


def _work(nodes: Iterable[tuple[Any, Any]], source: str, repeated: bool) -> int:
    """How many ways a matcher may have to try, as the product over the parts that can vary."""
    total = 1
    for operation, value in nodes:
        total *= _ways(str(operation), value, source, repeated)
        if total > WORK_LIMIT:
            break
    return total


def _ways(operation: str, value: Any, source: str, repeated: bool) -> int:
    if operation in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
        low, high, body = value
        high = min(int(high), NAME_LIMIT)
        if repeated and high > 1:
            raise _refuse("repeats a part that repeats already", source)
        return max(1, high - int(low) + 1) * _work(body, source, repeated or high > 1)
    if operation == "BRANCH":
        if repeated:
            raise _refuse("repeats a choice (a|b)*", source)
        return sum(_work(branch, source, repeated) for branch in value[1])
    if operation == "SUBPATTERN":
        return _work(value[3], source, repeated)
    if operation == "ATOMIC_GROUP":
        return _work(value, source, repeated)
    if operation in ("GROUPREF", "GROUPREF_EXISTS", "ASSERT", "ASSERT_NOT"):
        raise _refuse("uses a back reference or a look-around", source)
    return 1


def _matcher(pattern: re.Pattern[str]) -> GroupRule:
    def match(name: str, _row: Mapping[str, str]) -> str | None:
        found = pattern.match(name[:NAME_LIMIT]) or pattern.match(PurePosixPath(name).name[:NAME_LIMIT])
        return (found.group(1) or None) if found else None

    return match


def _folder(name: str, _row: Mapping[str, str]) -> str | None:
    parent = str(PurePosixPath(name).parent)
    return None if parent == "." else parent


def _refuse(reason: str, source: str) -> Invalid:
    return Invalid(
        "collect.group_rule",
        f"The pattern of the group rule {reason}.",
        {"field": "group_rule", "pattern": source[:200], "reason": reason},
    )
