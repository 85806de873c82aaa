"""Turning what a file says into labels, with one wording for everything that is refused."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from pydantic import ValidationError

from tongguan.catalog.formats.base import Report
from tongguan.catalog.formats.text import name_problem
from tongguan.catalog.labels.base import AttributeValue, LabelRecord
from tongguan.catalog.labels.box import BoxLabel
from tongguan.catalog.labels.class_ import ClassLabel
from tongguan.catalog.labels.registry import LABEL_KINDS

# The check of the model itself, without the frame that calling the model puts round it.
_BOX: Callable[[dict[str, Any]], BoxLabel] = BoxLabel.__pydantic_validator__.validate_python


class ItemMarks:
    """Labels of one item while it is read: what fits is kept, the rest is counted and refused once per reason."""

    def __init__(self, item: str, report: Report) -> None:
        self.item = item
        self.labels: list[LabelRecord] = []
        self._report = report
        self._refused: dict[tuple[str, str, str | None], int] = {}

    def box(
        self,
        label: str,
        edges: tuple[float, float, float, float],
        attributes: Mapping[str, AttributeValue] | None = None,
        score: float | None = None,
        identity: str = "",
    ) -> None:
        """Adds a box from left, top, width, height in pixels, or refuses it with the reason."""
        problem = name_problem(label) or box_problem(edges)
        if problem:
            self.refuse("box", problem, check="zero_area" if "negative" in problem else None)
            return
        x, y, width, height = edges
        fields: dict[str, Any] = {"label": label, "x": x, "y": y, "width": width, "height": height}
        if attributes:
            fields["attributes"] = dict(attributes)
        if score is not None:
            fields["score"] = score
        if identity:
            fields["id"] = identity[:64]
        try:
            made = _BOX(fields)
        except ValidationError as error:
            self.refuse("box", first_error(error))
            return
        self.labels.append(made)
        self._report.count("box")

    def class_(
        self,
        label: str,
        attributes: Mapping[str, AttributeValue] | None = None,
        score: float | None = None,
        identity: str = "",
    ) -> None:
        """Adds a class of the whole item, or refuses it with the reason."""
        problem = name_problem(label)
        if problem:
            self.refuse("class", problem)
            return
        try:
            made = ClassLabel(label=label, attributes=dict(attributes or {}), score=score, id=identity[:64])
        except ValidationError as error:
            self.refuse("class", first_error(error))
            return
        self.labels.append(made)
        self._report.count("class")

    def add(
        self,
        label: str,
        shape: tuple[str, Mapping[str, Any]],
        attributes: Mapping[str, AttributeValue] | None = None,
        score: float | None = None,
        identity: str = "",
    ) -> None:
        """Adds a label from its kind and the fields of that kind's schema, or refuses it with the reason."""
        kind, fields = shape
        known = LABEL_KINDS.get(kind)
        problem = name_problem(label)
        if known is None:
            self.unsupported(kind, f"labels of kind {kind} cannot be held here")
            return
        if problem:
            self.refuse(kind, problem)
            return
        made: dict[str, Any] = {"label": label, "attributes": dict(attributes or {}), "score": score}
        try:
            self.labels.append(known.schema.model_validate({**made, "id": identity[:64], **fields}))
        except ValidationError as error:
            self.refuse(kind, first_error(error))
            return
        self._report.count(kind)

    def unsupported(self, kind: str, reason: str) -> None:
        """Counts a label of a kind that cannot be held, and refuses it: never flattened into another kind."""
        self._report.count(kind)
        self.refuse(kind, reason)

    def refuse(self, kind: str, reason: str, check: str | None = None) -> None:
        """Refuses one mark."""
        key = kind, reason, check
        self._refused[key] = self._refused.get(key, 0) + 1

    def settle(self) -> tuple[LabelRecord, ...] | None:
        """The labels; None where all of them were refused, since "nothing here" would be untrue."""
        for (kind, reason, check), count in self._refused.items():
            self._report.refuse(self.item, kind, reason, count, check)
        if not self.labels and self._refused:
            return None
        return tuple(self.labels)


def box_problem(edges: Iterable[float]) -> str | None:
    """Why four numbers cannot be a box, or None."""
    x, y, width, height = edges
    if -1e7 <= x <= 1e7 and -1e7 <= y <= 1e7 and 0 <= width <= 1e7 and 0 <= height <= 1e7:
        return None
    if not all(math.isfinite(value) for value in (x, y, width, height)):
        return "a coordinate is not a number"
    if width < 0 or height < 0:
        return f"the size is negative: {width:g} x {height:g} px"
    if max(abs(x), abs(y), width, height) > 1e7:
        return "a coordinate is larger than 10,000,000 px"
    return None


def number(value: object) -> float:
    """A number out of a file; NaN where it is none, which `box_problem` names."""
    if type(value) is float:
        return value
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return math.nan
    try:
        return float(value)
    except (ValueError, OverflowError):
        return math.nan


def first_error(error: ValidationError) -> str:
    """The first complaint, with its field, without the value (which may be megabytes)."""
    found = error.errors(include_url=False, include_input=False, include_context=False)[0]
    return f"{'.'.join(str(part) for part in found['loc'])}: {found['msg']}"[:300]


def clean_attributes(raw: object) -> dict[str, AttributeValue]:
    """Attributes of a JSON file as they can be stored: text, truth, number, list of texts; others as text."""
    if not isinstance(raw, dict):
        return {}
    clean: dict[str, AttributeValue] = {}
    for key, value in raw.items():
        if isinstance(value, (str, bool)):
            clean[str(key)] = value
        elif isinstance(value, (int, float)):
            clean[str(key)] = float(value)
        elif isinstance(value, list) and all(isinstance(part, str) for part in value):
            clean[str(key)] = value
        elif value is not None:
            clean[str(key)] = str(value)
    return clean
