"""A scene of the yard: who is there, the exact boxes of every frame, and what a detector would make of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tongguan.industries.mine.actors import Actor, Bools, Floats, belt_runs, ore, person, vehicle
from tongguan.industries.mine.happenings import Happening, happenings

LABELS = ("person", "helmet", "vehicle", "ore")
WIDTH, HEIGHT = 480, 270
RATE = 10.0
HIDDEN = 0.6
"""A thing of which more than this share is covered is not seen."""
Row = tuple[int, int, str, float, float, float, float, float]
"""Frame from 0, track from 1 (0: none), label class, left, top, width, height in pixels, score or share in view."""


@dataclass(frozen=True, slots=True)
class Detector:
    """How a made detector errs. misses: share of the boxes not found; invented: false boxes a frame; jitter: error of
    the edges in shares of the height; blinks: how often a miss goes on in the next frame."""

    misses: float = 0.08
    invented: float = 0.25
    jitter: float = 0.04
    blinks: float = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """One recording. tracks: exact rows; running: whether the belt runs, by frame; seeds: of everything random."""

    name: str
    actors: tuple[Actor, ...]
    running: Bools
    tracks: tuple[Row, ...]
    happenings: tuple[Happening, ...]
    seeds: tuple[int, int]


def make_scene(seed: int, number: int, seconds: float = 40.0) -> Scene:
    """Scene `number` of a seed, the same for the same arguments."""
    rng = np.random.default_rng([seed, number])
    frames = round(seconds * RATE)
    running = belt_runs(rng, frames, RATE)
    actors = [person(rng, frames, RATE, 0.3) for _ in range(int(rng.integers(1, 5)))]
    begin = int(rng.uniform(0, 6) * RATE)
    for _ in range(int(rng.integers(1, 4))):
        if begin < frames - 20:
            actors.append(vehicle(rng, frames, RATE, begin))
        begin += int(rng.uniform(8, 16) * RATE)
    actors += ore(rng, frames, RATE, running)
    told = happenings(actors, running, RATE)
    return Scene(
        f"scene-{number:04d}", tuple(actors), running, tuple(_rows(actors, frames)), tuple(told), (seed, number)
    )


def helmet_boxes(one: Actor) -> Floats:
    """On the head: the upper eighth of the person's box."""
    boxes = one.boxes()
    return np.column_stack(
        [boxes[:, 0] + 0.22 * boxes[:, 2], boxes[:, 1] - 0.01 * boxes[:, 3], 0.56 * boxes[:, 2], 0.13 * boxes[:, 3]]
    )


def _rows(actors: list[Actor], frames: int) -> list[Row]:
    things: list[tuple[str, Floats, Bools]] = []
    for one in actors:
        things.append((one.label, one.boxes(), one.there))
        if one.helmet:
            things.append(("helmet", helmet_boxes(one), one.there))
    scale = np.array([WIDTH, HEIGHT, WIDTH, HEIGHT])
    feet = np.stack([boxes[:, 1] + boxes[:, 3] for _, boxes, _ in things])
    rows: list[Row] = []
    for at, (label, boxes, there) in enumerate(things):
        low = np.clip(boxes[:, :2], 0, 1)
        high = np.clip(boxes[:, :2] + boxes[:, 2:], 0, 1)
        inside = np.maximum(high - low, 0).prod(axis=1) / np.maximum(boxes[:, 2:].prod(axis=1), 1e-9)
        covered = _covered(at, things, feet)
        seen = there & (inside > 0.25)
        for frame in np.flatnonzero(seen[:frames]).tolist():
            left, top, right, bottom = np.concatenate([low[frame], high[frame]]) * scale
            view = float(np.clip(inside[frame] * (1 - covered[frame]), 0, 1))
            rows.append((frame, at + 1, label, left, top, right - left, bottom - top, view))
    rows.sort(key=lambda row: row[:2])
    return rows


def _covered(at: int, things: list[tuple[str, Floats, Bools]], feet: Floats) -> Floats:
    """Largest share of a thing that something nearer hides, by frame."""
    _, boxes, _ = things[at]
    most = np.zeros(len(boxes))
    for other, (label, front, there) in enumerate(things):
        if other == at or label not in ("vehicle", "person"):
            continue
        low = np.maximum(boxes[:, :2], front[:, :2])
        high = np.minimum(boxes[:, :2] + boxes[:, 2:], front[:, :2] + front[:, 2:])
        share = np.maximum(high - low, 0).prod(axis=1) / np.maximum(boxes[:, 2:].prod(axis=1), 1e-9)
        nearer = there & (feet[other] > feet[at] + 1e-6) & _not_own(things[at][0], label, share)
        most = np.maximum(most, np.where(nearer, share, 0.0))
    return most


def _not_own(label: str, other: str, share: Floats) -> Bools:
    """A helmet is not hidden by the head that wears it: only what is not a person hides it."""
    hides: Bools = np.full(len(share), not (label == "helmet" and other == "person"))
    return hides


def detected(scene: Scene, how: Detector) -> list[Row]:
    """What a detector finds: boxes that shake, misses that last, false boxes. Equal for equal arguments."""
    rng = np.random.default_rng([*scene.seeds, 77])
    missing: dict[int, bool] = {}
    rows: list[Row] = []
    for frame, track, label, x, y, width, height, view in scene.tracks:
        small = 2.0 if label in ("helmet", "ore") else 1.0
        hidden = view < 1 - HIDDEN
        chance = how.blinks if missing.get(track) else min(0.9, how.misses * small + 0.5 * (1 - view) ** 2)
        missing[track] = hidden or bool(rng.random() < chance)
        if missing[track]:
            continue
        shake = rng.normal(0, how.jitter * height, 4) * [0.5, 0.5, 0.7, 0.7]
        score = float(np.clip(rng.beta(7, 2) * (0.55 + 0.45 * view), 0.03, 0.999))
        box = (x + shake[0] - shake[2] / 2, y + shake[1] - shake[3] / 2, width + shake[2], height + shake[3])
        rows.append((frame, 0, label, box[0], box[1], max(1.0, box[2]), max(1.0, box[3]), score))
    for frame in range(len(scene.running)):
        for _ in range(int(rng.poisson(how.invented))):
            label = LABELS[int(rng.integers(len(LABELS)))]
            high = float(rng.uniform(0.05, 0.25)) * HEIGHT
            wide = high * float(rng.uniform(0.4, 1.6))
            left, top = float(rng.uniform(0, WIDTH - wide)), float(rng.uniform(0, HEIGHT - high))
            rows.append((frame, 0, label, left, top, wide, high, float(np.clip(rng.beta(2, 4), 0.03, 0.999))))
    rows.sort(key=lambda row: (row[0], -row[7]))
    return rows
