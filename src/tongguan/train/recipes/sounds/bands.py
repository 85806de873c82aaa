"""Spectrograms in bands of hearing (mel), the same in training and in serving.

Frames of 25 ms every 10 ms, Hann window, power of the Fourier transform, triangular bands on the mel scale
(O'Shaughnessy 1987), logarithm over a floor below the mean power, without the mean: of each band, so that what
microphone and room add is gone, or of the whole sound.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import gcd

import numpy as np
from numpy.typing import NDArray
from scipy.signal import resample_poly

from tongguan.train.recipes.sounds.sound_file import read_sound

Floats = NDArray[np.float32]
FRAME_SECONDS = 0.025
HOP_SECONDS = 0.01
LOWEST = 60.0
FLOOR = 1e-4
LEAST_FRAMES = 8
"""A sound without its ends keeps at least so many frames."""
KNEE = 0.8
"""Share of the highest frequency up to which a warp is a plain factor; above, it bends back to the end."""


@dataclass(frozen=True, slots=True)
class Hearing:
    """rate: samples a second that sounds are brought to. frames: length that the model sees. bands: mel bands.

    floor: power below which nothing is told apart, as a share of the mean. quiet: decibels under the loudest frame
    below which begin and end are cut off; 0: nothing is. paced: each sound is stretched or pressed to `frames`, else it
    keeps its pace, with silence around it. level: only the mean of the whole sound is taken out, not that of each band:
    what microphone and room add stays, and so does the one vowel that a short word is made of.
    """

    rate: int
    frames: int
    bands: int
    floor: float = FLOOR
    quiet: float = 0.0
    paced: bool = False
    level: bool = False

    @property
    def window(self) -> int:
        """Samples of a frame."""
        return round(self.rate * FRAME_SECONDS)

    @property
    def hop(self) -> int:
        """Samples from frame to frame."""
        return round(self.rate * HOP_SECONDS)

    @property
    def size(self) -> int:
        """Length of the Fourier transform: the power of two that holds a frame."""
        return 1 << (self.window - 1).bit_length()


def heard(content: bytes, hearing: Hearing) -> Floats:
    """A sound file -> what the model sees, (bands, frames). Raises ItemUnreadable."""
    alone: Floats = heard_as(content, hearing, (1.0,))[0]
    return alone


def heard_as(content: bytes, hearing: Hearing, warps: Sequence[float]) -> Floats:
    """The same sound as several voices would make it, (warps, bands, frames). Raises ItemUnreadable."""
    power = powers(content, hearing)
    voices: Floats = np.stack([as_heard(power, hearing, warp) for warp in warps])
    return voices


def as_heard(power: Floats, hearing: Hearing, warp: float = 1.0) -> Floats:
    """Power spectra (frames, f) -> what the model sees, (bands, frames)."""
    if hearing.quiet:
        start, end = ends(power, hearing.quiet)
        power = power[start:end]
    seen = in_bands(power, filters(hearing, warp), hearing)
    return paced(seen, hearing.frames) if hearing.paced else placed(seen, hearing.frames)


def whole(content: bytes, hearing: Hearing) -> Floats:
    """A sound file in its own length, (bands, its frames). Raises ItemUnreadable."""
    return in_bands(powers(content, hearing), filters(hearing), hearing)


def powers(content: bytes, hearing: Hearing) -> Floats:
    """A sound file -> power spectra (frames, size // 2 + 1), at the rate of `hearing`. Raises ItemUnreadable."""
    samples, rate = read_sound(content)
    return spectra(resampled(samples, rate, hearing.rate), hearing)


def resampled(samples: Floats, rate: int, wanted: int) -> Floats:
    """Samples at another rate, by a polyphase filter."""
    if rate == wanted:
        return samples
    shared = gcd(rate, wanted)
    up, down = wanted // shared, rate // shared
    if max(up, down) > 2_000:
        # Odd rates: near enough, and the filter stays short.
        up, down = max(1, round(1_000 * wanted / rate)), 1_000
    changed: Floats = resample_poly(samples, up, down).astype(np.float32)
    return changed


def spectra(samples: Floats, hearing: Hearing) -> Floats:
    """Power of each frame; a sound shorter than a frame is one frame."""
    window, hop = hearing.window, hearing.hop
    if len(samples) < window:
        samples = np.pad(samples, (0, window - len(samples)))
    frames = np.lib.stride_tricks.sliding_window_view(samples, window)[::hop]
    transformed = np.fft.rfft(frames * np.hanning(window).astype(np.float32), hearing.size)
    return (transformed.real**2 + transformed.imag**2).astype(np.float32)


@lru_cache(maxsize=256)
def filters(hearing: Hearing, warp: float = 1.0) -> Floats:
    """Triangular bands, (bands, size // 2 + 1). warp: factor on all frequencies, as a longer or shorter vocal tract
    makes them (Eide and Gish 1996); above the knee it bends so that the highest frequency stays."""
    top = hearing.rate / 2
    edges = _hertz(np.linspace(_mel(LOWEST), _mel(0.97 * top), hearing.bands + 2))
    knee = KNEE * top * min(1.0, 1.0 / warp)
    above = warp * knee + (top - warp * knee) / (top - knee) * (edges - knee)
    edges = np.where(edges <= knee, edges * warp, above)
    places = np.arange(hearing.size // 2 + 1) * hearing.rate / hearing.size
    low, middle, high = edges[:-2, None], edges[1:-1, None], edges[2:, None]
    # A band narrower than the distance of two frequencies would be empty.
    step = hearing.rate / hearing.size
    rise = (places - low) / np.maximum(middle - low, step)
    fall = (high - places) / np.maximum(high - middle, step)
    found: Floats = np.clip(np.minimum(rise, fall), 0, None).astype(np.float32)
    return found


def ends(power: Floats, quiet: float) -> tuple[int, int]:
    """First and last frame (excluded) of power spectra (frames, f) that are no more than `quiet` decibels under the
    loudest, after smoothing over three frames; at least `LEAST_FRAMES` apart where there are so many."""
    loud = 10 * np.log10(power.sum(axis=1) + 1e-12)
    loud = np.convolve(np.pad(loud, 1, "edge"), (0.25, 0.5, 0.25), "valid")
    heard_ = np.flatnonzero(loud > loud.max() - quiet)
    return widened(int(heard_[0]), int(heard_[-1]) + 1, len(power))


def widened(start: int, end: int, count: int) -> tuple[int, int]:
    """A stretch of 0 to `count` frames of at least `LEAST_FRAMES`, or all."""
    start = max(0, min(start, count - LEAST_FRAMES))
    return start, min(count, max(end, start + LEAST_FRAMES))


def in_bands(power: Floats, bank: Floats, hearing: Hearing, noise: Floats | None = None) -> Floats:
    """Power spectra (frames, f) -> logarithm by band (bands, frames) with spread 1 and mean 0: of each band, or of the
    whole where `hearing.level`. noise: added power, as shares of the mean."""
    power_ = power @ bank.T
    mean = max(float(power_.mean()), 1e-12)
    if noise is not None:
        power_ = power_ + mean * noise
    log = np.log(power_ / mean + hearing.floor)
    log = log - (log.mean() if hearing.level else log.mean(axis=0, keepdims=True))
    scaled: Floats = (log / (log.std() + 1e-3)).T.astype(np.float32)
    return np.ascontiguousarray(scaled)


def placed(bands: Floats, frames: int, shift: float = 0.5) -> Floats:
    """Exactly `frames` frames. A longer sound: the loudest stretch; a shorter one: zeros around it, a share
    `shift` of them before."""
    there = bands.shape[1]
    if there <= frames:
        before = round((frames - there) * shift)
        return np.pad(bands, ((0, 0), (before, frames - there - before)))
    loud = np.concatenate(([0.0], np.cumsum(np.maximum(bands.mean(axis=0), 0))))
    start = int(np.argmax(loud[frames:] - loud[:-frames]))
    return np.ascontiguousarray(bands[:, start : start + frames])


def paced(bands: Floats, frames: int) -> Floats:
    """Stretched or pressed to exactly `frames` frames."""
    return read_at(bands, np.linspace(0, bands.shape[1] - 1, frames))


def read_at(bands: Floats, places: NDArray[np.float64]) -> Floats:
    """Bands (bands, n) at places from 0 to n - 1, linear between frames."""
    left = np.minimum(places.astype(np.int64), max(0, bands.shape[1] - 2))
    right = np.minimum(left + 1, bands.shape[1] - 1)
    share = (places - left).astype(np.float32)
    mixed: Floats = bands[:, left] * (1 - share) + bands[:, right] * share
    return np.ascontiguousarray(mixed)


def _mel(hertz: float) -> float:
    return float(2595 * np.log10(1 + hertz / 700))


def _hertz(mel: NDArray[np.float64]) -> NDArray[np.float64]:
    found: NDArray[np.float64] = 700 * (10 ** (mel / 2595) - 1)
    return found
