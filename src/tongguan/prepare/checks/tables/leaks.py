"""Columns that give the target away: measured on rows that were held out, and told with the evidence in words.

Three ways. *Alone*: a predictor that sees nothing but this column is nearly always right. *Blank*: the column is filled
in for some classes and empty for the others, so that its blanks alone tell them apart. *After the fact*: its name says
that a model, a test or a person answered the same question (score of a regression, test result, diagnosis), and it does
go with the target.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tongguan.catalog.media.table import Column, Table
from tongguan.prepare.checks.tables import roles
from tongguan.prepare.checks.tables.alone import Alone, predict_alone, ranks_same

FEWEST_ROWS = 30
# Of a longer table as many rows at random are looked at: the figures are then exact to about half a per cent.
MOST_ROWS = 50_000
MOST_CLASSES = 100
# Of the errors of always naming the most frequent class, the share that the column alone must remove.
PERFECT = 0.95
PERFECT_AUROC = 0.99
ANSWER_AUROC = 0.7
ANSWER_REDUCTION = 0.3
SCORE_AUROC = 0.9
BLANK = 0.98


@dataclass(frozen=True, slots=True)
class Leak:
    """A leaking column. why: alone, blank, after; `detail`: the evidence; `auroc` where there are two sides."""

    column: str
    why: str
    detail: str
    auroc: float | None = None
    zh: str = ""


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
    if len(held) > MOST_ROWS:
        held = np.sort(np.random.default_rng(seed).choice(held, MOST_ROWS, replace=False))
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
    name, target = column.name, classes.name
    blank = _blank(column, labels, classes, against)
    if blank is not None:
        return Leak(name, "blank", f"column {name}: {blank[0]}", alone.auroc, f"列 {name}：{blank[1]}")
    english, chinese = _figures(alone, classes, against)
    if alone.reduction >= PERFECT or (alone.auroc or 0) >= PERFECT_AUROC:
        detail = (
            f"column {name} alone predicts {target} on rows held out: {english}. A column that good is an answer, "
            "not a measurement"
        )
        zh = f"仅凭列 {name} 就能在留出的行上预测 {target}：{chinese}。好到这个程度的列是答案，不是测量值"
        return Leak(name, "alone", detail, alone.auroc, zh)
    if _is_answer(name, alone):
        pure, rein = _purest(column, labels, classes, against)
        detail = (
            f"column {name}: its name says that it was computed after the fact, and on rows held out it alone predicts "
            f"{target}: {english}{pure}"
        )
        zh = f"列 {name}：从名称看是事后算出的，且在留出的行上仅凭它就能预测 {target}：{chinese}{rein}"
        return Leak(name, "after", detail, alone.auroc, zh)
    return None


def _is_answer(name: str, alone: Alone) -> bool:
    auroc = alone.auroc or 0.0
    if roles.is_answer(name):
        return auroc >= ANSWER_AUROC or alone.reduction >= ANSWER_REDUCTION
    return roles.SCORE_WORDS.search(name.replace("_", " ")) is not None and auroc >= SCORE_AUROC


def _figures(alone: Alone, classes: Column, against: int | None) -> tuple[str, str]:
    text = f"{alone.accuracy:.1%} right, where always naming the most frequent class is {alone.base:.1%}"
    zh = f"正确率 {alone.accuracy:.1%}（总猜最多的一类为 {alone.base:.1%}）"
    if alone.auroc is None or against is None:
        return text, zh
    if len(classes.levels) == 2:
        return f"{text}; AUROC {alone.auroc:.3f}", f"{zh}；AUROC {alone.auroc:.3f}"
    level = classes.levels[against]
    return (
        f"{text}; AUROC {alone.auroc:.3f} for {level} against the rest",
        f"{zh}；{level} 对其余的 AUROC 为 {alone.auroc:.3f}",
    )


def _blank(column: Column, labels: NDArray[np.int32], classes: Column, against: int | None) -> tuple[str, str] | None:
    """Words for blanks that alone tell one class, or the negative one, from all others."""
    missing = column.missing
    if not missing.any() or missing.all():
        return None
    candidates = range(len(classes.levels)) if against is None else (against,)
    for one in candidates:
        inside = labels == one
        if not 0 < int(inside.sum()) < len(labels):
            continue
        if abs(float(missing[inside].mean()) - float(missing[~inside].mean())) < BLANK:
            continue
        here = f"{int(missing[inside].sum()):,}", f"{int(inside.sum()):,}"
        there = f"{int(missing[~inside].sum()):,}", f"{int((~inside).sum()):,}"
        level = f"{classes.name} = {classes.levels[one]}"
        return (
            f"blank in {here[0]} of {here[1]} rows with {level} and in {there[0]} of {there[1]} others: whether it is "
            "filled in tells the target, so it was filled in once the answer was known",
            f"{level} 的 {here[1]} 行中 {here[0]} 行为空，其余 {there[1]} 行中 {there[0]} 行为空："
            "填没填就说明了目标，是知道答案之后才填的",
        )
    return None


def _purest(column: Column, labels: NDArray[np.int32], classes: Column, against: int | None) -> tuple[str, str]:
    """Words for a level of the column behind which nearly only one side stands."""
    if column.type != "category" or against is None:
        return "", ""
    for code, level in enumerate(column.levels):
        here = labels[column.codes == code]
        if len(here) < 10:
            continue
        off = int((here != against).sum())
        share = off / len(here)
        if share >= 0.95 or share <= 0.05:
            negative = classes.levels[against]
            count = off if share > 0.5 else len(here) - off
            side, side_zh = (f"not {negative}", f"不是 {negative}") if share > 0.5 else (negative, f"是 {negative}")
            return (
                f"; of {len(here):,} rows with {level}, {count:,} are {side}",
                f"；{level} 的 {len(here):,} 行中 {count:,} 行{side_zh}",
            )
    return "", ""


def _with_thresholds(leaks: list[Leak], table: Table) -> list[Leak]:
    """Adds to a two-valued column the number column that it is a threshold of, where that leaks too."""
    numbers = [table.column(leak.column) for leak in leaks if table.column(leak.column).type == "number"]
    found = []
    for leak in leaks:
        column = table.column(leak.column)
        words = next((text for number in numbers if (text := _threshold(column, number))), None)
        if words is not None:
            leak = replace(leak, detail=f"{leak.detail}; {words[0]}", zh=f"{leak.zh}；{words[1]}")
        found.append(leak)
    return found


def _threshold(column: Column, number: Column) -> tuple[str, str] | None:
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
    level, start = column.levels[high], f"{number.name} = {bottom:g}"
    return (
        f"it is {level} from {start} up, so one was computed from the other",
        f"{start} 起都是 {level}，一列由另一列算出",
    )


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
    zh = f"列 {column.name} 与 {target.name} 同升同降（秩相关 {rank:.4f}）：是同一个数"
    return Leak(column.name, "alone", detail, zh=zh)
