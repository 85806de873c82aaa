"""The verdict of gate four: whether a model may follow the champion, with every reason as a code and its figures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from tongguan.catalog.metrics.registry import METRICS
from tongguan.evaluate.measure.table import Drawn, Slice, Table
from tongguan.train.recipes.judging import judge_of


@dataclass(frozen=True, slots=True)
class Guard:
    """A guarded kind of slice, or one slice of it, with the margin by which the main metric may be lower."""

    kind: str
    value: str | None
    margin: float


@dataclass(frozen=True, slots=True)
class Rules:
    """metric: the main one. least: figure of a first champion, of an error rate the highest. least_labels: smaller
    slices are shown, not judged."""

    metric: str
    least: float
    guards: tuple[Guard, ...]
    least_labels: int
    miss_fen: int
    false_fen: int

    @classmethod
    def from_json(cls, raw: dict[str, Any]) -> Rules:
        """From the object that an evaluation keeps."""
        guards = tuple(Guard(one["kind"], one.get("value"), float(one["margin"])) for one in raw["guards"])
        return cls(
            str(raw["metric"]),
            float(raw["least"]),
            guards,
            int(raw["least_labels"]),
            int(raw["miss_fen"]),
            int(raw["false_fen"]),
        )


def default_rules(task: str) -> Rules:
    """What holds where no project says otherwise: a new project's own rules."""
    guards = tuple(Guard(kind, None, 0.05) for kind in ("class", "size", "brightness"))
    return Rules(judge_of(task).main, 0.5, guards, 10, 500, 100)


@dataclass(frozen=True, slots=True)
class Reason:
    """ok: True speaks for the model, False against it, None is only said."""

    code: str
    ok: bool | None
    params: dict[str, Any]

    def as_json(self) -> dict[str, Any]:
        """The object that is stored."""
        return {"code": self.code, "ok": self.ok, "params": self.params}


@dataclass(frozen=True, slots=True)
class Verdict:
    """passed: no reason is against the model."""

    passed: bool
    reasons: tuple[Reason, ...]


def verdict(rules: Rules, model: Table, champion: Table | None, overlap: int | None) -> Verdict:
    """Better than the champion on the main metric (the paired 95 % interval lies on the better side of 0), or without a
    champion at least the least figure; on no guarded slice worse by more than its margin; no item trained on.

    overlap: items of the benchmark that the model was trained on; None when that is not known, which cannot pass.
    """
    reasons = [_overlap(overlap)]
    if champion is None:
        reasons.append(_least(rules, model))
    else:
        reasons.append(_better(rules, model, champion))
        reasons += _guards(rules, model, champion)
    return Verdict(all(reason.ok is not False for reason in reasons), tuple(reasons))


def _overlap(overlap: int | None) -> Reason:
    if overlap is None:
        return Reason("overlap_unknown", False, {})
    return Reason("overlap_found" if overlap else "overlap_none", not overlap, {"count": overlap})


def _main(found: Table, metric: str) -> Drawn:
    return next(row[metric] for part, row in found.items() if part.kind == "all")


def _least(rules: Rules, model: Table) -> Reason:
    figure = _main(model, rules.metric).interval()
    params = {"metric": rules.metric, "least": rules.least, **figure.as_json()}
    if not _higher_is_better(rules.metric):
        kept = figure.value is not None and figure.value <= rules.least
        return Reason("most_kept" if kept else "most_passed", kept, params)
    reached = figure.value is not None and figure.value >= rules.least
    return Reason("least_reached" if reached else "least_missed", reached, params)


def _higher_is_better(metric: str) -> bool:
    return METRICS[metric].higher_is_better


def _better(rules: Rules, model: Table, champion: Table) -> Reason:
    first, second = _main(model, rules.metric), _main(champion, rules.metric)
    difference = first.minus(second).interval()
    better = difference.low is not None and difference.low > 0
    if not _higher_is_better(rules.metric):
        better = difference.high is not None and difference.high < 0
    params = {
        "metric": rules.metric,
        **difference.as_json(),
        "model": first.interval().as_json()["value"],
        "champion": second.interval().as_json()["value"],
    }
    return Reason("better" if better else "not_better", better, params)


def _guards(rules: Rules, model: Table, champion: Table) -> Iterable[Reason]:
    judged: set[Slice] = set()
    for guard in sorted(rules.guards, key=lambda one: one.value is None):
        parts = [part for part in model if part.kind == guard.kind and guard.value in (None, part.value)]
        if not parts and guard.value is not None:
            yield Reason("slice_absent", None, {"kind": guard.kind, "slice": guard.value})
        for part in parts:
            if part not in judged:
                judged.add(part)
                yield _guarded(rules, guard, part, model, champion)


def _guarded(rules: Rules, guard: Guard, part: Slice, model: Table, champion: Table) -> Reason:
    params: dict[str, Any] = {"kind": part.kind, "slice": part.value, "labels": part.labels, "metric": rules.metric}
    other = champion.get(part, {}).get(rules.metric)
    if part.labels < rules.least_labels or other is None:
        return Reason("slice_small", None, {**params, "least_labels": rules.least_labels})
    difference = model[part][rules.metric].minus(other).interval()
    params |= {"margin": guard.margin, **difference.as_json()}
    sign = 1 if _higher_is_better(rules.metric) else -1
    held = difference.value is not None and sign * difference.value >= -guard.margin
    return Reason("slice_held" if held else "slice_worse", held, params)


def guarded(rules: Rules, parts: Sequence[Slice]) -> dict[Slice, float]:
    """The guarded slices with their margins; a guard of one slice goes before a guard of its kind."""
    found: dict[Slice, float] = {}
    for guard in sorted(rules.guards, key=lambda one: one.value is None):
        for part in parts:
            if part.kind == guard.kind and guard.value in (None, part.value):
                found.setdefault(part, guard.margin)
    return found
