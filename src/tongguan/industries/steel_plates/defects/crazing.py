"""Crazing: a net of fine dark cracks over an area, as in old porcelain."""

from __future__ import annotations

import numpy as np
from scipy.spatial import cKDTree

from tongguan.industries.steel_plates.defects.base import Strength, span
from tongguan.industries.steel_plates.noise import Field, Random, island, ramp, smooth


class Crazing:
    """Borders of Voronoi cells on a warped grid, flattened along the rolling direction; broken in places."""

    name = "crazing"
    share = 0.04

    def draw(self, rng: Random, strength: Strength, room: tuple[int, int]) -> Field:
        """A crack runs where the two nearest seeds are equally far."""
        width = span(rng, 80, 150, strength.size, room[1])
        height = span(rng, 60, 120, strength.size, room[0])
        seeds = rng.uniform((-8, -8), (height + 8, (width + 8) * 0.75), (max(6, width * height // 120), 2))
        y, x = np.mgrid[0:height, 0:width].astype(np.float32)
        y += 1.1 * smooth(rng, height, width, 9, 9)
        x += 1.1 * smooth(rng, height, width, 9, 9)
        places = np.stack([y.ravel(), x.ravel() * 0.75], axis=1)
        near = cKDTree(seeds).query(places, k=2)[0]
        border = (near[:, 1] - near[:, 0]).reshape(height, width).astype(np.float32)
        cracks = ramp(-border, -1.7, -0.4) * (0.45 + 0.55 * ramp(smooth(rng, height, width, 14, 14), -1.2, 0.2))
        shape = ramp(island(rng, height, width, roughness=0.25, cells=2.5), 0.05, 0.4)
        return shape * cracks * np.float32(-(0.08 + strength.contrast * 1.1))
