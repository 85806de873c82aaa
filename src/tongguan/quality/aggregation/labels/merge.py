"""Merging answers of labels: which method each kind has, and the loop that learns whom to trust."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tongguan.catalog.labels.base import LabelRecord
from tongguan.catalog.labels.registry import LABEL_KINDS
from tongguan.quality.aggregation.base import Floats
from tongguan.quality.aggregation.labels.matching import Vote, alike, clusters
from tongguan.quality.aggregation.labels.shapes import FUSE, vote
from tongguan.quality.aggregation.labels.statements import STATE

# Rounds of merging and weighing people by how alike their answers and the merged ones are; least weight of anybody.
ROUNDS = 3
LEAST_WEIGHT = 0.05


@dataclass(frozen=True, slots=True)
class Answer:
    """What one person answered about one task: labels of any kind; none = nothing to mark."""

    task: str
    worker: str
    labels: tuple[LabelRecord, ...]


@dataclass(frozen=True, slots=True)
class MergedTask:
    """The merged labels of one task, each with the share of trust behind it as its score; `confidence` is their mean.

    `tie`: just half of the trust is behind one of them.
    """

    task: str
    labels: tuple[LabelRecord, ...]
    confidence: float
    tie: bool
    people: int


@dataclass(frozen=True, slots=True)
class MergedAnswers:
    """All tasks in order of their first answer, and how alike each worker's answers and the merged ones are."""

    method: str
    tasks: tuple[MergedTask, ...]
    skill: Mapping[str, float]
    answers: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Method:
    """How labels of a kind are merged.

    `id`: name of the algorithm. Labels that mean the same are found by `key` where there is one, else by an agreement
    of at least `least`. `always`: whoever says something is heard, even alone; else half of the trust is needed.
    """

    id: str
    key: Callable[[Any], Hashable] | None = None
    least: float = 0.5
    always: bool = False


def _target(label: Any) -> Hashable:
    return label.label, label.target


def _pair(label: Any) -> Hashable:
    return label.label, frozenset((label.first, label.second))


def _arrow(label: Any) -> Hashable:
    ends = (label.source, label.target)
    return label.label, label.directed, ends if label.directed else frozenset(ends)


# The grades of one scale are one question; other classes are one each.
def _class(label: Any) -> Hashable:
    return ("scale", label.grades) if label.grade is not None else label.label


METHODS: Mapping[str, Method] = {
    "class": Method("majority", key=_class),
    "rating": Method("weighted-median", key=_target, always=True),
    "ranking": Method("bradley-terry", key=lambda label: label.label, always=True),
    "preference": Method("bradley-terry", key=_pair, always=True),
    "rubric": Method("weighted-median", key=_target, always=True),
    "text_answer": Method("rover", key=_target, always=True),
    "box": Method("weighted-boxes-fusion"),
    "rotated_box": Method("weighted-boxes-fusion", least=0.4),
    "polygon": Method("staple"),
    "polyline": Method("weighted-mean", least=0.2),
    "points": Method("weighted-mean", least=0.1),
    "skeleton": Method("weighted-median"),
    "ellipse": Method("weighted-boxes-fusion"),
    "mask": Method("staple"),
    "track": Method("weighted-boxes-fusion", least=0.3),
    "sound_segment": Method("weighted-median+rover", least=0.3),
    "span": Method("majority"),
    "relation": Method("majority", key=_arrow),
    "turn_edit": Method("rover", key=lambda label: (label.label, label.turn)),
    "cell": Method("majority", key=lambda label: (label.label, label.row, label.column)),
    "interval": Method("weighted-median", least=0.3),
    "cuboid": Method("weighted-boxes-fusion", least=0.3),
    "point_segment": Method("staple"),
}


@dataclass(slots=True)
class _Merger:
    """One kind's answers by task; `weights` are learned from round to round."""

    kind: str
    weights: dict[str, float]
    ids: dict[tuple[str, str, str], str] = field(default_factory=dict)

    def task(self, answers: Sequence[Answer]) -> MergedTask:
        method = METHODS[self.kind]
        votes = [
            Vote(answer.worker, place, label)
            for answer in answers
            for place, label in enumerate(_single(self.kind, answer.labels))
        ]
        trust = sum(self.weights[answer.worker] for answer in answers)
        found: list[tuple[LabelRecord, list[Vote]]] = []
        tie = False
        for group in _grouped(votes, method):
            weights = np.array([self.weights[each.person] for each in group])
            share = float(weights.sum()) / trust
            if not method.always and share < 0.5 - 1e-9:
                continue
            tie |= not method.always and abs(share - 0.5) <= 1e-9
            found.append((self._fused(group, weights, min(1.0, share)), group))
        found.sort(key=lambda pair: (-(pair[0].score or 0.0), pair[0].label, pair[1][0].person, pair[1][0].place))
        named = [label.model_copy(update={"id": f"{self.kind}-{number}"}) for number, (label, _) in enumerate(found, 1)]
        for label, (_, group) in zip(named, found, strict=True):
            for each in group:
                self.ids[answers[0].task, each.person, each.label.id] = label.id
        labels = _regrouped(self.kind, named)
        scores = [label.score or 0.0 for label in labels]
        confidence = sum(scores) / len(scores) if scores else _silence(answers, self.weights, trust)
        return MergedTask(answers[0].task, labels, confidence, tie, len(answers))

    def _fused(self, group: Sequence[Vote], weights: Floats, share: float) -> LabelRecord:
        labels = [each.label for each in group]
        fuse = FUSE.get(self.kind) or STATE[self.kind]
        fields = {"kind": self.kind, "label": labels[0].label, **fuse(labels, weights)}
        fields |= {"score": share, "attributes": _attributes(labels, weights.tolist())}
        return type(labels[0]).model_validate(fields)


def merge(answers: Sequence[Answer], kind: str) -> MergedAnswers:
    """Merges the labels of one kind in the answers, task by task, by the method of the kind.

    Everybody weighs the same at first; then by how alike their answers and the merged ones were. Relations are merged
    together with the labels they join, which people give different ids. The order of the answers makes no difference.
    KeyError for a kind that does not exist.
    """
    by_task: dict[str, list[Answer]] = {}
    for answer in answers:
        by_task.setdefault(answer.task, []).append(answer)
    for each in by_task.values():
        each.sort(key=lambda answer: answer.worker)
    joined = _endpoints(by_task) if kind == "relation" else {}
    workers = list(dict.fromkeys(answer.worker for answer in answers))
    weights = dict.fromkeys(workers, 1.0)
    merged: list[MergedTask] = []
    for _ in range(ROUNDS):
        merger = _Merger(kind, weights)
        merged = [merger.task(_of_kind(kind, each)) for each in by_task.values()]
        skill = _skill(kind, by_task, merged, workers)
        weights = {worker: max(LEAST_WEIGHT, value) for worker, value in skill.items()}
    if joined:
        merged = [_with_endpoints(each, joined[each.task]) for each in merged]
    number = {worker: sum(answer.worker == worker for answer in answers) for worker in workers}
    return MergedAnswers(METHODS[kind].id, tuple(merged), skill, number)


def _of_kind(kind: str, answers: Sequence[Answer]) -> list[Answer]:
    return [
        Answer(each.task, each.worker, tuple(label for label in each.labels if label.kind == kind)) for each in answers
    ]


def _single(kind: str, labels: Sequence[LabelRecord]) -> list[LabelRecord]:
    """Labels of points one by one, any other as it is."""
    if kind != "points":
        return list(labels)
    return [label.model_copy(update={"points": (point,)}) for label in labels for point in getattr(label, "points", ())]


def _regrouped(kind: str, labels: Sequence[LabelRecord]) -> tuple[LabelRecord, ...]:
    """Single points of one class together again, with the mean of their scores."""
    if kind != "points":
        return tuple(labels)
    together: dict[str, list[LabelRecord]] = {}
    for label in labels:
        together.setdefault(label.label, []).append(label)
    return tuple(
        each[0].model_copy(
            update={
                "points": tuple(point for label in each for point in getattr(label, "points", ())),
                "score": sum(label.score or 0.0 for label in each) / len(each),
            }
        )
        for each in together.values()
    )


def _grouped(votes: Sequence[Vote], method: Method) -> list[list[Vote]]:
    if method.key is None:
        return clusters(votes, method.least)
    groups: dict[Hashable, list[Vote]] = {}
    seen: set[tuple[str, Hashable]] = set()
    for each in votes:
        key = method.key(each.label)
        if (each.person, key) not in seen:  # who says one thing twice has one vote
            seen.add((each.person, key))
            groups.setdefault(key, []).append(each)
    return list(groups.values())


def _silence(answers: Sequence[Answer], weights: Mapping[str, float], trust: float) -> float:
    """Share of the trust behind "nothing to mark", where nothing was merged."""
    return sum(weights[answer.worker] for answer in answers if not answer.labels) / trust


def _attributes(labels: Sequence[LabelRecord], weights: Sequence[float]) -> dict[str, Any]:
    """The value of most weight for each attribute that at least half of the weight states."""
    merged = {}
    for key in sorted({key for label in labels for key in label.attributes}):
        said = [(label.attributes[key], w) for label, w in zip(labels, weights, strict=True) if key in label.attributes]
        if 2 * sum(w for _, w in said) >= sum(weights):
            best = vote([(repr(value), w) for value, w in said])
            merged[key] = next(value for value, _ in said if repr(value) == best)
    return merged


def _skill(
    kind: str, by_task: Mapping[str, Sequence[Answer]], merged: Sequence[MergedTask], workers: Sequence[str]
) -> dict[str, float]:
    found: dict[str, list[float]] = {worker: [] for worker in workers}
    for task in merged:
        for answer in _of_kind(kind, by_task[task.task]):
            found[answer.worker].append(alike(answer.labels, task.labels))
    return {worker: sum(values) / len(values) for worker, values in found.items()}


Endpoints = Mapping[str, tuple[LabelRecord, ...]]


def _endpoints(by_task: dict[str, list[Answer]]) -> Endpoints:
    """Merges what relations join, and renames their ends in `by_task` to the merged ids."""
    every = (label.kind for each in by_task.values() for answer in each for label in answer.labels)
    kinds = sorted(set(every) - {"relation"})
    joined: dict[str, tuple[LabelRecord, ...]] = dict.fromkeys(by_task, ())
    for kind in kinds:
        merger = _Merger(kind, {answer.worker: 1.0 for each in by_task.values() for answer in each})
        for task, each in by_task.items():
            joined[task] += merger.task(_of_kind(kind, each)).labels
        for task, each in by_task.items():
            by_task[task] = [_renamed(answer, merger.ids) for answer in each]
    return joined


def _renamed(answer: Answer, ids: Mapping[tuple[str, str, str], str]) -> Answer:
    labels = []
    for label in answer.labels:
        if label.kind == "relation":
            ends = {
                end: ids.get((answer.task, answer.worker, getattr(label, end)), getattr(label, end))
                for end in ("source", "target")
            }
            labels.append(label.model_copy(update=ends))
        else:
            labels.append(label)
    return Answer(answer.task, answer.worker, tuple(labels))


def _with_endpoints(task: MergedTask, joined: Sequence[LabelRecord]) -> MergedTask:
    """Relations whose ends both exist among the merged labels, after those; all where the answers hold nothing else."""
    if not joined:
        return task
    ids = {label.id for label in joined}
    kept = tuple(one for one in task.labels if {getattr(one, "source", ""), getattr(one, "target", "")} <= ids)
    return MergedTask(task.task, (*joined, *kept), task.confidence, task.tie, task.people)


if METHODS.keys() != LABEL_KINDS.keys() or METHODS.keys() != FUSE.keys() | STATE.keys():
    raise RuntimeError("every label kind needs a method of merging")
