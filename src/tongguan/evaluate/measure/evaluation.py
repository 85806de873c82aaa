"""A trained model on labelled data: which items count, what it says about them, how right that is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tongguan.catalog.formats.base import Tree
from tongguan.catalog.formats.tree import open_tree
from tongguan.catalog.labels.base import LabelRecord
from tongguan.catalog.metrics.registry import metrics_of
from tongguan.evaluate.measure.compare import Difference, difference
from tongguan.train.recipes.base import PictureUnreadable, Predictor, UsageProblem
from tongguan.train.recipes.folder import RunFolder
from tongguan.train.recipes.items import Gathered, LeftOut, read_gathered
from tongguan.train.recipes.judging import figures, judge_of
from tongguan.train.recipes.reading import Found, Source, read_source
from tongguan.train.recipes.registry import load_predictor, recipe

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Judged:
    """One item with what was drawn and what the model found on it. width and height: of the picture, in pixels."""

    name: str
    path: str
    group: str
    width: int
    height: int
    truth: tuple[LabelRecord, ...]
    found: tuple[LabelRecord, ...]

    def metric_item(self, task: str) -> Any:
        """As the metrics of the task take it."""
        return judge_of(task).item(self.truth, self.found)


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The outcome. side: kept or test of the run's own data, else `all`. overlap: items whose bytes were trained on."""

    run: str
    recipe: str
    source: str
    format: str
    side: str
    overlap: int
    threshold: float
    threshold_from: str
    judged: tuple[Judged, ...]
    figures: dict[str, Any]
    left_out: tuple[LeftOut, ...] = ()
    differences: tuple[Difference, ...] = ()
    compared: dict[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The object of `tongguan evaluate --json`."""
        out: dict[str, Any] = {
            "run": self.run,
            "recipe": self.recipe,
            "format": self.format,
            "items": len(self.judged),
            "overlap": self.overlap,
            "side": self.side,
            **self.figures,
            "threshold": self.threshold,
            "threshold_from": self.threshold_from,
            "left_out": [{"item": one.name, "reason": one.reason} for one in self.left_out],
        }
        if self.compared:
            by_metric = {one.metric: one.as_json() for one in self.differences}
            out["compare"] = {**self.compared, "difference": by_metric}
        return out


def evaluate(
    run: Path, data: Path, format_id: str = "auto", compare: Path | None = None, progress: Progress | None = None
) -> Evaluation:
    """Measures the model of `run` on `data`, and against the model of `compare` on the same items.

    On the data of the run (the same set of bytes and labels, whatever the path) its test side is measured, else its
    kept side; on other data every labelled item. Raises UsageProblem where neither side has an item, or nothing is
    labelled; ModelRefused where the model is broken.
    """
    predictor = load_predictor(run)
    kind = recipe(predictor.recipe)
    manifest = _manifest(run)
    second = load_predictor(compare) if compare else None
    if second is not None and recipe(second.recipe).task != kind.task:
        raise UsageProblem("other_task", f"{compare} is a model of another task than {run}")
    source = read_source(data, format_id, kind.label_kind, lambda done: progress("read", done, 0) if progress else None)
    side, chosen = _chosen(source, manifest)
    if not chosen:
        raise UsageProblem("nothing_to_measure", f"{data} has no labelled item that can be measured")
    tree = open_tree(data)
    skipped: list[LeftOut] = []
    judged = _judge(predictor, tree, chosen, skipped, progress)
    items, groups = [one.metric_item(kind.task) for one in judged], [one.group for one in judged]
    found = figures(kind.task, items, groups)
    found["at_threshold"] = judge_of(kind.task).at_threshold(items, predictor.threshold)
    trained = {item.sha256 for item in manifest.side("train")}
    overlap = sum(one.measurement.sha256 in trained for one in chosen)
    compared, differences = _compare(second, compare, tree, chosen, items, groups, kind.task, progress)
    return Evaluation(
        run=str(run),
        recipe=predictor.recipe,
        source=source.path,
        format=source.format,
        side=side,
        overlap=overlap,
        threshold=predictor.threshold,
        threshold_from=predictor.threshold_from,
        judged=tuple(judged),
        figures=found,
        left_out=tuple(sorted([*source.left_out, *skipped], key=lambda one: one.name)),
        differences=differences,
        compared=compared,
    )


def _manifest(run: Path) -> Gathered:
    folder = RunFolder(run)
    folder.read()
    try:
        return read_gathered(folder.items_file)
    except (OSError, ValueError, StopIteration, TypeError) as error:
        message = f"{folder.items_file} cannot be read: what was trained on is not known"
        raise UsageProblem("manifest_broken", message, path=str(folder.items_file)) from error


def _chosen(source: Source, manifest: Gathered) -> tuple[str, list[Found]]:
    if source.sha256 != manifest.sha256:
        return "all", list(source.found)
    for side in ("test", "kept"):
        groups = {item.sha256: item.group for item in manifest.items if item.side == side}
        # Copies of a picture were left out of the run: here too, an item counts once.
        once = {one.measurement.sha256: one for one in reversed(source.found) if one.measurement.sha256 in groups}
        if once:
            chosen = sorted(once.values(), key=lambda one: one.name)
            return side, [_grouped(one, groups[one.measurement.sha256]) for one in chosen]
    message = "these are the data of the run, and no item of them was kept or tested: measure on other data"
    raise UsageProblem("all_trained", message)


def _grouped(found: Found, group: str) -> Found:
    return Found(found.name, found.path, found.measurement, found.labels, found.side, group)


def _judge(
    predictor: Predictor, tree: Tree, chosen: Sequence[Found], skipped: list[LeftOut], progress: Progress | None
) -> list[Judged]:
    judged = []
    for at, one in enumerate(chosen, start=1):
        try:
            with tree.open(one.path) as stream:
                marks = predictor.predict([stream.read()])[0]
        except PictureUnreadable as error:
            skipped.append(LeftOut(name=one.name, reason=f"the model cannot read it: {error.message}"))
            continue
        size = one.measurement.width, one.measurement.height
        judged.append(Judged(one.name, one.path, one.group, *size, one.labels, tuple(marks)))
        if progress:
            progress("judge", at, len(chosen))
    return judged


def _compare(
    second: Predictor | None,
    folder: Path | None,
    tree: Tree,
    chosen: Sequence[Found],
    items: Sequence[Any],
    groups: Sequence[str],
    task: str,
    progress: Progress | None,
) -> tuple[dict[str, Any], tuple[Difference, ...]]:
    if second is None or folder is None:
        return {}, ()
    others = [one.metric_item(task) for one in _judge(second, tree, chosen, [], progress)]
    found = figures(task, others, groups)
    differences = tuple(difference(metric, items, others, groups) for metric in metrics_of(task))
    trained = {item.sha256 for item in _manifest(folder).side("train")}
    overlap = sum(one.measurement.sha256 in trained for one in chosen)
    return {"run": str(folder), "overlap": overlap, "metrics": found["metrics"]}, differences
