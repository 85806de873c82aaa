"""A trained model on labelled data: which items count, what it says about them, how right that is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import Any

from tongguan.catalog.formats.base import Tree
from tongguan.catalog.labels.base import LabelRecord
from tongguan.evaluate.measure.judged import Judged
from tongguan.evaluate.measure.verdict import default_rules
from tongguan.evaluate.measure.whole import Side, measured
from tongguan.train.recipes.base import ItemUnreadable, Predictor, UsageProblem
from tongguan.train.recipes.folder import RunFolder
from tongguan.train.recipes.items import Gathered, LeftOut, read_gathered
from tongguan.train.recipes.registry import load_predictor, recipe
from tongguan.train.recipes.sources.base import Found, Source
from tongguan.train.recipes.sources.registry import media_of, read_for

Progress = Callable[[str, int, int], None]
_WORST = ("item", "name", "right", "wrong", "missed", "invented", "cost_fen")


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
    compared: dict[str, Any] = field(default_factory=dict)
    warnings: tuple[dict[str, Any], ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The object of `tongguan evaluate --json`."""
        out: dict[str, Any] = {
            "run": self.run,
            "recipe": self.recipe,
            "format": self.format,
            "items": len(self.judged),
            "overlap": self.overlap,
            "side": self.side,
            "metrics": self.figures["metrics"],
            "classes": self.classes,
            "at_threshold": self.at_threshold,
            "threshold": self.threshold,
            "threshold_from": self.threshold_from,
            **self.figures["detail"],
            "slices": self.figures["slices"],
            "worst": [{key: one[key] for key in _WORST} for one in self.figures["worst"]],
            "reference": self.figures["reference"],
            "warnings": list(self.warnings),
            "left_out": [{"item": one.name, "reason": one.reason} for one in self.left_out],
        }
        if self.compared:
            out["compare"] = {**self.compared, **self.figures["comparison"]}
            out["verdict"] = {"passed": self.figures["passed"], "reasons": self.figures["reasons"]}
        return out

    @property
    def classes(self) -> dict[str, dict[str, Any]]:
        """Metric -> label class -> figure with interval."""
        rows = [row for row in self.figures["slices"] if row["kind"] == "class"]
        return {
            metric: {row["value"]: row["metrics"][metric] for row in rows if metric in row["metrics"]}
            for metric in self.figures["metrics"]
        }

    @property
    def at_threshold(self) -> dict[str, float]:
        """Precision, recall and F1 of what is shown, without intervals."""
        point = self.figures["detail"]["operating"]
        return {name: point[name]["value"] or 0.0 for name in ("precision", "recall", "f1")}


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
    source = _read(run, manifest, predictor, data, format_id, progress)
    side, chosen = _chosen(source, manifest)
    if not chosen:
        raise UsageProblem("nothing_to_measure", f"{data} has no labelled item that can be measured")
    tree = media_of(predictor.recipe).open(data)
    skipped: list[LeftOut] = []
    judged = _judge(predictor, tree, chosen, skipped, progress)
    others = _judge(second, tree, chosen, skipped, progress) if second else {}
    both = [one for one in chosen if one.name in judged and (second is None or one.name in others)]
    rules = default_rules(kind.task)
    overlap, compared = _overlap(manifest, chosen), {}
    champion = None
    if second is not None and compare is not None:
        champion = Side([others[one.name] for one in both], second.threshold)
        compared = {"run": str(compare), "overlap": _overlap(_manifest(compare), chosen)}
    if progress:
        progress("measure", 0, 0)
    model = Side([judged[one.name] for one in both], predictor.threshold)
    found = measured(kind.task, model, champion, rules, overlap)
    return Evaluation(
        run=str(run),
        recipe=predictor.recipe,
        source=source.path,
        format=source.format,
        side=side,
        overlap=overlap,
        threshold=predictor.threshold,
        threshold_from=predictor.threshold_from,
        judged=tuple(model.judged),
        figures=found,
        left_out=tuple(sorted({*source.left_out, *skipped}, key=lambda one: one.name)),
        compared=compared,
        warnings=tuple(RunFolder(run).read().warnings),
    )


def _read(
    run: Path, manifest: Gathered, predictor: Predictor, data: Path, format_id: str, progress: Progress | None
) -> Source:
    """As the run read its own data: what it decided there (target, group, table) holds for other data too."""
    asked = RunFolder(run).read().asked
    decided = {name: manifest.facts[name] for name in ("target", "group") if manifest.facts.get(name)}
    settings = {name: value for name, value in asked.params.items() if value is not None} | decided
    table = str(manifest.facts.get("table") or "")
    if table and data.is_dir() and any(data.rglob(PurePosixPath(table).name)):
        settings.setdefault("table", table)
    return read_for(
        predictor.recipe,
        data,
        format_id,
        settings,
        asked.kept,
        lambda done: progress("read", done, 0) if progress else None,
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
        if source.copies:
            # A copy that the data put on another side stays there.
            there = [one for one in source.found if one.sha256 in groups and one.side in (None, side)]
            all_ = [_grouped(one, groups[one.sha256]) for one in there]
            if all_:
                return side, all_
            continue
        # Copies of a picture were left out of the run: here too, an item counts once.
        once = {one.sha256: one for one in reversed(source.found) if one.sha256 in groups}
        if once:
            chosen = sorted(once.values(), key=lambda one: one.name)
            return side, [_grouped(one, groups[one.sha256]) for one in chosen]
    message = "these are the data of the run, and no item of them was kept or tested: measure on other data"
    raise UsageProblem("all_trained", message)


def _grouped(found: Found, group: str) -> Found:
    return replace(found, group=group)


def _judge(
    predictor: Predictor, tree: Tree, chosen: Sequence[Found], skipped: list[LeftOut], progress: Progress | None
) -> dict[str, Judged]:
    judged = {}
    many = media_of(predictor.recipe).at_once
    for start in range(0, len(chosen), many):
        some = chosen[start : start + many]
        for one, marks in zip(some, _answers(predictor, tree, some, skipped), strict=True):
            if marks is not None:
                judged[one.name] = _judged(one, marks)
        if progress:
            progress("judge", start + len(some), len(chosen))
    return judged


def _answers(
    predictor: Predictor, tree: Tree, some: Sequence[Found], skipped: list[LeftOut]
) -> list[list[LabelRecord] | None]:
    """Items together; where one of them cannot be read, one after the other, and None for that one."""
    contents = []
    for one in some:
        with tree.open(one.path) as stream:
            contents.append(stream.read())
    try:
        return list(predictor.predict(contents))
    except ItemUnreadable as error:
        if len(some) > 1:
            return [_answers(predictor, tree, [one], skipped)[0] for one in some]
        skipped.append(LeftOut(name=some[0].name, reason=f"the model cannot read it: {error.message}"))
        return [None]


def _judged(one: Found, marks: Sequence[LabelRecord]) -> Judged:
    return Judged(
        name=one.name,
        path=one.path,
        group=one.group,
        width=one.width,
        height=one.height,
        truth=one.labels,
        found=tuple(marks),
        brightness=one.brightness,
        source=PurePosixPath(one.path).parent.as_posix(),
        slices=one.slices,
    )


def _overlap(manifest: Gathered, chosen: Sequence[Found]) -> int:
    trained = {item.sha256 for item in manifest.side("train")}
    return sum(one.sha256 in trained for one in chosen)
