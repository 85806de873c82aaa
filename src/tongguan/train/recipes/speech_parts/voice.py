"""A voice made of numbers: pulses and noise through resonances, in NumPy and SciPy.

Source and filter after Klatt (1980), "Software for a cascade/parallel formant synthesizer": a glottal wave through four
resonances in a row, and noise through one of its own beside them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter

from tongguan.train.recipes.speech_parts.syllables import VOWELS, parts

Floats = NDArray[np.float64]
RATE = 16_000
STEP = 80
"""Samples over which the mouth stands still: 5 ms."""
WIDTHS = (70.0, 100.0, 160.0, 280.0)
FOURTH = 3_500.0
OPEN = 0.6
"""Share of a period in which the vocal folds are open."""
SMOOTH = 7
"""Steps over which the mouth glides from one place to the next."""
_MS = 1_000 * STEP // RATE


@dataclass(frozen=True, slots=True)
class Speaker:
    """tract: factor on all formants (a short vocal tract has higher ones). pitch: hertz. tempo: factor on lengths.
    breath: noise of the voice, 0 to 1. clear: how far vowels reach their targets, 0 to 1."""

    name: str
    tract: float
    pitch: float
    tempo: float
    breath: float
    clear: float


def speaker(seed: int, number: int) -> Speaker:
    """Speaker `number` of a seed: from deep and slow to high and quick."""
    rng = np.random.default_rng([seed, 11, number])
    high = bool(number % 2)
    tract = rng.uniform(1.05, 1.22) if high else rng.uniform(0.9, 1.06)
    pitch = rng.uniform(170, 250) if high else rng.uniform(85, 140)
    return Speaker(
        f"speaker-{number:02d}",
        float(tract),
        float(pitch),
        float(rng.uniform(0.85, 1.25)),
        float(rng.uniform(0.01, 0.08)),
        float(rng.uniform(0.8, 1.0)),
    )


class _Track:
    """What the mouth does, step by step: formants, voice, breath, noise with its place, pitch."""

    def __init__(self, who: Speaker, rng: np.random.Generator) -> None:
        self._who, self._rng = who, rng
        self.rows: list[tuple[float, ...]] = []

    def hold(self, milliseconds: float, formants: Sequence[float], **loud: float) -> None:
        """Stays at a place. loud: voice, air, noise (0 to 1), centre and width (Hz), pitch (share)."""
        count = max(1, round(milliseconds * self._who.tempo * self._rng.uniform(0.85, 1.15) / _MS))
        row = (*formants, *(loud.get(key, 0.0) for key in ("voice", "air", "noise")))
        row += (loud.get("centre", 3_000.0), loud.get("width", 1_000.0), loud.get("pitch", 1.0))
        self.rows += [row] * count

    def say(self, char: str) -> tuple[int, int]:
        """One syllable; its first and last step."""
        first = len(self.rows)
        sound, targets, tone = parts(char)
        places = [self._place(one) for one in targets]
        start = sound.locus or places[0]
        hiss = {"centre": float(sound.centre), "width": float(sound.width)}
        if sound.closure:
            self.hold(sound.closure, start)
        if sound.burst:
            self.hold(sound.burst, start, noise=sound.loud, voice=0.2 if sound.hum else 0.0, **hiss)
        if sound.air:
            self.hold(sound.air, places[0], air=0.25)
        if sound.hum:
            self.hold(sound.hum, start, voice=0.45, pitch=tone[0])
        each = 220 / len(places)
        share = np.linspace(0, 1, len(places))
        for at, place in enumerate(places):
            nasal = targets[at] in "nN"
            pitch = float(np.interp(share[at], (0, 0.5, 1), tone))
            self.hold(each, place, voice=0.5 if nasal else 1.0, pitch=pitch)
        return first, len(self.rows)

    def _place(self, vowel: str) -> tuple[float, ...]:
        middle = np.array((500.0, 1_450.0, 2_500.0))
        target = middle + self._who.clear * (np.array(VOWELS[vowel], dtype=float) - middle)
        return tuple(target * np.exp(self._rng.normal(0, 0.03, 3)))


def spoken(text: str, who: Speaker, rng: np.random.Generator) -> tuple[Floats, list[tuple[float, float]]]:
    """A text of characters of `READINGS` -> samples at `RATE`, loudest 0.5, and seconds from and to of each character.

    Raises KeyError for a character that has no reading.
    """
    track = _Track(who, rng)
    quiet = (500.0, 1_450.0, 2_500.0)
    track.hold(rng.uniform(60, 250), quiet)
    steps = [track.say(char) for char in text]
    track.hold(rng.uniform(60, 250), quiet)
    samples = _sounding(np.array(track.rows), who, rng)
    samples *= 0.5 / max(1e-9, float(np.abs(samples).max()))
    return samples, [(first * STEP / RATE, last * STEP / RATE) for first, last in steps]


def _sounding(rows: Floats, who: Speaker, rng: np.random.Generator) -> Floats:
    """Rows of (three formants, voice, air, noise, centre, width, pitch) a step -> samples."""
    rows[:, :3] = _smooth(rows[:, :3], SMOOTH) * who.tract
    rows[:, 3:6] = _smooth(rows[:, 3:6], 3)
    rows[:, 8] = _smooth(rows[:, 8:9], 9)[:, 0]
    fine = np.repeat(rows, STEP, axis=0)
    wander = np.repeat(rng.normal(1, 0.012, len(rows)), STEP)
    phase = np.cumsum(who.pitch * fine[:, 8] * wander / RATE) % 1.0 / OPEN
    pulses = np.where(phase < 1, 2 * phase - 3 * phase**2, 0.0)
    noise = rng.standard_normal(len(fine))
    voiced = fine[:, 3] * (pulses + who.breath * noise) + 0.3 * fine[:, 4] * noise
    for at, width in enumerate(WIDTHS):
        places = rows[:, at] if at < 3 else np.full(len(rows), FOURTH * who.tract)
        voiced = _resonance(voiced, places, np.full(len(rows), width))
    hiss = _resonance(fine[:, 5] * noise, rows[:, 6] * who.tract**0.5, rows[:, 7])
    hiss *= float(rows[:, 5].max()) / max(1e-9, float(np.abs(hiss).max()))
    made: Floats = voiced / max(1e-9, float(np.abs(voiced).max())) + 0.5 * hiss
    return made


def _resonance(samples: Floats, places: Floats, widths: Floats) -> Floats:
    """A resonance whose place (Hz) and width (Hz) change from step to step."""
    out = np.empty_like(samples)
    state = np.zeros(2)
    for at, (place, width) in enumerate(zip(np.minimum(places, 0.47 * RATE), widths, strict=True)):
        radius = np.exp(-np.pi * width / RATE)
        back, twice = 2 * radius * np.cos(2 * np.pi * place / RATE), -(radius**2)
        piece = slice(at * STEP, (at + 1) * STEP)
        out[piece], state = lfilter([1 - back - twice], [1, -back, -twice], samples[piece], zi=state)
    return out


def _smooth(rows: Floats, steps: int) -> Floats:
    padded = np.pad(rows, ((steps // 2, steps // 2), (0, 0)), "edge")
    summed = np.cumsum(np.vstack([np.zeros((1, rows.shape[1])), padded]), axis=0)
    smooth: Floats = (summed[steps:] - summed[:-steps]) / steps
    return smooth
