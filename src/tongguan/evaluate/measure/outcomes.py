"""What became of every label of an item at the operating threshold: right, wrong class, missed, invented.

Right are the matches that precision and recall count: within a label class, by falling score, each takes the free
drawn box with the largest overlap from 0.5 on. What is left over is then matched over all classes: that is a wrong
class. A drawn box that nothing took was missed, a found one that took nothing was invented. A span is right where
start, end and class are; the same stretch with another class is a wrong class; other borders are a miss and an
invention. Tracks, events and cuboids are matched as boxes are, by the agreement of their label kind.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from tongguan.catalog.labels.base import LabelRecord
from tongguan.catalog.labels.box import BoxLabel
from tongguan.catalog.labels.class_ import ClassLabel
from tongguan.catalog.labels.preference import PreferenceLabel
from tongguan.catalog.labels.registry import LABEL_KINDS
from tongguan.catalog.labels.sound_segment import SoundSegmentLabel
from tongguan.catalog.labels.span import SpanLabel
from tongguan.catalog.labels.turn_edit import TurnEditLabel
from tongguan.catalog.metrics.answers import ANSWER
from tongguan.catalog.metrics.boxes import overlaps
from tongguan.catalog.metrics.texts import SPEECH, characters
from tongguan.evaluate.measure.judged import Judged
from tongguan.train.recipes.judges.preferences import OTHER, agrees
from tongguan.train.recipes.judges.shapes import turned_boxes
from tongguan.train.recipes.judges.transcripts import said_in
from tongguan.train.recipes.judging import judge_of
from tongguan.train.recipes.picture_parts.areas import areal

Overlaps = np.ndarray[Any, np.dtype[np.float64]]
BACKGROUND = ""
"""The name of background beside the label classes: drawn but missed, found but not drawn."""
OTHER_TEXT = "other text"
"""What was found, among the pairs, where the text is not the true one."""
OVERLAP = 0.5
ALIKE = {"tracking": ("track", 0.5), "events": ("interval", 0.5), "cuboids": ("cuboid", 0.25)}
"""Tasks whose marks are matched by the agreement of their kind, and from which agreement on."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """truth and found: the labels with their state: right, wrong, missed or invented. cells: (drawn class, found class)
    with counts; background is ''."""

    at: int
    truth: tuple[tuple[LabelRecord, str], ...]
    found: tuple[tuple[LabelRecord, str], ...]
    cells: dict[tuple[str, str], int]

    @property
    def counts(self) -> dict[str, int]:
        """right, wrong, missed, invented."""
        out = dict.fromkeys(("right", "wrong", "missed", "invented"), 0)
        for (drawn, found), count in self.cells.items():
            key = "missed" if found == BACKGROUND else "invented" if drawn == BACKGROUND else "wrong"
            out["right" if drawn == found else key] += count
        return out


def outcomes(task: str, judged: Sequence[Judged], threshold: float) -> list[Outcome]:
    """One outcome per item, in order."""
    how = _HOW.get(task, _of_class)
    # A screening's mark is already the decision at its threshold.
    least = 0.0 if task == "screening" else threshold
    return [how(at, one, least) for at, one in enumerate(judged)]


def _of_class(at: int, one: Judged, threshold: float) -> Outcome:
    drawn = [label for label in one.truth if isinstance(label, ClassLabel)][:1]
    marks = [mark for mark in one.above(threshold) if isinstance(mark, ClassLabel)][:1]
    pair = (drawn[0].label if drawn else BACKGROUND, marks[0].label if marks else BACKGROUND)
    state = "right" if pair[0] == pair[1] else "wrong"
    return Outcome(
        at,
        tuple((label, state if marks else "missed") for label in drawn),
        tuple((mark, state if drawn else "invented") for mark in marks),
        {pair: 1} if any(pair) else {},
    )


def _of_oddity(at: int, one: Judged, threshold: float) -> Outcome:
    """A good picture is background: what is wrong with the others counts once, whatever was drawn round it."""
    del threshold  # the verdict is already the decision
    item = one.metric_item("picture-anomaly")
    odd, called = item.is_positive(), item.called()
    pair = (item.truth if odd else BACKGROUND, item.found if called else BACKGROUND)
    return Outcome(
        at,
        tuple((label, "right" if called else "missed") for label in one.truth if odd),
        tuple((mark, "right" if odd else "invented") for mark in one.found if called),
        {pair: 1} if any(pair) else {},
    )


def _of_text(at: int, one: Judged, threshold: float) -> Outcome:
    """The whole text: right, or wrong however little it differs."""
    drawn = [label for label in one.truth if isinstance(label, SoundSegmentLabel) and label.label == SPEECH]
    marks = [mark for mark in one.above(threshold) if isinstance(mark, SoundSegmentLabel) and mark.label == SPEECH]
    same = characters(said_in(drawn)) == characters(said_in(marks))
    state = "right" if same else "wrong"
    pair = (SPEECH if drawn else BACKGROUND, (SPEECH if same else OTHER_TEXT) if marks else BACKGROUND)
    return Outcome(
        at,
        tuple((label, state if marks else "missed") for label in drawn),
        tuple((mark, state if drawn else "invented") for mark in marks),
        {pair: 1} if any(pair) else {},
    )


def _of_answer(at: int, one: Judged, threshold: float) -> Outcome:
    """The answer to the last question: right where it is the written one, blanks aside."""
    marks = [mark for mark in one.above(threshold) if isinstance(mark, TurnEditLabel)][:1]
    edits = [label for label in one.truth if isinstance(label, TurnEditLabel)]
    drawn = [label for label in edits if not marks or label.turn == marks[0].turn][-1:]
    same = [characters(label.text) for label in drawn] == [characters(mark.text) for mark in marks]
    state = "right" if same else "wrong"
    pair = (ANSWER if drawn else BACKGROUND, (ANSWER if same else OTHER_TEXT) if marks else BACKGROUND)
    return Outcome(
        at,
        tuple((label, state if marks else "missed") for label in drawn),
        tuple((mark, state if drawn else "invented") for mark in marks),
        {pair: 1} if any(pair) else {},
    )


def _of_preference(at: int, one: Judged, threshold: float) -> Outcome:
    """One comparison: right where the model prefers what people prefer."""
    drawn = [label for label in one.truth if isinstance(label, PreferenceLabel)][:1]
    marks = [mark for mark in one.above(threshold) if isinstance(mark, PreferenceLabel)][:1]
    same = bool(drawn and marks) and agrees(drawn[0], marks[0])
    state = "right" if same else "wrong"
    given = (drawn[0].label if same else OTHER) if marks else BACKGROUND
    pair = (drawn[0].label if drawn else BACKGROUND, given)
    return Outcome(
        at,
        tuple((label, state if marks else "missed") for label in drawn),
        tuple((mark, state if drawn else "invented") for mark in marks),
        {pair: 1} if any(pair) else {},
    )


def _of_spans(at: int, one: Judged, threshold: float) -> Outcome:
    drawn = {(label.start, label.end): label for label in one.truth if isinstance(label, SpanLabel)}
    marks = {(mark.start, mark.end): mark for mark in reversed(one.above(threshold)) if isinstance(mark, SpanLabel)}
    cells: Counter[tuple[str, str]] = Counter()
    truth_states, found_states = [], []
    for place, label in drawn.items():
        other = marks[place].label if place in marks else BACKGROUND
        cells[label.label, other] += 1
        truth_states.append((label, "missed" if not other else "right" if other == label.label else "wrong"))
    for place, mark in marks.items():
        if place in drawn:
            found_states.append((mark, "right" if drawn[place].label == mark.label else "wrong"))
        else:
            cells[BACKGROUND, mark.label] += 1
            found_states.append((mark, "invented"))
    return Outcome(at, tuple(truth_states), tuple(found_states), dict(cells))


def _of_alike(kind: str, least: float, at: int, one: Judged, threshold: float) -> Outcome:
    drawn = [label for label in one.truth if label.kind == kind]
    marks = sorted((mark for mark in one.above(threshold) if mark.kind == kind), key=lambda mark: -(mark.score or 0.0))
    agreement = LABEL_KINDS[kind].agreement
    overlap = np.array(
        [[agreement(mark.model_copy(update={"label": label.label}), label) for label in drawn] for mark in marks]
    )
    return _matched(at, drawn, marks, np.where(overlap >= least, overlap + OVERLAP, 0.0))


def _of_boxes(at: int, one: Judged, threshold: float) -> Outcome:
    drawn = [label for label in one.truth if isinstance(label, BoxLabel)]
    marks = [mark for mark in one.above(threshold) if isinstance(mark, BoxLabel)]
    marks.sort(key=lambda mark: -(mark.score or 0.0))
    return _matched(at, drawn, marks, _pairs(marks, drawn) if drawn and marks else np.zeros((0, 0)))


def _of_shapes(task: str) -> Callable[[int, Judged, float], Outcome]:
    """By the overlaps that the task's judge finds, among all marks, of those that are shown."""

    def how(at: int, one: Judged, threshold: float) -> Outcome:
        item = judge_of(task).item(one.truth, one.found)
        drawn, marks = (_SHAPES[task](labels) for labels in (one.truth, one.found))
        order = sorted(range(len(marks)), key=lambda place: -(marks[place].score or 0.0))
        order = [place for place in order if (marks[place].score or 0.0) >= threshold]
        overlap = np.asarray(item.overlap, dtype=float).reshape(len(marks), len(drawn))[order]
        return _matched(at, drawn, [marks[place] for place in order], overlap)

    return how


def _matched(at: int, drawn: Sequence[LabelRecord], marks: Sequence[LabelRecord], overlap: Overlaps) -> Outcome:
    """overlap: (marks, drawn); from OVERLAP on two may be one, first within a class, then over all."""
    taken: dict[int, int] = {}
    if drawn and marks:
        same = np.array([[mark.label == label.label for label in drawn] for mark in marks])
        _greedy(np.where(same, overlap, 0.0), taken)
        _greedy(overlap, taken)
    by_truth = {truth: mark for mark, truth in taken.items()}
    cells: Counter[tuple[str, str]] = Counter()
    truth_states, found_states = [], []
    for number, label in enumerate(drawn):
        other = marks[by_truth[number]].label if number in by_truth else BACKGROUND
        cells[label.label, other] += 1
        truth_states.append((label, "missed" if not other else "right" if other == label.label else "wrong"))
    for number, mark in enumerate(marks):
        if number in taken:
            found_states.append((mark, "right" if drawn[taken[number]].label == mark.label else "wrong"))
        else:
            cells[BACKGROUND, mark.label] += 1
            found_states.append((mark, "invented"))
    return Outcome(at, tuple(truth_states), tuple(found_states), dict(cells))


def _pairs(marks: Sequence[BoxLabel], drawn: Sequence[BoxLabel]) -> Overlaps:
    first = np.repeat(_array(marks), len(drawn), axis=0)
    second = np.tile(_array(drawn), (len(marks), 1))
    return overlaps(first, second).reshape(len(marks), len(drawn))


def _array(labels: Sequence[BoxLabel]) -> np.ndarray[Any, np.dtype[np.float64]]:
    return np.asarray([(one.x, one.y, one.width, one.height) for one in labels], dtype=float)


def _greedy(overlap: np.ndarray[Any, np.dtype[np.float64]], taken: dict[int, int]) -> None:
    """Each mark in turn takes the free drawn box with the largest overlap; of equal ones the later, as COCO does."""
    gone = set(taken.values())
    for mark, row in enumerate(overlap):
        if mark in taken:
            continue
        free = [number for number in np.flatnonzero(row >= OVERLAP).tolist() if number not in gone]
        if free:
            best = max(free, key=lambda number: (row[number], number))
            taken[mark] = best
            gone.add(best)


_SHAPES: dict[str, Callable[[Sequence[LabelRecord]], Sequence[LabelRecord]]] = {
    "segmentation": areal,
    "oriented-detection": turned_boxes,
}
_HOW: dict[str, Callable[[int, Judged, float], Outcome]] = {
    "detection": _of_boxes,
    "spans": _of_spans,
    "transcription": _of_text,
    "answers": _of_answer,
    "preference": _of_preference,
    "picture-anomaly": _of_oddity,
    "segmentation": _of_shapes("segmentation"),
    "oriented-detection": _of_shapes("oriented-detection"),
    **{task: partial(_of_alike, *how) for task, how in ALIKE.items()},
}


def confusion(found: Sequence[Outcome]) -> dict[str, Any]:
    """{labels, cells: [{truth, found, count, pictures}]}, by falling count; '' is background."""
    cells: Counter[tuple[str, str]] = Counter()
    pictures: Counter[tuple[str, str]] = Counter()
    for one in found:
        cells.update(one.cells)
        pictures.update(one.cells.keys())
    rows = [
        {"truth": pair[0], "found": pair[1], "count": count, "pictures": pictures[pair]}
        for pair, count in sorted(cells.items(), key=lambda entry: (-entry[1], entry[0]))
    ]
    labels = sorted({name for pair in cells for name in pair if name != BACKGROUND})
    return {"labels": labels, "cells": rows}
