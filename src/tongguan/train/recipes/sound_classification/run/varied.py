"""Training sounds made different: another vocal tract, pitch and speed, noise, gaps.

Vocal tract: Jaitly and Hinton (2013), "Vocal tract length perturbation". Gaps: Park et al. (2019), "SpecAugment".
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tongguan.train.recipes.sound_classification.manifest import SoundParams
from tongguan.train.recipes.sounds.bands import Hearing, filters, in_bands, placed

Floats = NDArray[np.float32]
WARPS = 21
LEAST_NOISE = -5.0
"""Exponent of the least noise, as a share of the mean power."""
NOISY = 0.7
MASKS = 2


class Variation:
    """How sounds are varied; the filter banks are made once."""

    def __init__(self, params: SoundParams, hearing: Hearing) -> None:
        self._params, self._hearing = params, hearing
        factors = np.geomspace(1 / (1 + params.warp), 1 + params.warp, WARPS) if params.warp else np.ones(1)
        self._banks = [filters(hearing, float(factor)) for factor in factors]

    def one(self, power: Floats, rng: np.random.Generator) -> Floats:
        """Power spectra of a sound -> (bands, frames) as the model sees them, varied."""
        params = self._params
        noise = None
        if params.noise > 0 and rng.random() < NOISY:
            level = 10 ** rng.uniform(LEAST_NOISE, np.log10(params.noise))
            noise = (level * rng.exponential(1.0, (len(power), self._hearing.bands))).astype(np.float32)
        bands = in_bands(power, self._banks[rng.integers(len(self._banks))], noise)
        if params.stretch > 0:
            factor = float(np.exp(rng.uniform(-1, 1) * np.log1p(params.stretch)))
            bands = stretched(bands, max(2, round(bands.shape[1] * factor)))
        out = placed(bands, self._hearing.frames, float(rng.random()))
        return self._masked(out, rng)

    def _masked(self, bands: Floats, rng: np.random.Generator) -> Floats:
        for _ in range(MASKS):
            wide = int(rng.integers(0, min(self._params.mask_bands, bands.shape[0] // 2) + 1))
            at = int(rng.integers(0, bands.shape[0] - wide + 1))
            bands[at : at + wide] = 0
            wide = int(rng.integers(0, min(self._params.mask_frames, bands.shape[1] // 3) + 1))
            at = int(rng.integers(0, bands.shape[1] - wide + 1))
            bands[:, at : at + wide] = 0
        return bands


def stretched(bands: Floats, frames: int) -> Floats:
    """Linear between frames."""
    places = np.linspace(0, bands.shape[1] - 1, frames)
    left = np.minimum(places.astype(np.int64), max(0, bands.shape[1] - 2))
    right = np.minimum(left + 1, bands.shape[1] - 1)
    share = (places - left).astype(np.float32)
    mixed: Floats = bands[:, left] * (1 - share) + bands[:, right] * share
    return mixed
