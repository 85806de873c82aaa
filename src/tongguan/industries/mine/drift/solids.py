"""Solids that rays meet: blocks turned about the upright axis, and the tunnel itself."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
FAR = 1e9


@dataclass(frozen=True, slots=True)
class Block:
    """Centre and sizes in metres, yaw in radians from x towards y."""

    x: float
    y: float
    z: float
    length: float
    width: float
    height: float
    yaw: float = 0.0

    def hits(self, origin: Floats, ways: Floats) -> Floats:
        """Distance along each ray (n, 3) from `origin` (3,) to the block; FAR where it misses (slab method)."""
        cos, sin = np.cos(self.yaw), np.sin(self.yaw)
        turn = np.array([[cos, sin, 0], [-sin, cos, 0], [0, 0, 1.0]])
        start = turn @ (origin - [self.x, self.y, self.z])
        along = ways @ turn.T
        half = np.array([self.length, self.width, self.height]) / 2
        safe = np.where(np.abs(along) < 1e-12, 1e-12, along)
        one, other = (-half - start) / safe, (half - start) / safe
        near, far = np.minimum(one, other).max(axis=1), np.maximum(one, other).min(axis=1)
        return np.where((near <= far) & (near > 0.05), near, FAR)


@dataclass(frozen=True, slots=True)
class Tunnel:
    """Along x: half its width, height of walls and of the middle of the roof; the floor at z = 0 slopes by `slope`."""

    half: float
    wall: float
    crown: float
    slope: float

    def hits(self, origin: Floats, ways: Floats) -> Floats:
        """Distance to the nearest of floor, walls and roof (two slanted planes)."""
        planes = [
            (np.array([-self.slope, 0, 1.0]), 0.0),
            (np.array([0, -1.0, 0]), -self.half),
            (np.array([0, 1.0, 0]), -self.half),
        ]
        rise = (self.crown - self.wall) / self.half
        planes += [(np.array([self.slope, sign * rise, -1.0]), -self.crown) for sign in (-1.0, 1.0)]
        best = np.full(len(ways), FAR)
        for normal, offset in planes:
            towards = ways @ normal
            distance = (offset - origin @ normal) / np.where(np.abs(towards) < 1e-12, 1e-12, towards)
            best = np.where((towards < 0) & (distance > 0.05) & (distance < best), distance, best)
        return best
