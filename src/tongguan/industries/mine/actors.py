"""Who moves through the yard: people on foot, haul vehicles, lumps of ore on the belt. All in shares of the picture."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Random = np.random.Generator

BELT = (0.12, 0.2, 0.9, 0.34)
LOADING = (0.42, 0.58, 0.8, 0.92)
EXPLOSIVES = (0.02, 0.4, 0.24, 0.56)
"""Zones as left, top, right, bottom in shares of the picture."""
GATE = 0.36
"""The line across the haul road, as a share of the width."""
ROAD = (0.66, 0.84)
WALK = (0.05, 0.22, 0.95, 0.95)
RUNNING_SPEED = 0.12


@dataclass(frozen=True, slots=True, eq=False)
class Actor:
    """One thing over all frames. foot (F, 2): middle of its lower edge; size (F, 2); there (F,): whether it exists;
    speed (F,): shares of the width a second, as the script moves it. helmet: whether a person wears one."""

    label: str
    foot: Floats
    size: Floats
    there: Bools
    speed: Floats
    helmet: bool = False

    def boxes(self) -> Floats:
        """Left, top, width, height (F, 4) in shares."""
        return np.column_stack([self.foot - self.size * [0.5, 1.0], self.size])


def depth(y: Floats) -> Floats:
    """How large things look at a height of the picture: the far side is small."""
    return 0.45 + 0.75 * y


def person(rng: Random, frames: int, rate: float, bare: float) -> Actor:
    """Walks between places, stands for a while, some of the time in a zone. bare: share of people without a helmet."""
    spots = [_spot(rng) for _ in range(12)]
    place = np.array(spots[0])
    foot, speed = np.zeros((frames, 2)), np.zeros(frames)
    target, pause, pace, next_ = place, 0, 0.0, 1
    for at in range(frames):
        if pause > 0:
            pause -= 1
        else:
            way = target - place
            far = float(np.hypot(*way))
            step = pace * float(depth(place[1:2])[0]) / rate
            if far <= step or step == 0:
                place = target
                pause = int(rng.uniform(0, 5) * rate) if rng.random() < 0.6 else 0
                target, pace = np.array(spots[next_ % len(spots)]), float(rng.uniform(0.07, 0.14))
                next_ += 1
            else:
                place = place + way / far * step
                speed[at] = pace
        foot[at] = place
    size = depth(foot[:, 1])[:, None] * np.array([0.045, 0.2]) * rng.uniform(0.9, 1.1)
    return Actor("person", foot, size, np.ones(frames, dtype=bool), speed, bool(rng.random() >= bare))


def _spot(rng: Random) -> tuple[float, float]:
    zone = [WALK, WALK, LOADING, BELT, EXPLOSIVES][int(rng.integers(5))]
    left, top, right, bottom = zone
    return float(rng.uniform(left, right)), float(rng.uniform(top, bottom))


def vehicle(rng: Random, frames: int, rate: float, begin: int) -> Actor:
    """Drives in on the road, stops at the loading zone for a while, drives out on the same side or the other."""
    lane = float(rng.uniform(ROAD[0] + 0.06, ROAD[1]))
    forward = rng.random() < 0.6
    stop = float(rng.uniform(LOADING[0] + 0.06, LOADING[2] - 0.06))
    leave_same = rng.random() < 0.4
    pace, wait = float(rng.uniform(0.1, 0.22)), int(rng.uniform(2, 8) * rate)
    first, last = (-0.15, 1.15) if forward else (1.15, -0.15)
    end = first if leave_same else last
    x, speed, there = np.full(frames, first), np.zeros(frames), np.zeros(frames, dtype=bool)
    place, stage = first, 0
    for at in range(begin, frames):
        there[at] = stage < 3
        goal = stop if stage == 0 else end
        if stage in (0, 2):
            step = pace / rate
            if abs(goal - place) <= step:
                place, stage = goal, stage + 1
            else:
                place += step if goal > place else -step
                speed[at] = pace
        elif stage == 1:
            wait -= 1
            stage = 2 if wait <= 0 else 1
        x[at] = place
    foot = np.column_stack([x, np.full(frames, lane)])
    size = depth(foot[:, 1])[:, None] * np.array([0.2, 0.22]) * rng.uniform(0.9, 1.15)
    return Actor("vehicle", foot, size, there, speed)


def ore(rng: Random, frames: int, rate: float, running: Bools) -> list[Actor]:
    """Lumps that lie on the belt and move with it while it runs."""
    left, top, right, bottom = BELT
    y = (top + bottom) / 2 + 0.03
    travelled = np.cumsum(running) * RUNNING_SPEED / rate
    gap = float(rng.uniform(0.16, 0.24))
    count = int((right - left + float(travelled[-1])) / gap) + 1
    lumps = []
    for number in range(count):
        start = right - 0.03 - number * gap - float(rng.uniform(0, 0.06))
        x = start + travelled
        foot = np.column_stack([x, np.full(frames, y + float(rng.normal(0, 0.008)))])
        size = np.tile(np.array([0.035, 0.05]) * rng.uniform(0.8, 1.2), (frames, 1))
        inside = (x > left + 0.01) & (x < right - 0.01)
        speed = np.where(running, RUNNING_SPEED, 0.0)
        lumps.append(Actor("ore", foot, size, inside, speed))
    return [one for one in lumps if one.there.any()]


def belt_runs(rng: Random, frames: int, rate: float) -> Bools:
    """Runs and stands in turn, for 4 to 14 seconds each."""
    out = np.zeros(frames, dtype=bool)
    at, on = 0, bool(rng.random() < 0.5)
    while at < frames:
        length = int(rng.uniform(4, 14) * rate)
        out[at : at + length] = on
        at, on = at + length, not on
    return out
