"""Machine checks at submit: what the rules of a version say about an answer. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from tongguan.catalog.labels.base import AttributeValue, LabelRecord, label_key
from tongguan.catalog.labels.registry import LABEL_KINDS
from tongguan.rules.schemas import Attribute, Checks, LabelClass, Problem, RuleVersion

_MESSAGES = {
    "label_outside": ("label.outside", "The label reaches outside the picture."),
    "zero_area": ("label.zero_area", "The label has no area."),
}


def check_answer(
    rules: RuleVersion, labels: Sequence[Mapping[str, Any]], nothing: bool, width: int | None, height: int | None
) -> list[Problem]:
    """Everything that the rules refuse in an answer; empty = it may be submitted.

    `labels` are raw records; `width` and `height` are the picture's pixels (None: media without a size, where
    bounds are not checked). Codes: answer.empty, answer.nothing_with_labels, label.malformed, label.duplicate_id,
    label.unknown_class, label.wrong_kind, label.outside, label.zero_area, label.too_small, label.missing_attribute,
    label.unknown_attribute, label.unknown_value.
    """
    found: list[Problem] = []
    if nothing and labels:
        found.append(
            Problem(
                code="answer.nothing_with_labels",
                label_id="",
                message='The answer says "nothing here" and has labels.',
                params={"labels": len(labels)},
            )
        )
    if not nothing and not labels and rules.checks.require_any:
        found.append(
            Problem(code="answer.empty", label_id="", message='Draw at least one label, or say "nothing here".')
        )
    classes = {entry.key: entry for entry in rules.label_set}
    seen: set[str] = set()
    for raw in labels:
        name = str(raw.get("id") or "")[:64]
        if name and name in seen:
            found.append(Problem(code="label.duplicate_id", label_id=name, message="Two labels have the same id."))
        seen.add(name)
        found += _check_label(raw, name, classes, rules.checks, (width, height))
    return found


def _check_label(
    raw: Mapping[str, Any],
    name: str,
    classes: Mapping[str, LabelClass],
    checks: Checks,
    size: tuple[int | None, int | None],
) -> list[Problem]:
    key = label_key(raw)
    entry = classes.get(str(raw.get("label", "")))
    if entry is None:
        return [
            Problem(
                code="label.unknown_class",
                label_id=name,
                message=f"The rules have no label class {key!r}.",
                params={"label": key},
            )
        ]
    kind = LABEL_KINDS.get(str(raw.get("kind", "")))
    if kind is None or kind.id != entry.kind:
        return [
            Problem(
                code="label.wrong_kind",
                label_id=name,
                message=f"Labels of the class {key!r} are of kind {entry.kind}.",
                params={"label": key, "kind": str(raw.get("kind", ""))[:40], "expected": entry.kind},
            )
        ]
    try:
        label = kind.schema.model_validate(raw)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        where = ".".join(str(part) for part in first["loc"])[:100]
        return [
            Problem(
                code="label.malformed",
                label_id=name,
                message=f"The label is not well formed: {where}: {first['msg'][:200]}.",
                params={"field": where, "reason": first["msg"][:200]},
            )
        ]
    return [*_geometry(label, name, checks, size), *_attributes(label, name, entry)]


def _geometry(label: LabelRecord, name: str, checks: Checks, size: tuple[int | None, int | None]) -> list[Problem]:
    kind = LABEL_KINDS[label.kind]
    found: list[Problem] = []
    width, height = size
    if width is not None and height is not None:
        for check in kind.problems(label, width, height):
            code, message = _MESSAGES.get(check, (f"label.{check}", f"The label fails the check {check}."))
            found.append(
                Problem(
                    code=code,
                    label_id=name,
                    message=message,
                    params={"label": label.label, "width": width, "height": height},
                )
            )
    extent = kind.bounds(label) if kind.sized else None
    zero = any(problem.code == "label.zero_area" for problem in found)
    if extent is not None and not zero and (extent.width < checks.min_width or extent.height < checks.min_height):
        found.append(
            Problem(
                code="label.too_small",
                label_id=name,
                message=(
                    f"The label is {extent.width:g} × {extent.height:g} px; "
                    f"the rules ask for at least {checks.min_width:g} × {checks.min_height:g} px."
                ),
                params={
                    "label": label.label,
                    "width": extent.width,
                    "height": extent.height,
                    "min_width": checks.min_width,
                    "min_height": checks.min_height,
                },
            )
        )
    return found


def _attributes(label: LabelRecord, name: str, entry: LabelClass) -> list[Problem]:
    found: list[Problem] = []
    for attribute in entry.attributes:
        if attribute.required and label.attributes.get(attribute.key) in (None, "", []):
            found.append(
                Problem(
                    code="label.missing_attribute",
                    label_id=name,
                    message=f"The attribute {attribute.key!r} is needed.",
                    params={"label": entry.key, "attribute": attribute.key},
                )
            )
    for key, value in label.attributes.items():
        known = entry.attribute(key)
        if known is None:
            found.append(
                Problem(
                    code="label.unknown_attribute",
                    label_id=name,
                    message=f"The class {entry.key!r} has no attribute {key[:80]!r}.",
                    params={"label": entry.key, "attribute": key[:80]},
                )
            )
        elif value not in ("", []) and not _fits(known, value):
            found.append(
                Problem(
                    code="label.unknown_value",
                    label_id=name,
                    message=f"The attribute {key!r} cannot be {str(value)[:80]!r}.",
                    params={"label": entry.key, "attribute": key, "value": str(value)[:80]},
                )
            )
    return found


def _fits(attribute: Attribute, value: AttributeValue) -> bool:
    """Whether the value is of the attribute's type (a bool is no number)."""
    if attribute.type == "choice":
        return isinstance(value, str) and value in {option.value for option in attribute.options}
    if attribute.type == "flag":
        return isinstance(value, bool)
    if attribute.type == "text":
        return isinstance(value, str)
    return isinstance(value, int | float) and not isinstance(value, bool)
