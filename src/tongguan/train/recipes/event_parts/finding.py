"""From frames at which a rule holds to events: flicker settled, short pauses bridged, short stretches dropped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from tongguan.catalog.labels.base import LabelRecord
from tongguan.catalog.labels.interval import IntervalLabel
from tongguan.train.recipes.base import ItemUnreadable, searched
from tongguan.train.recipes.event_parts.holding import Adjusted, Scene
from tongguan.train.recipes.event_parts.rules import Rule, Rules
from tongguan.train.recipes.event_parts.scene import Bools, Space, Thing, things_of
from tongguan.train.recipes.track_parts.detections import Detections
from tongguan.train.recipes.track_parts.tracker import Track

EVIDENCE = 5
"""Frames that are named as evidence of an event."""
FIT_LATER = 1.0
"""A thing that appears where another was lost goes on with its event: distance in widths of its box."""


class Taken(BaseModel):
    """How the numbers of one rule are taken, learnt on recordings: those of the file times or plus these."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    settle: float = Field(default=0.0, ge=0, le=60, json_schema_extra=searched(0, 2.0))
    merge: float = Field(default=1.0, ge=0, le=100, json_schema_extra=searched(0.5, 3.0))
    least: float = Field(default=1.0, ge=0, le=100, json_schema_extra=searched(0.5, 1.3))
    margin: float = Field(default=0.0, ge=-1e6, le=1e6, json_schema_extra=searched(-0.015, 0.015))
    speed: float = Field(default=1.0, ge=0, le=100, json_schema_extra=searched(0.4, 2.5, log=True))


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Frames first to last (excluded), and who does it."""

    first: int
    last: int
    things: tuple[Thing, ...]


def scene_of(found: Detections, tracks: Sequence[Track], fill: int, rules: Rules) -> Scene:
    """A recording, ready to be asked. Raises ItemUnreadable where rules in shares meet a picture of unknown size."""
    if rules.units == "fraction" and not (found.facts.width and found.facts.height):
        raise ItemUnreadable(
            "size_unknown",
            "the rules give places as shares of the picture, whose size is not known: add a first line "
            "`# rate=10 width=640 height=360`, or seqinfo.ini",
        )
    return Scene(things_of(tracks, fill, rules.point), rules, Space(rules.units, found.facts))


def find_events(scene: Scene, taken: Mapping[int, Taken]) -> list[LabelRecord]:
    """All events of a recording by falling score; `taken` by number of the rule, from 0."""
    found: list[LabelRecord] = []
    for at, rule in enumerate(scene.rules.rules):
        found += events_of_rule(scene, rule, taken.get(at, Taken()))
    return sorted(found, key=lambda one: -(one.score or 0.0))


def events_of_rule(scene: Scene, rule: Rule, taken: Taken) -> list[IntervalLabel]:
    """The events of one rule in order of time."""
    rate = scene.space.facts.rate
    how = Adjusted(rule.margin + taken.margin, taken.speed)
    asked = [None] if rule.subject is None else scene.of(rule.subject)
    held = [(thing, scene.holds(rule.when, thing, how)) for thing in asked]
    moments = any(one.crosses is not None for one in rule.when.within())
    settle = 0.0 if moments else rule.settle + taken.settle
    calm = [(thing, settled(raw, round(settle * rate)), raw) for thing, raw in held]
    merge = rule.merge * taken.merge * rate
    least = rule.least * taken.least * rate
    if rule.per == "scene":
        stretches = _together([(thing, one) for thing, one, _ in calm], scene.frames)
        stretches = _merged(stretches, merge, False)
    else:
        stretches = [
            _Stretch(first, last, (thing,) if thing else ()) for thing, one, _ in calm for first, last in runs(one)
        ]
        stretches = _merged(sorted(stretches, key=lambda one: one.first), merge, True)
    whole = np.zeros(scene.frames, dtype=bool)
    for _, _, raw in calm:
        whole |= raw
    return [_event(rule, one, whole, rate) for one in stretches if one.last - one.first >= least]


def _together(calm: Sequence[tuple[Thing | None, Bools]], frames: int) -> list[_Stretch]:
    union = np.zeros(frames, dtype=bool)
    for _, one in calm:
        union |= one
    return [
        _Stretch(first, last, tuple(thing for thing, one in calm if thing is not None and one[first:last].any()))
        for first, last in runs(union)
    ]


def _merged(stretches: Sequence[_Stretch], pause: float, apart: bool) -> list[_Stretch]:
    """Joins stretches with a shorter pause. apart: only of one thing, or of one that goes on where it was lost."""
    done: list[_Stretch] = []
    for one in stretches:
        fits = [
            at
            for at, before in enumerate(done)
            if one.first - before.last < max(pause, 1e-9) and (not apart or _goes_on(before, one))
        ]
        if not fits:
            done.append(one)
            continue
        before = done[fits[-1]]
        things = (*before.things, *(thing for thing in one.things if thing not in before.things))
        done[fits[-1]] = _Stretch(before.first, max(before.last, one.last), things)
    return done


def _goes_on(before: _Stretch, after: _Stretch) -> bool:
    if not before.things or not after.things:
        return True
    one, other = before.things[-1], after.things[0]
    if one.number == other.number:
        return True
    if other.first < before.last - 1 or one.span.stop > after.first + 1:
        return False
    gap = float(np.hypot(*(one.places[-1] - other.places[0])))
    return gap <= FIT_LATER * max(float(one.boxes[-1, 2]), float(other.boxes[0, 2]))


def settled(held: Bools, reach: int) -> Bools:
    """True where it holds in at least half of the `reach` frames around."""
    if reach < 2:
        return held
    half = reach // 2
    total = np.concatenate([[0], np.cumsum(held)])
    at = np.arange(len(held))
    low, high = np.maximum(at - half, 0), np.minimum(at + half + 1, len(held))
    return np.asarray(2 * (total[high] - total[low]) >= high - low)


def runs(held: Bools) -> list[tuple[int, int]]:
    """Stretches of true values as (first, end excluded)."""
    edges: NDArray[Any] = np.diff(held.astype(np.int8), prepend=0, append=0)
    return list(zip(np.flatnonzero(edges == 1).tolist(), np.flatnonzero(edges == -1).tolist(), strict=True))


def _event(rule: Rule, one: _Stretch, held: Bools, rate: float) -> IntervalLabel:
    share = float(held[one.first : one.last].mean())
    sure = float(np.mean([thing.score for thing in one.things])) if one.things else 1.0
    places = np.flatnonzero(held[one.first : one.last]) + one.first
    chosen = places[np.unique(np.linspace(0, len(places) - 1, min(EVIDENCE, len(places))).round().astype(int))]
    crossing = one.last - one.first == 1
    return IntervalLabel(
        label=rule.event,
        start=round(one.first / rate, 3),
        end=round((one.first if crossing else one.last) / rate, 3),
        score=round(max(0.01, min(1.0, share * sure)), 6),
        attributes={
            "frames": [str(frame) for frame in chosen.tolist()],
            "tracks": [str(thing.number) for thing in one.things],
        },
    )
