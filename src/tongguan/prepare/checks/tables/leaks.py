"""Columns that give the target away: measured on rows that were held out, and told with the evidence in words.

Three ways. *Alone*: a predictor that sees nothing but this column is nearly always right. *Blank*: the column is filled
in for some classes and empty for the others, so that its blanks alone tell them apart. *After the fact*: its name says
that a model, a test or a person answered the same question (score of a regression, test result, diagnosis), and it does
go with the target.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tongguan.catalog.media.table import Column, Table
from tongguan.prepare.checks.tables import roles
from tongguan.prepare.checks.tables.alone import Alone, predict_alone, ranks_same

FEWEST_ROWS = 30
MOST_CLASSES = 100
# Of the errors of always naming the most frequent class, the share that the column alone must remove.
PERFECT = 0.95
PERFECT_AUROC = 0.99
ANSWER_AUROC = 0.7
ANSWER_REDUCTION = 0.3
SCORE_AUROC = 0.9


@dataclass(frozen=True, slots=True)
class Leak:
    """A leaking column. why: alone, blank, after; `detail`: the evidence; `auroc` where there are two sides."""

    column: str
    why: str
    detail: str
    auroc: float | None = None


def find_leaks(
    table: Table, target: Column, negative: str = "", skip: frozenset[str] = frozenset(), seed: int = 0
) -> list[Leak]:
    """Leaking columns of a table, in order. `skip` are columns that are no inputs anyway; ids are passed over.

    `negative` is the class against which all others are held as well (`Normal`); without it a level that says so is
    taken. Fewer than 30 labelled rows tell nothing: no leak.
    """
    others = [c for c in table.columns if c.name != target.name and c.name not in skip and c.type != "empty"]
    others = [c for c in others if not roles.is_named_id(c.name) and not roles.is_side(c)]
    if target.type == "number" and len(np.unique(target.numbers[~target.missing])) > MOST_CLASSES:
        return [leak for column in others if (leak := _same_figure(column, target))]
    classes = target.as_category()
    held = np.flatnonzero(classes.codes >= 0)
    if len(held) < FEWEST_ROWS or not 2 <= len(classes.levels) <= MOST_CLASSES:
        return []
    against = _negative(classes, negative)
    labels = classes.codes[held]
    found = []
    for column in others:
        if roles.is_unique(column) or column.type == "time":
            continue
        leak = _leak(column.take(held), labels, classes, against, seed)
        if leak is not None:
            found.append(leak)
    return _with_thresholds(found, table)


def _negative(classes: Column, negative: str) -> int | None:
    wanted = negative if negative in classes.levels else roles.negative_of(classes)
    if wanted is not None:
        return classes.levels.index(wanted)
    return 0 if len(classes.levels) == 2 else None


def _leak(column: Column, labels: NDArray[np.int32], classes: Column, against: int | None, seed: int) -> Leak | None:
    alone = predict_alone(column, labels, len(classes.levels), against, seed)
    name = f"column {column.name}"
    target = classes.name
    blank = _blank(column, labels, classes, against)
    if blank is not None:
        return Leak(column.name, "blank", f"{name}: {blank}", alone.auroc)
    if alone.reduction >= PERFECT or (alone.auroc or 0) >= PERFECT_AUROC:
        detail = (
            f"{name} alone predicts {target} on rows held out: {_figures(alone, classes, against)}. "
            "A column that good is an answer, not a measurement"
        )
        return Leak(column.name, "alone", detail, alone.auroc)
    if _is_answer(column.name, alone):
        detail = (
            f"{name}: its name says that it was computed after the fact, and on rows held out it alone predicts "
            f"{target}: {_figures(alone, classes, against)}{_purest(column, labels, classes, against)}"
        )
        return Leak(column.name, "after", detail, alone.auroc)
    return None


def _is_answer(name: str, alone: Alone) -> bool:
    auroc = alone.auroc or 0.0
    if roles.is_answer(name):
        return auroc >= ANSWER_AUROC or alone.reduction >= ANSWER_REDUCTION
    return roles.SCORE_WORDS.search(name.replace("_", " ")) is not None and auroc >= SCORE_AUROC


def _figures(alone: Alone, classes: Column, against: int | None) -> str:
    text = f"{alone.accuracy:.1%} right, where always naming the most frequent class is {alone.base:.1%}"
    if alone.auroc is None or against is None:
        return text
    if len(classes.levels) == 2:
        return f"{text}; AUROC {alone.auroc:.3f}"
    return f"{text}; AUROC {alone.auroc:.3f} for {classes.levels[against]} against the rest"


def _blank(column: Column, labels: NDArray[np.int32], classes: Column, against: int | None) -> str | None:
    """Words for blanks that alone tell one class, or the negative one, from all others."""
    missing = column.missing
    if not missing.any() or missing.all():
        return None
    candidates = range(len(classes.levels)) if against is None else (against,)
    for one in candidates:
        inside = labels == one
        if not 0 < int(inside.sum()) < len(labels):
            continue
        share_in, share_out = float(missing[inside].mean()), float(missing[~inside].mean())
        if abs(share_in - share_out) >= 0.98:
            return (
                f"blank in {int(missing[inside].sum()):,} of {int(inside.sum()):,} rows with {classes.name} = "
                f"{classes.levels[one]} and in {int(missing[~inside].sum()):,} of {int((~inside).sum()):,} others: "
                "whether it is filled in tells the target, so it was filled in once the answer was known"
            )
    return None


def _purest(column: Column, labels: NDArray[np.int32], classes: Column, against: int | None) -> str:
    """Words for a level of the column behind which nearly only one side stands."""
    if column.type != "category" or against is None:
        return ""
    for code, level in enumerate(column.levels):
        here = labels[column.codes == code]
        if len(here) < 10:
            continue
        off = int((here != against).sum())
        share = off / len(here)
        if share >= 0.95 or share <= 0.05:
            side = f"not {classes.levels[against]}" if share > 0.5 else classes.levels[against]
            count = off if share > 0.5 else len(here) - off
            return f"; of {len(here):,} rows with {level}, {count:,} are {side}"
    return ""


def _with_thresholds(leaks: list[Leak], table: Table) -> list[Leak]:
    """Adds to a two-valued column the number column that it is a threshold of, where that leaks too."""
    numbers = [table.column(leak.column) for leak in leaks if table.column(leak.column).type == "number"]
    found = []
    for leak in leaks:
        column = table.column(leak.column)
        words = next((text for number in numbers if (text := _threshold(column, number))), None)
        found.append(Leak(leak.column, leak.why, f"{leak.detail}; {words}", leak.auroc) if words else leak)
    return found


def _threshold(column: Column, number: Column) -> str | None:
    if column.type != "category" or len(column.levels) != 2 or column.name == number.name:
        return None
    held = (column.codes >= 0) & ~number.missing
    values, codes = number.numbers[held], column.codes[held]
    if len(np.unique(codes)) < 2:
        return None
    low, high = (0, 1) if values[codes == 0].mean() < values[codes == 1].mean() else (1, 0)
    top, bottom = values[codes == low].max(), values[codes == high].min()
    wrong = int((values[codes == low] >= bottom).sum())
    if top >= bottom and wrong > 0.02 * len(values):
        return None
    return f"it is {column.levels[high]} from {number.name} = {bottom:g} up, so one was computed from the other"


def _same_figure(column: Column, target: Column) -> Leak | None:
    if column.type != "number":
        return None
    held = ~column.missing & ~target.missing
    if int(held.sum()) < FEWEST_ROWS:
        return None
    rank = ranks_same(column.numbers[held], target.numbers[held])
    if rank < 0.999:
        return None
    detail = (
        f"column {column.name} goes up and down with {target.name} (rank correlation {rank:.4f}): the same figure again"
    )
    return Leak(column.name, "alone", detail)
