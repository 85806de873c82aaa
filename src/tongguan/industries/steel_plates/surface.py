"""A plate without defects: grain, streaks of rolling, light."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tongguan.industries.steel_plates.noise import Field, Random, smooth


@dataclass(frozen=True, slots=True)
class Look:
    """What all pictures of one plate share: its steel, its rolling, and the lamp it was taken under."""

    tone: float  # mean grey, 0 to 255
    grain: float  # deviation of single pixels, grey levels
    streaks: float  # deviation of the fine lines of rolling
    bands: float  # deviation of broad bands and clouds
    stretch: float  # length of a streak in pixels
    light: float  # difference of brightness across the picture, as a share
    angle: float  # direction of the light, radians
    vignette: float  # loss of brightness in the corners, as a share
    upright: bool  # rolled top to bottom instead of left to right


def random_look(rng: Random) -> Look:
    """A plate from the range that a line meets: dark to pale steel, even to slanting light."""
    return Look(
        tone=float(rng.triangular(72, 122, 180)),
        grain=float(rng.uniform(2.0, 5.0)),
        streaks=float(rng.uniform(2.0, 6.5)),
        bands=float(rng.uniform(2.0, 6.0)),
        stretch=float(rng.uniform(25, 90)),
        light=float(rng.uniform(0.0, 0.6)),
        angle=float(rng.uniform(0, 2 * np.pi)),
        vignette=float(rng.uniform(0.0, 0.3)),
        upright=bool(rng.random() < 0.4),
    )


def draw_surface(rng: Random, look: Look, height: int, width: int) -> Field:
    """Grey levels of an even plate in even light, rolled along x, shape (height, width)."""
    surface = look.streaks * smooth(rng, height, width, 1.3, look.stretch)
    surface += look.bands * 0.8 * smooth(rng, height, width, 16, look.stretch * 4)
    surface += look.bands * 0.7 * smooth(rng, height, width, 45, 60)
    return surface + np.float32(look.tone)


def draw_light(look: Look, height: int, width: int) -> Field:
    """Factor of brightness of the lamp, shape (height, width), 1 in the middle."""
    y: Field = np.linspace(-0.5, 0.5, height, dtype=np.float32)[:, None]
    x: Field = np.linspace(-0.5, 0.5, width, dtype=np.float32)[None, :]
    slope = np.float32(np.cos(look.angle)) * x + np.float32(np.sin(look.angle)) * y
    light = 1 + look.light * slope - 2 * look.vignette * (x * x + y * y)
    return light.astype(np.float32, copy=False)
