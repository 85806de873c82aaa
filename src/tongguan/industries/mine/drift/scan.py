"""One scan: a tunnel with things in it, and the points that a turning scanner gets back from them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tongguan.catalog.labels.cuboid import CuboidLabel
from tongguan.industries.mine.drift.solids import FAR, Block, Tunnel

Floats = NDArray[np.float64]
Random = np.random.Generator
LABELS = ("vehicle", "person", "pillar")
RINGS, TURN = 32, 540
REACH = 32.0
LEAST_POINTS = 8
"""Things with fewer points on them are not labelled: nobody could."""
NOISE = 0.02
DROPPED = 0.08


@dataclass(frozen=True, slots=True, eq=False)
class Scan:
    """xyz (n, 3) in metres in the frame of the scanner, z up; intensity (n,) in [0, 1]; the labels of what is there."""

    name: str
    xyz: NDArray[np.float32]
    intensity: NDArray[np.float32]
    labels: tuple[CuboidLabel, ...]


@dataclass(frozen=True, slots=True)
class _Thing:
    """label None: a rock, which nobody labels. whole: what the label says; parts: what rays meet; shine: intensity."""

    label: str | None
    whole: Block
    parts: tuple[Block, ...]
    shine: float


def make_scan(seed: int, number: int) -> Scan:
    """Scan `number` of a seed, the same for the same arguments."""
    rng = np.random.default_rng([seed, number, 3])
    tunnel = Tunnel(
        float(rng.uniform(3.0, 5.0)),
        float(rng.uniform(3.2, 4.2)),
        float(rng.uniform(4.5, 6)),
        float(rng.normal(0, 0.02)),
    )
    things = _things(rng, tunnel)
    origin = np.array([0.0, float(rng.uniform(-0.8, 0.8)), float(rng.uniform(1.6, 2.2))])
    ways = _ways(rng)
    distances = np.stack([tunnel.hits(origin, ways), *(_nearest(one, origin, ways) for one in things)])
    which, distance = distances.argmin(axis=0), distances.min(axis=0)
    rough = np.where(which == 0, 0.05, NOISE)
    seen = (distance < REACH) & (rng.random(len(ways)) >= DROPPED + 0.3 * (distance / REACH) ** 2)
    distance = distance + rng.normal(0, 1, len(ways)) * rough
    shine = np.array([0.25, *(one.shine for one in things)])[which] + rng.normal(0, 0.05, len(ways))
    points = (origin + ways * distance[:, None])[seen]
    counts = np.bincount(which[seen], minlength=len(things) + 1)
    turn = float(rng.uniform(-0.25, 0.25))
    cos, sin = np.cos(turn), np.sin(turn)
    matrix = np.array([[cos, -sin, 0], [sin, cos, 0], [0, 0, 1.0]])
    labels = tuple(
        _label(one, origin, matrix, turn)
        for at, one in enumerate(things, start=1)
        if one.label is not None and counts[at] >= LEAST_POINTS
    )
    xyz = ((points - origin) @ matrix.T).astype(np.float32)
    return Scan(f"scan-{number:04d}", xyz, np.clip(shine[seen], 0, 1).astype(np.float32), labels)


def _ways(rng: Random) -> Floats:
    """Directions of all rays (n, 3): rings between 28 degrees down and 18 up, a little shaken."""
    up = np.deg2rad(np.linspace(-28, 18, RINGS))[:, None] + rng.normal(0, 0.0005, (RINGS, TURN))
    around = np.linspace(0, 2 * np.pi, TURN, endpoint=False)[None] + rng.normal(0, 0.0008, (RINGS, TURN))
    return np.stack([np.cos(up) * np.cos(around), np.cos(up) * np.sin(around), np.sin(up)], axis=-1).reshape(-1, 3)


def _nearest(thing: _Thing, origin: Floats, ways: Floats) -> Floats:
    return np.asarray(np.min([part.hits(origin, ways) for part in thing.parts], axis=0))


def _label(thing: _Thing, origin: Floats, matrix: Floats, turn: float) -> CuboidLabel:
    one = thing.whole
    x, y, z = (matrix @ (np.array([one.x, one.y, one.z]) - origin)).tolist()
    yaw = float(np.arctan2(np.sin(one.yaw + turn), np.cos(one.yaw + turn)))
    return CuboidLabel(
        label=thing.label or "",
        x=round(x, 4),
        y=round(y, 4),
        z=round(z, 4),
        length=round(one.length, 4),
        width=round(one.width, 4),
        height=round(one.height, 4),
        yaw=round(yaw, 5),
    )


def _things(rng: Random, tunnel: Tunnel) -> list[_Thing]:
    """Vehicles, people, pillars and rocks that do not stand in one another, nor on the scanner."""
    things: list[_Thing] = []
    wanted = ["vehicle"] * int(rng.integers(0, 3)) + ["pillar"] * int(rng.integers(1, 5))
    wanted += ["person"] * int(rng.integers(1, 5)) + ["rock"] * int(rng.integers(1, 6))
    for kind in wanted:
        for _ in range(12):
            made = _MAKERS[kind](rng, tunnel)
            if _fits(made.whole, things):
                things.append(made)
                break
    return things


def _fits(one: Block, others: list[_Thing]) -> bool:
    reach = float(np.hypot(one.length, one.width)) / 2
    if np.hypot(one.x, one.y) < reach + 1.2:
        return False
    for other in others:
        room = reach + float(np.hypot(other.whole.length, other.whole.width)) / 2
        if np.hypot(one.x - other.whole.x, one.y - other.whole.y) < room:
            return False
    return True


def _stand(rng: Random, tunnel: Tunnel, length: float, width: float, height: float, yaw: float) -> Block:
    x = float(rng.uniform(-24, 24))
    room = max(0.0, tunnel.half - 0.25 - (abs(np.cos(yaw)) * width + abs(np.sin(yaw)) * length) / 2)
    y = float(rng.uniform(-room, room))
    return Block(x, y, tunnel.slope * x + height / 2, length, width, height, yaw)


def _vehicle(rng: Random, tunnel: Tunnel) -> _Thing:
    """A low chassis with a cab at the front and a higher box or bucket behind."""
    yaw = float(rng.normal(0, 0.12)) + (np.pi if rng.random() < 0.5 else 0.0)
    length, width = float(rng.uniform(5.5, 8.5)), float(rng.uniform(1.9, 2.5))
    height = float(rng.uniform(2.0, 2.6))
    whole = _stand(rng, tunnel, length, width, height, yaw)
    low = 0.55 * height
    ahead = np.array([np.cos(yaw), np.sin(yaw)])
    ground = whole.z - height / 2
    body = Block(whole.x, whole.y, ground + low / 2, length, width, low, yaw)
    at = np.array([whole.x, whole.y]) + ahead * 0.3 * length
    cab = Block(float(at[0]), float(at[1]), whole.z, 0.22 * length, 0.8 * width, height, yaw)
    back = np.array([whole.x, whole.y]) - ahead * 0.25 * length
    load = Block(float(back[0]), float(back[1]), ground + 0.42 * height, 0.45 * length, width, 0.84 * height, yaw)
    return _Thing("vehicle", whole, (body, cab, load), float(rng.uniform(0.4, 0.8)))


def _person(rng: Random, tunnel: Tunnel) -> _Thing:
    yaw = float(rng.uniform(-np.pi, np.pi))
    height = float(rng.uniform(1.6, 1.9))
    whole = _stand(rng, tunnel, float(rng.uniform(0.45, 0.7)), float(rng.uniform(0.5, 0.7)), height, yaw)
    ground = whole.z - height / 2
    body = Block(whole.x, whole.y, ground + 0.42 * height, whole.length, whole.width, 0.84 * height, yaw)
    head = Block(whole.x, whole.y, ground + 0.92 * height, 0.26, 0.22, 0.16 * height, yaw)
    return _Thing("person", whole, (body, head), float(rng.uniform(0.5, 0.95)))


def _pillar(rng: Random, tunnel: Tunnel) -> _Thing:
    side = float(rng.uniform(0.35, 0.7))
    height = float(rng.uniform(2.6, 3.2))
    yaw = float(rng.normal(0, 0.1))
    whole = _stand(rng, tunnel, side, side * float(rng.uniform(0.9, 1.1)), height, yaw)
    return _Thing("pillar", whole, (whole,), float(rng.uniform(0.3, 0.5)))


def _rock(rng: Random, tunnel: Tunnel) -> _Thing:
    sizes = rng.uniform(0.3, 1.0, 3)
    yaw = float(rng.uniform(-np.pi, np.pi))
    whole = _stand(rng, tunnel, float(sizes[0]), float(sizes[1]), float(sizes[2]), yaw)
    return _Thing(None, whole, (whole,), float(rng.uniform(0.15, 0.35)))


_MAKERS = {"vehicle": _vehicle, "person": _person, "pillar": _pillar, "rock": _rock}
if any(name not in (*LABELS, "rock") for name in _MAKERS) or FAR < REACH:
    raise RuntimeError("the makers and the label classes differ")
