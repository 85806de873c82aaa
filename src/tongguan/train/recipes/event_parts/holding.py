"""At which frames a condition holds, of one thing or of the scene."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import reduce

import numpy as np

from tongguan.train.recipes.event_parts.rules import Condition, Rules
from tongguan.train.recipes.event_parts.scene import (
    Bools,
    Floats,
    Space,
    Thing,
    crossings,
    depth_in,
    lies_on,
)


@dataclass(frozen=True, slots=True)
class Adjusted:
    """How the numbers of a rule are taken: speeds times `speed`, zones larger by `margin` in the file's units."""

    margin: float = 0.0
    speed: float = 1.0


@dataclass(eq=False)
class Scene:
    """The things of a recording with what was worked out of them, kept for the next rule."""

    things: Sequence[Thing]
    rules: Rules
    space: Space
    _depths: dict[tuple[int, str], Floats] = field(default_factory=dict)
    _speeds: dict[int, Floats] = field(default_factory=dict)
    _on: dict[tuple[int, str, str], Bools] = field(default_factory=dict)

    @property
    def frames(self) -> int:
        """How many the recording has."""
        return self.space.facts.frames

    def of(self, label: str) -> list[Thing]:
        """The things of a class."""
        return [one for one in self.things if one.label == label]

    def holds(self, condition: Condition, thing: Thing | None, how: Adjusted) -> Bools:
        """Over all frames; of a thing only while it is in view."""
        parts = [self.holds(one, thing, how) for one in condition.all_] if condition.exists is None else []
        if condition.exists is None and condition.any_:
            parts.append(reduce(np.logical_or, (self.holds(one, thing, how) for one in condition.any_)))
        if condition.exists is None and condition.not_ is not None:
            parts.append(~self.holds(condition.not_, thing, how))
        if condition.exists is not None:
            parts.append(self._exists(condition, thing, how))
        elif thing is not None:
            own = self._own(condition, thing, how)
            if own is not None:
                parts.append(self._spread(thing, own))
        held: Bools = reduce(np.logical_and, parts)
        return held & self._spread(thing, thing.view) if thing is not None else held

    def _spread(self, thing: Thing, values: Bools) -> Bools:
        out = np.zeros(self.frames, dtype=bool)
        out[thing.span] = values & thing.view
        return out

    def _own(self, condition: Condition, thing: Thing, how: Adjusted) -> Bools | None:
        """Over the frames of the thing; None where the condition is a combination."""
        if condition.inside is not None:
            return np.asarray(self.depth(thing, condition.inside) >= -self.space.length(how.margin))
        if condition.speed_above is not None:
            return np.asarray(self._speed(thing) >= how.speed * self.space.length(condition.speed_above))
        if condition.speed_below is not None:
            return np.asarray(self._speed(thing) <= how.speed * self.space.length(condition.speed_below))
        if condition.crosses is not None:
            line = self.space.points(self.rules.lines[condition.crosses])
            out = np.zeros(len(thing.view), dtype=bool)
            band = 0.03 * float(np.median(thing.boxes[:, 3]))
            out[crossings(thing.places, line, band, condition.direction)] = True
            return out
        if condition.touching is not None:
            return self._touched(thing, condition.touching, condition.part)
        if condition.without is not None:
            return ~self._touched(thing, condition.without, condition.part)
        if condition.attribute is not None:
            values = thing.text.get(condition.attribute, [""] * len(thing.view))
            return np.array([value == condition.is_ for value in values], dtype=bool)
        return None

    def depth(self, thing: Thing, zone: str) -> Floats:
        """How deep the thing stands in a zone, in pixels."""
        key = (thing.number, zone)
        if key not in self._depths:
            self._depths[key] = depth_in(thing.places, self.space.points(self.rules.zones[zone]))
        return self._depths[key]

    def _speed(self, thing: Thing) -> Floats:
        if thing.number not in self._speeds:
            self._speeds[thing.number] = thing.speed(self.space.facts.rate)
        return self._speeds[thing.number]

    def _touched(self, thing: Thing, label: str, part: str) -> Bools:
        key = (thing.number, label, part)
        if key not in self._on:
            out = np.zeros(len(thing.view), dtype=bool)
            for other in self.of(label):
                if other.number != thing.number:
                    low = max(thing.first, other.first)
                    high = min(thing.span.stop, other.span.stop)
                    if low < high:
                        ours, theirs = (slice(low - one.first, high - one.first) for one in (thing, other))
                        on = lies_on(other.boxes[theirs], thing.boxes[ours], part)
                        out[ours] |= on & other.view[theirs]
            self._on[key] = out
        return self._on[key]

    def _exists(self, condition: Condition, thing: Thing | None, how: Adjusted) -> Bools:
        count = np.zeros(self.frames, dtype=np.int64)
        asked = Condition.model_construct(None, all_=condition.all_, any_=condition.any_, not_=condition.not_)
        plain = not (condition.all_ or condition.any_ or condition.not_)
        for other in self.of(condition.exists or ""):
            if thing is not None and other.number == thing.number:
                continue
            held = self._spread(other, other.view) if plain else self.holds(asked, other, how)
            if condition.near is not None and thing is not None:
                held = held & self._close(thing, other, self.space.length(condition.near))
            count += held
        return np.asarray(count >= condition.at_least)

    def _close(self, thing: Thing, other: Thing, most: float) -> Bools:
        out = np.zeros(self.frames, dtype=bool)
        low, high = max(thing.first, other.first), min(thing.span.stop, other.span.stop)
        if low < high:
            ours, theirs = (one.places[low - one.first : high - one.first] for one in (thing, other))
            out[low:high] = np.hypot(*(ours - theirs).T) <= most
        return out
