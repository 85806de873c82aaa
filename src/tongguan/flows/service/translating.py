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
    left_out_attributes: int = 0


def translate(
    labels: Sequence[Mapping[str, Any]],
    mapping: Mapping[str, str | None],
    rules: RuleVersion,
    size: tuple[int, int],
    lenient: bool,
) -> Translated:
    """Translates raw records of a picture of `size` (width, height in pixels; 0 = unknown).

    A name mapped to None leaves its labels out: the rules do not ask for it, so an item with no other label says
    "nothing here". `lenient` lets required attributes be missing. Attributes that the label class does not have, such
    as VOC's `truncated` and `difficult`, are left out: nobody can say what they mean here.
    """
    unmapped = sorted({str(label["label"]) for label in labels if str(label["label"]) not in mapping})
    kept = [label for label in labels if mapping.get(str(label["label"])) is not None]
    made = [
        {
            **label,
            "label": mapping[str(label["label"])],
            "id": f"i{number}",
            "attributes": _known(label, mapping, rules),
            "score": None,
            "origin": None,
        }
        for number, label in enumerate(kept, start=1)
    ]
    lost = sum(len(label.get("attributes") or ()) for label in kept) - sum(len(label["attributes"]) for label in made)
    nothing = not made
    width, height = size
    problems = check_labels(rules, made, nothing, width or None, height or None) if not unmapped else []
    if lenient:
        problems = [problem for problem in problems if problem.code not in LENIENT]
    return Translated(made, nothing, len(labels) - len(kept), unmapped, problems, lost)


def _known(label: Mapping[str, Any], mapping: Mapping[str, str | None], rules: RuleVersion) -> dict[str, Any]:
    entry = rules.label_class(mapping[str(label["label"])] or "")
    names = {attribute.key for attribute in entry.attributes} if entry else set()
    return {key: value for key, value in (label.get("attributes") or {}).items() if key in names}
