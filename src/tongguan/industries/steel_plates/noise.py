"""Smooth random fields, the material of every texture."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PIL import Image

Field = npt.NDArray[np.float32]
Random = np.random.Generator


def smooth(rng: Random, height: int, width: int, cell_y: float, cell_x: float) -> Field:
    """A random field of (height, width) with mean 0 and deviation 1 whose grains are about cell_y x cell_x pixels."""
    rows, columns = int(height / cell_y) + 3, int(width / cell_x) + 3
    coarse = rng.standard_normal((rows, columns), dtype=np.float32)
    field = enlarge(coarse, height, width)
    field -= field.mean()
    even: Field = field / max(float(field.std()), 1e-6)
    return even


def enlarge(coarse: Field, height: int, width: int) -> Field:
    """Bicubic interpolation of a small field to (height, width)."""
    picture = Image.fromarray(coarse).resize((width, height), Image.Resampling.BICUBIC)
    field: Field = np.array(picture, dtype=np.float32)
    return field


def ramp(values: Field, low: float, high: float) -> Field:
    """0 below `low`, 1 above `high`, a straight slope between."""
    risen: Field = np.clip((values - low) / (high - low), 0.0, 1.0)
    return risen


def island(rng: Random, height: int, width: int, roughness: float = 0.35, cells: float = 4.0) -> Field:
    """A blob in [0, 1] that fills (height, width) up to its middle half, with an irregular coast.

    `roughness` is how far the coast leaves the ellipse, `cells` how many bays it has across.
    """
    y: Field = np.linspace(-1, 1, height, dtype=np.float32)[:, None]
    x: Field = np.linspace(-1, 1, width, dtype=np.float32)[None, :]
    distance: Field = np.sqrt(x * x + y * y)
    coast = smooth(rng, height, width, height / cells, width / cells) * roughness
    return ramp(0.82 - distance + coast * 0.5, 0.0, 0.25) * ramp(1.0 - distance, 0.0, 0.08)
