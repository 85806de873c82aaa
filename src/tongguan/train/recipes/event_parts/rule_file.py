"""Reading a file of rules: TOML, and errors that name the line."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence

from pydantic import ValidationError

from tongguan.train.recipes.base import UsageProblem
from tongguan.train.recipes.event_parts.rules import DEEPEST, Rules

NAME = "rules.toml"
_RULE = re.compile(r"^\s*\[\[\s*rules\s*\]\]")
_SAID = re.compile(r"rule (\d+) \(")


def read_rules(text: str, name: str = NAME) -> Rules:
    """The rules of a text. Raises UsageProblem with file, line, place and remedy."""
    if not text.strip():
        raise UsageProblem("rules_missing", f"{name}: no rules: put {NAME} into the data, or say rules=FILE")
    try:
        told = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _problem(name, None, f"it is no TOML: {error}") from error
    if _depth(told) > 2 * DEEPEST + 4:
        raise _problem(name, None, f"conditions lie within conditions more than {DEEPEST} deep")
    try:
        return Rules.model_validate(told)
    except ValidationError as error:
        first = error.errors()[0]
        place = [part for part in first["loc"] if not (isinstance(part, str) and part.endswith("]"))]
        words = str(first["msg"]).removeprefix("Value error, ")
        where = ".".join(str(part + 1) if isinstance(part, int) else part for part in place)
        message = f"{where}: {words}" if where else words
        raise _problem(name, line_of(text, place, words), message) from error


def _problem(name: str, line: int | None, words: str) -> UsageProblem:
    at = f" line {line}" if line is not None else ""
    return UsageProblem("rules_broken", f"{name}{at}: {words}", file=name, line=line)


def line_of(text: str, place: Sequence[int | str], words: str = "") -> int | None:
    """The line on which something stands: the rule by its number, and in it the first line with the innermost key."""
    lines = text.split("\n")
    begins = [at for at, line in enumerate(lines) if _RULE.match(line)]
    said = _SAID.match(words)
    number = int(said[1]) - 1 if said else place[1] if len(place) > 1 and place[0] == "rules" else None
    keys = [part for part in place if isinstance(part, str) and part != "rules"]
    first, last = 0, len(lines)
    if isinstance(number, int) and number < len(begins):
        first = begins[number]
        last = begins[number + 1] if number + 1 < len(begins) else len(lines)
    for key in reversed(keys):
        for at in range(first, last):
            if re.search(rf"(^|[\s{{,.\[\"']){re.escape(key)}[\"']?\s*[=\].]", lines[at].split("#")[0]):
                return at + 1
    return first + 1 if isinstance(number, int) and number < len(begins) else None


def _depth(value: object) -> int:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + max(map(_depth, inner), default=0)
