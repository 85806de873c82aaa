"""Training sounds made different: another vocal tract, pitch and speed, noise, gaps.

Vocal tract: Jaitly and Hinton (2013), "Vocal tract length perturbation". Gaps: Park et al. (2019), "SpecAugment".
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tongguan.train.recipes.sounds.bands import Hearing, ends, filters, in_bands, placed, read_at, widened

Floats = NDArray[np.float32]
WARPS = 21
LEAST_NOISE = -5.0
"""Exponent of the least noise, as a share of the mean power."""
NOISY = 0.7
MASKS = 2
PARTS = 6
"""Parts of a sound whose pace varies each on its own."""
POINTS = 5
"""Places over the bands between which the colour is drawn straight."""
SLACK = 4
"""Frames by which the ends of a sound are drawn elsewhere."""


@dataclass(frozen=True, slots=True)
class Strength:
    """How far sounds are varied. warp: of frequencies, stretch: of time, as shares. noise: most of it, as a share of
    the mean power. mask_bands, mask_frames: widest stripe and longest gap. uneven: how far the pace varies inside a
    sound, as the exponent of its largest factor. colour: standard deviation of the logarithm of the power at a few
    points over the bands, as another microphone has it."""

    warp: float
    stretch: float
    noise: float
    mask_bands: int
    mask_frames: int
    uneven: float = 0.0
    colour: float = 0.0


class Variation:
    """How sounds are varied; the filter banks are made once."""

    def __init__(self, strength: Strength, hearing: Hearing) -> None:
        self._strength, self._hearing = strength, hearing
        warp = strength.warp
        factors = np.geomspace(1 / (1 + warp), 1 + warp, WARPS) if warp else np.ones(1)
        self._banks = [filters(hearing, float(factor)) for factor in factors]

    def one(self, power: Floats, rng: np.random.Generator) -> Floats:
        """Power spectra of a sound -> (bands, frames) as the model sees them, varied."""
        return self.masked(self.unmasked(power, rng), rng)

    def unmasked(self, power: Floats, rng: np.random.Generator) -> Floats:
        """The same without stripes and gaps."""
        hearing = self._hearing
        bands = self.free(power, rng, hearing.frames if hearing.paced else 0)
        return placed(bands, hearing.frames, float(rng.random()))

    def free(self, power: Floats, rng: np.random.Generator, frames: int = 0) -> Floats:
        """The same in `frames` frames, 0: in its own length, varied; without gaps."""
        strength = self._strength
        if self._hearing.quiet:
            start, end = ends(power, self._hearing.quiet)
            # What is loud enough is not always what a person would call the word.
            start, end = (at + int(rng.integers(-SLACK, SLACK + 1)) if strength.stretch else at for at in (start, end))
            start, end = widened(start, end, len(power))
            power = power[start:end]
        noise = None
        if strength.noise > 0 and rng.random() < NOISY:
            level = 10 ** rng.uniform(LEAST_NOISE, np.log10(strength.noise))
            noise = (level * rng.exponential(1.0, (len(power), self._hearing.bands))).astype(np.float32)
        bank = self._banks[rng.integers(len(self._banks))]
        if strength.colour:
            bank = bank * self._colour(rng)
        bands = in_bands(power, bank, self._hearing, noise)
        factor = float(np.exp(rng.uniform(-1, 1) * np.log1p(strength.stretch))) if strength.stretch else 1.0
        count = frames or max(2, round(bands.shape[1] * factor))
        return read_at(bands, self._places(count, rng) * (bands.shape[1] - 1))

    def masked(self, bands: Floats, rng: np.random.Generator) -> Floats:
        """With stripes and gaps of zeros, in place."""
        for _ in range(MASKS):
            wide = int(rng.integers(0, min(self._strength.mask_bands, bands.shape[0] // 2) + 1))
            at = int(rng.integers(0, bands.shape[0] - wide + 1))
            bands[at : at + wide] = 0
            wide = int(rng.integers(0, min(self._strength.mask_frames, bands.shape[1] // 3) + 1))
            at = int(rng.integers(0, bands.shape[1] - wide + 1))
            bands[:, at : at + wide] = 0
        return bands

    def _colour(self, rng: np.random.Generator) -> Floats:
        """Factor on the power of each band, (bands, 1)."""
        points = rng.normal(0, self._strength.colour, POINTS)
        over = np.interp(np.linspace(0, POINTS - 1, self._hearing.bands), np.arange(POINTS), points)
        return np.exp(over).astype(np.float32)[:, None]

    def _places(self, count: int, rng: np.random.Generator) -> NDArray[np.float64]:
        """Where each of `count` frames is read, from 0 to 1."""
        even = np.linspace(0, 1, count)
        if not self._strength.uneven:
            return even
        lengths = np.exp(rng.uniform(-1, 1, PARTS) * self._strength.uneven)
        knots = np.concatenate(([0.0], np.cumsum(lengths)))
        places: NDArray[np.float64] = np.interp(even, np.linspace(0, 1, PARTS + 1), knots / knots[-1])
        return places
