"""From recordings with events to how each rule's numbers are taken; then the model and figures beside simpler ways."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tongguan.catalog.labels.base import LabelRecord
from tongguan.catalog.metrics.events import EventItem
from tongguan.train.recipes.base import UsageProblem
from tongguan.train.recipes.event_parts.finding import Taken, events_of_rule, find_events, scene_of
from tongguan.train.recipes.event_parts.holding import Scene
from tongguan.train.recipes.event_parts.rule_file import read_rules
from tongguan.train.recipes.event_parts.rules import Rule, Rules
from tongguan.train.recipes.finishing import kept_figures
from tongguan.train.recipes.items import Item
from tongguan.train.recipes.job import Job
from tongguan.train.recipes.judging import figures, judge_of
from tongguan.train.recipes.model_folder import write_model
from tongguan.train.recipes.registry import load_predictor
from tongguan.train.recipes.search import Range, own_space
from tongguan.train.recipes.track_parts.detections import Detections, Facts, completed, read_detections, usual_facts
from tongguan.train.recipes.track_parts.linking import link_greedily
from tongguan.train.recipes.track_parts.params import TrackerSettings
from tongguan.train.recipes.track_parts.tracker import Track
from tongguan.train.recipes.track_parts.tuning import Settings, Tuned, tuned
from tongguan.train.recipes.tracking.predict import TrackPredictor
from tongguan.train.recipes.video_events.manifest import EventParams
from tongguan.train.recipes.video_events.predict import FILE, dump, tracks_in

TASK = "events"
Ints = NDArray[np.int64]


def train(job: Job) -> dict[str, Any]:
    """Reads the rules, searches, writes the model, measures; returns the run's result."""
    params = job.params
    if not isinstance(params, EventParams):
        raise TypeError("the finder of events needs its own parameters")
    text = str(job.gathered.facts.get("rules") or "")
    rules = read_rules(text, Path(params.rules).name or "rules.toml")
    settings = _tracker(params)
    job.report.phase("read")
    items = job.gathered.side("train")
    scenes = [_scene(job, item, rules, settings) for item in items]
    usual = usual_facts([one.space.facts for one in scenes])
    truths = [item.records() for item in items]
    labels = tuple(dict.fromkeys(rule.event for rule in rules.rules))
    unknown = sorted({one.label for truth in truths for one in truth} - set(labels))
    if unknown:
        job.report.warn("no_rule", f"events without a rule: {', '.join(unknown)}")
    job.report.phase("train")
    found = _searched(job, params, scenes, truths, [item.group for item in items])
    taken = {at: Taken.model_validate(one.best) for at, one in found.items()}
    judged = [_item(truth, find_events(scene, taken)) for scene, truth in zip(scenes, truths, strict=True)]
    value = _inner(found)
    if value is not None:
        job.report.figures(1, look=1, holdout=value)
        job.report.event("holdout", step=1, of=1, metric="event_f1", look=1, holdout=value)
    if job.trial:
        return {"steps": params.steps, "labels": list(labels)}
    job.report.phase("export")
    card = write_model(
        job.folder.model,
        dump(text, taken, settings, usual, job.gathered.facts.get("names", [])),
        {
            "recipe": "video-events",
            "labels": labels,
            "threshold": judge_of(TASK).best_threshold(judged).threshold,
            "threshold_from": f"best F1 on {len(items)} training recordings",
        },
        FILE,
    )
    return {
        **kept_figures(job, TASK, card, _beside(job, rules, lambda found: link_greedily(found), 0)),
        "as_written": _beside(job, rules, lambda found: tracks_in(found, settings), settings.fill),
        "steps": params.steps,
        "labels": list(labels),
        "taken": {
            rules.rules[at].event: {**one.best, "inner_f1": one.inner, "inner_f1_as_written": one.first}
            for at, one in found.items()
        },
        "data": {name: value for name, value in job.gathered.facts.items() if name != "rules"},
    }


def _tracker(params: EventParams) -> TrackerSettings:
    if not params.tracker:
        return TrackerSettings(patience=params.patience, fill=params.fill)
    predictor = load_predictor(Path(params.tracker))
    if not isinstance(predictor, TrackPredictor):
        raise UsageProblem("bad_parameter", f"tracker: {params.tracker} is no run of tracking", parameters=["tracker"])
    return predictor.settings


def _read(job: Job, item: Item) -> Detections:
    job.check_stop()
    with job.tree.open(item.path) as stream:
        return completed(read_detections(stream.read()), Facts(0))


def _scene(job: Job, item: Item, rules: Rules, settings: TrackerSettings) -> Scene:
    found = _read(job, item)
    return scene_of(found, tracks_in(found, settings), settings.fill, rules)


def _item(truth: tuple[LabelRecord, ...], found: list[LabelRecord]) -> EventItem:
    item: EventItem = judge_of(TASK).item(truth, found)
    return item


def _searched(
    job: Job, params: EventParams, scenes: list[Scene], truths: list[tuple[LabelRecord, ...]], groups: list[str]
) -> dict[int, Tuned]:
    """Each rule on its own, by the F1 of its events."""
    rules = scenes[0].rules if scenes else None
    found: dict[int, Tuned] = {}
    for at, rule in enumerate(rules.rules if rules else ()):
        asked = [tuple(one for one in truth if one.label == rule.event) for truth in truths]

        def measured(settings: Settings, rule: Rule = rule, asked: list[Any] = asked) -> list[EventItem]:
            job.check_stop()
            taken = Taken.model_validate(settings)
            return [
                _item(truth, list(events_of_rule(scene, rule, taken)))
                for scene, truth in zip(scenes, asked, strict=True)
            ]

        found[at] = tuned(Taken().model_dump(), _space(rule), params.steps or 1, job.seed, groups, measured, _f1)
        seconds = round(job.clock.seconds(), 1)
        job.report.progress(phase="train", step=at + 1, of=len(scenes[0].rules.rules), seconds=seconds)
    return found


def _space(rule: Rule) -> dict[str, Range]:
    """What can be varied of a rule: only what it asks of."""
    space = own_space(Taken)
    below = list(rule.when.within())
    if not any(one.inside is not None for one in below):
        space.pop("margin")
    if not any(one.speed_above is not None or one.speed_below is not None for one in below):
        space.pop("speed")
    if any(one.crosses is not None for one in below):
        space = {}
    return space


def _f1(found: list[EventItem], which: Ints) -> float:
    """Over some recordings; 1 where nothing happened and nothing was found."""
    marks = [found[at].marks() for at in which.tolist()]
    right = sum(hit for one in marks for _, _, hit in one.given)
    total = sum(len(one.asked) + len(one.given) for one in marks)
    return 2 * right / total if total else 1.0


def _inner(found: Mapping[int, Tuned]) -> float | None:
    values = [one.inner for one in found.values() if one.inner is not None]
    return round(float(np.mean(values)), 6) if values else None


def _beside(job: Job, rules: Rules, tracks: Callable[[Detections], list[Track]], fill: int) -> dict[str, Any]:
    """The rules as they are written, on tracks that another way gives."""
    kept = job.gathered.side("kept")
    if not kept:
        return {}
    items = []
    for item in kept:
        found = _read(job, item)
        items.append(_item(item.records(), find_events(scene_of(found, tracks(found), fill, rules), {})))
    name = "rules as written, on boxes linked greedily" if fill == 0 else "rules as written, same tracker"
    return {"name": name, "metrics": figures(TASK, items, [one.group for one in kept])["metrics"]}
