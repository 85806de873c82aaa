"""Answers as integer codes, and what every aggregation gives back."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt
from scipy import sparse

Codes = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

# Posteriors that differ by less than this differ only by the order in which floats were added: that is a tie.
TIE_TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True)
class Answers:
    """N answers as codes into three lists of names.

    `task`, `worker`, `label` have shape (N,). `labels` is sorted by code point, so that the smallest code among equals
    is the smallest label; `tasks` and `workers` stand in order of their first answer.
    """

    task: Codes
    worker: Codes
    label: Codes
    tasks: tuple[str, ...]
    workers: tuple[str, ...]
    labels: tuple[str, ...]

    @classmethod
    def from_rows(cls, rows: Iterable[tuple[str, str, str]]) -> Answers:
        """Codes rows of (task, worker, label) in one pass; memory is 12 bytes an answer plus each name once.

        Example: `Answers.from_rows([("t1", "ann", "cat"), ("t1", "bo", "dog")]).labels == ("cat", "dog")`.
        """
        coder = AnswerCoder()
        for task, worker, label in rows:
            coder.add(task, worker, label)
        return coder.answers()

    def __len__(self) -> int:
        return len(self.task)

    def answers_per_worker(self) -> npt.NDArray[np.int64]:
        """How many answers each worker gave, shape (workers,)."""
        return np.bincount(self.worker, minlength=len(self.workers))

    def counts(self) -> Floats:
        """Votes of each task for each label, shape (tasks, labels)."""
        width = len(self.labels)
        flat = self.task.astype(np.int64) * width + self.label
        votes = np.bincount(flat, minlength=len(self.tasks) * width)
        return votes.reshape(len(self.tasks), width).astype(np.float64)


class AnswerCoder:
    """Collects answers row by row without keeping their text."""

    def __init__(self) -> None:
        self._names: tuple[dict[str, int], dict[str, int], dict[str, int]] = ({}, {}, {})
        # Arrays of int32: a list of Python ints would take ten times the memory.
        self._codes: tuple[array[int], array[int], array[int]] = (array("i"), array("i"), array("i"))

    def add(self, task: str, worker: str, label: str) -> None:
        """Adds one answer."""
        # Written out instead of looped: this is the hot line of a file of millions of answers.
        tasks, workers, labels = self._names
        to_task, to_worker, to_label = self._codes
        to_task.append(tasks.setdefault(task, len(tasks)))
        to_worker.append(workers.setdefault(worker, len(workers)))
        to_label.append(labels.setdefault(label, len(labels)))

    def answers(self) -> Answers:
        """The answers so far, with label codes in code point order."""
        tasks, workers, labels = self._names
        task, worker, label = (np.array(codes, dtype=np.int32) for codes in self._codes)
        ordered = sorted(labels)
        rank = np.empty(len(labels), dtype=np.int32)
        for position, name in enumerate(ordered):
            rank[labels[name]] = position
        return Answers(task, worker, rank[label], tuple(tasks), tuple(workers), tuple(ordered))


@dataclass(frozen=True, slots=True)
class Merged:
    """One settled answer a task, and how far each worker can be trusted.

    `label` (tasks,) holds codes into `Answers.labels`; `confidence` (tasks,) lies in [0, 1]; `tie` (tasks,) says that
    another label was as good; `skill` (workers,) lies in [0, 1].
    """

    label: npt.NDArray[np.int64]
    confidence: Floats
    tie: Flags
    skill: Floats


class Aggregation(Protocol):
    """The contract of one algorithm, checked for every member of the registry."""

    id: str

    def fit_predict(self, answers: Answers) -> Merged:
        """Merges the answers; the same answers in any order of rows give the same labels."""


def most_probable(shares: Floats) -> tuple[npt.NDArray[np.int64], Floats, Flags]:
    """Best label of each row of `shares` (tasks, labels), its share, and whether another one is as good.

    Of equal labels the first column wins, which is the smallest label by code point.
    """
    if not shares.size:
        return np.zeros(0, dtype=np.int64), np.zeros(0), np.zeros(0, dtype=np.bool_)
    equal = shares >= shares.max(axis=1, keepdims=True) - TIE_TOLERANCE
    label = equal.argmax(axis=1)
    confidence = shares[np.arange(len(shares)), label]
    return label, confidence, np.count_nonzero(equal, axis=1) > 1


def incidence(
    rows: npt.NDArray[np.int64] | Codes, columns: npt.NDArray[np.int64], shape: tuple[int, int]
) -> sparse.csr_matrix:
    """Sparse (rows, columns) matrix of how often each pair occurs."""
    ones = np.ones(len(rows), dtype=np.float64)
    return sparse.csr_matrix((ones, (rows, columns)), shape=shape)
