"""What happens in a scene, from the script alone: where feet stand, what the belt does, who wears a helmet.

This is written without the rules of the recipe `video-events`, which are measured against it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tongguan.industries.mine.actors import BELT, EXPLOSIVES, GATE, LOADING, Actor, Bools

LEAST = {"person-by-moving-vehicle": 0.5, "on-running-belt": 0.5, "no-helmet": 2.0, "stays-at-explosives": 4.0}
"""Shorter ones are no event, in seconds."""
MERGE = 1.0
"""Two of a kind with a shorter pause between them are one, in seconds."""
GATE_IN, GATE_OUT = "vehicle-in", "vehicle-out"
EVENTS = (*LEAST, GATE_IN, GATE_OUT)
Happening = tuple[str, float, float]
"""Kind, start and end in seconds."""


def happenings(actors: Sequence[Actor], running: Bools, rate: float) -> list[Happening]:
    """All events of a scene in order of time."""
    people = [one for one in actors if one.label == "person"]
    vehicles = [one for one in actors if one.label == "vehicle"]
    moving = np.zeros(len(running), dtype=bool)
    for one in vehicles:
        moving |= one.there & (one.speed > 0) & _inside(one, LOADING)
    held: dict[str, Bools] = {name: np.zeros(len(running), dtype=bool) for name in LEAST}
    for one in people:
        held["person-by-moving-vehicle"] |= _inside(one, LOADING) & moving
        held["on-running-belt"] |= _inside(one, BELT) & running
        if not one.helmet:
            held["no-helmet"] |= one.there
    found = [(name, *span) for name, least in LEAST.items() for span in _spans(held[name], rate, least)]
    # Staying is asked of each person: two who pass one after the other do not stay.
    found = [one for one in found if one[0] != "stays-at-explosives"]
    for one in people:
        spans = _spans(_inside(one, EXPLOSIVES), rate, LEAST["stays-at-explosives"])
        found += [("stays-at-explosives", *span) for span in spans]
    for one in vehicles:
        found += _crossings(one, rate)
    return sorted(found, key=lambda one: (one[1], one[2], one[0]))


def _inside(one: Actor, zone: tuple[float, float, float, float]) -> Bools:
    x, y = one.foot[:, 0], one.foot[:, 1]
    inside: Bools = one.there & (x >= zone[0]) & (x <= zone[2]) & (y >= zone[1]) & (y <= zone[3])
    return inside


def _crossings(one: Actor, rate: float) -> list[Happening]:
    right = one.foot[:, 0] > GATE
    changes = np.flatnonzero(right[1:] != right[:-1]) + 1
    return [(GATE_IN if right[at] else GATE_OUT, at / rate, at / rate) for at in changes.tolist() if one.there[at]]


def _spans(held: Bools, rate: float, least: float) -> list[tuple[float, float]]:
    padded = np.diff(held.astype(np.int8), prepend=0, append=0)
    spans = list(zip(np.flatnonzero(padded == 1) / rate, np.flatnonzero(padded == -1) / rate, strict=True))
    merged: list[tuple[float, float]] = []
    for start, end in spans:
        if merged and start - merged[-1][1] < MERGE:
            merged[-1] = (merged[-1][0], float(end))
        else:
            merged.append((float(start), float(end)))
    return [span for span in merged if span[1] - span[0] >= least]
