"""Imported labels as the rules know them: names become label classes, and the machine checks have their say. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tongguan.rules.interface import Problem, RuleVersion, check_labels

# An import rarely states attributes: they are asked for where a person's answer is stored, not of gold and pre-labels.
LENIENT = frozenset({"label.missing_attribute"})


@dataclass(frozen=True, slots=True)
class Translated:
    """One item's labels in terms of the rules. `unmapped` names stop it, `problems` are what the rules refuse."""

    labels: list[dict[str, Any]]
    nothing: bool
    left_out: int
    unmapped: list[str]
    problems: list[Problem]


def translate(
    labels: Sequence[Mapping[str, Any]],
    mapping: Mapping[str, str | None],
    rules: RuleVersion,
    size: tuple[int, int],
    lenient: bool,
) -> Translated:
    """Translates raw records of a picture of `size` (width, height in pixels; 0 = unknown).

    A name mapped to None leaves its labels out: the rules do not ask for it, so an item with no other label says
    "nothing here". `lenient` lets required attributes be missing.
    """
    unmapped = sorted({str(label["label"]) for label in labels if str(label["label"]) not in mapping})
    kept = [label for label in labels if mapping.get(str(label["label"])) is not None]
    made = [
        {**label, "label": mapping[str(label["label"])], "id": f"i{number}", "score": None, "origin": None}
        for number, label in enumerate(kept, start=1)
    ]
    nothing = not made
    width, height = size
    problems = check_labels(rules, made, nothing, width or None, height or None) if not unmapped else []
    if lenient:
        problems = [problem for problem in problems if problem.code not in LENIENT]
    return Translated(made, nothing, len(labels) - len(kept), unmapped, problems)
