"""The scale: which grade comes after which, and the answer on it."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tongguan.catalog.labels.class_ import ClassLabel
from tongguan.train.recipes.base import LEAST_SCORE, RecipeError
from tongguan.train.recipes.calibration import classes_of
from tongguan.train.recipes.items import Item

MOST_GRADES = 100
_NUMBER = re.compile(r"\d+(?:\.\d+)?")


def scale_of(items: Sequence[Item], order: str) -> tuple[str, ...]:
    """The grades of the items from the lowest on. Raises RecipeError where their order cannot be known."""
    names = classes_of(items)
    if len(names) > MOST_GRADES:
        raise RecipeError(
            "too_many_grades", f"{len(names)} label classes are no scale of grades: at most {MOST_GRADES}"
        )
    if order.strip():
        asked = tuple(name.strip() for name in order.replace("，", ",").split(",") if name.strip())
        missing = sorted(set(names) - set(asked))
        if missing or len(set(asked)) != len(asked):
            raise RecipeError(
                "order_incomplete", f"order must name each grade once; missing: {', '.join(missing) or '–'}"
            )
        return tuple(name for name in asked if name in names)
    marks = [label for item in items for label in item.records() if isinstance(label, ClassLabel)]
    places = {mark.label: mark.grade for mark in marks if mark.grade is not None}
    if set(places) == set(names) and len(set(places.values())) == len(names):
        return tuple(sorted(names, key=lambda name: places[name] or 0))
    numbers = {name: _NUMBER.findall(name) for name in names}
    values = {name: float(found[0]) for name, found in numbers.items() if len(found) == 1}
    if len(values) == len(names) and len(set(values.values())) == len(names):
        return tuple(sorted(names, key=lambda name: values[name]))
    listed = ",".join(names)
    raise RecipeError("order_unknown", f"which grade comes first is not known: say --set order={listed} in their order")


def grade_mark(scale: Sequence[str], shares: NDArray[np.float64]) -> ClassLabel:
    """(grades,) probabilities -> the middle grade: the lowest that at least half of the probability does not pass. It
    has the least expected distance in grades; the likeliest grade need not have."""
    place = int(np.searchsorted(np.cumsum(shares), 0.5))
    place = min(place, len(scale) - 1)
    known = {name: min(1.0, max(0.0, round(float(share), 6))) for name, share in zip(scale, shares, strict=True)}
    return ClassLabel(
        label=scale[place],
        score=max(LEAST_SCORE, known[scale[place]]),
        scores=known,
        grade=place,
        grades=len(scale),
    )
