"""WAV files of every kind against the standard library's writer, other rates, and the bands that a model sees."""

from __future__ import annotations

import io
import struct
import wave

import numpy as np
import pytest
import torch
from scipy.fft import dct

from tests.train.talk import tone
from tongguan.train.recipes.base import ItemUnreadable
from tongguan.train.recipes.sound_classification.run.likeness import CEPSTRA, LIFT, RIDGE, reading
from tongguan.train.recipes.sound_classification.run.memory import CHANGE, SHARPNESS, Memory
from tongguan.train.recipes.sound_classification.run.warped import BAND, POINTS, Warped
from tongguan.train.recipes.sounds.bands import (
    Hearing,
    ends,
    filters,
    heard,
    paced,
    placed,
    powers,
    read_at,
    resampled,
)
from tongguan.train.recipes.sounds.varied import Strength, Variation
from tongguan.train.recipes.sounds.wave_file import read_wave, written_wave

HEARING = Hearing(8_000, 60, 40)


def packed(
    samples: np.ndarray, kind: int, bits: int, channels: int = 1, rate: int = 8_000, extra: bytes = b""
) -> bytes:
    """A WAV file around ready bytes, with a chunk of odd length before the samples."""
    data = samples.tobytes()
    layout = (
        struct.pack("<HHIIHH", kind, channels, rate, rate * channels * bits // 8, channels * bits // 8, bits) + extra
    )
    chunks = b"fmt " + struct.pack("<I", len(layout)) + layout + b"LIST" + struct.pack("<I", 3) + b"abc\0"
    chunks += b"data" + struct.pack("<I", len(data)) + data
    return b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WAVE" + chunks


def test_kinds_of_numbers_say_the_same() -> None:
    true = np.sin(np.linspace(0, 20, 400)) * 0.8
    whole = np.round(true * 2**31).clip(-(2**31), 2**31 - 1).astype("<i4")
    three = whole.view(np.uint8).reshape(-1, 4)[:, 1:].copy()
    files = {
        "8": packed(np.round(true * 128 + 128).astype(np.uint8), 1, 8),
        "16": packed(np.round(true * 2**15).astype("<i2"), 1, 16),
        "24": packed(three, 1, 24),
        "32": packed(whole, 1, 32),
        "float": packed(true.astype("<f4"), 3, 32),
        "double": packed(true.astype("<f8"), 3, 64),
        "extensible": packed(true.astype("<f4"), 0xFFFE, 32, extra=struct.pack("<HHIH", 22, 32, 4, 3) + b"\0" * 14),
    }
    for name, content in files.items():
        samples, rate = read_wave(content)
        assert rate == 8_000
        assert np.abs(samples - true).max() < (0.01 if name == "8" else 1e-4), name


def test_telephone_codes() -> None:
    # G.711: the codes of silence, of the largest values, and of a middle one.
    mu, _ = read_wave(packed(np.array([0xFF, 0x80, 0x00, 0xAF], dtype=np.uint8), 7, 8))
    assert np.round(mu * 2**15).tolist() == [0, 32_124, -32_124, 4_092]
    a, _ = read_wave(packed(np.array([0xD5, 0x55, 0xAA, 0x2A], dtype=np.uint8), 6, 8))
    assert np.round(a * 2**15).tolist() == [8, -8, 32_256, -32_256]


def test_channels_are_mixed_and_a_cut_file_gives_what_is_there() -> None:
    both = np.stack([np.full(100, 0.5), np.full(100, -0.1)], axis=1).astype("<f4")
    content = packed(both, 3, 32, channels=2)
    assert read_wave(content)[0] == pytest.approx(np.full(100, 0.2), abs=1e-6)
    assert len(read_wave(content[:-400])[0]) == 50


@pytest.mark.parametrize("content", [b"", b"RIFF", b"RIFF0000WAVE", b"not a sound at all", packed(np.zeros(4), 99, 16)])
def test_what_is_no_sound_is_refused_in_words(content: bytes) -> None:
    with pytest.raises(ItemUnreadable):
        read_wave(content)


@pytest.mark.parametrize("rate", [8_000, 11_025, 16_000, 44_100, 48_000, 7_999])
def test_any_rate_sounds_alike(rate: int) -> None:
    usual = heard(tone(1, "low"), HEARING)
    other = heard(tone(1, "low", rate), HEARING)
    assert usual.shape == other.shape == (40, 60)
    # The noise differs; the tone stands in the same bands.
    assert np.corrcoef(usual.ravel(), other.ravel())[0, 1] > 0.5
    samples, _ = read_wave(tone(1, "low", rate))
    assert len(resampled(samples, rate, 8_000)) == pytest.approx(3_200, abs=4)


def test_bands_follow_the_pitch_and_a_warp_moves_them() -> None:
    power = powers(tone(3, "high"), HEARING).mean(axis=0)
    at = np.argmax(filters(HEARING) @ power)
    assert np.argmax(filters(HEARING, 1.2) @ power) < at < np.argmax(filters(HEARING, 0.8) @ power)
    assert (filters(HEARING).sum(axis=1) > 0).all(), "no band is empty"


def test_the_loudest_stretch_of_a_long_sound_is_heard() -> None:
    bands = np.full((4, 100), -1.0, dtype=np.float32)
    bands[:, 60:80] = 2
    assert placed(bands, 20).min() == 2
    assert placed(bands[:, :10], 20, 0.0)[:, :10].max() == -1


def test_quiet_ends_are_cut_and_the_pace_is_made_the_same() -> None:
    quiet = Hearing(8_000, 30, 24, quiet=25, paced=True, level=True)
    samples, _ = read_wave(tone(1, "low"))
    silence = np.random.default_rng(0).standard_normal(4_000).astype(np.float32) * 1e-4
    late = written_wave(np.concatenate([silence, samples, silence]), 8_000)
    start, end = ends(powers(late, quiet), 25)
    assert 45 <= start <= 60
    assert 82 <= end <= 95
    assert np.corrcoef(heard(late, quiet).ravel(), heard(tone(1, "low"), quiet).ravel())[0, 1] > 0.9
    assert abs(float(heard(late, quiet).mean())) < 0.01
    ramp = np.arange(10, dtype=np.float32)[None].repeat(3, axis=0)
    assert paced(ramp, 19)[0].tolist() == pytest.approx(np.linspace(0, 9, 19).tolist())
    assert ends(np.ones((3, 5), dtype=np.float32), 25) == (0, 3)


def test_the_memory_solves_the_equations_of_its_source() -> None:
    rng = np.random.default_rng(2)
    sounds = rng.standard_normal((12, 16, 20)).astype(np.float32)
    truth = np.arange(12) % 3
    memory = Memory(sounds, truth, 3)
    rows = (
        dct(sounds, axis=1, norm="ortho")[:, :CEPSTRA]
        * (1 + LIFT * np.sin(np.pi * np.arange(CEPSTRA) / CEPSTRA))[None, :, None]
    )
    seen = np.concatenate([rows, CHANGE * np.gradient(rows, axis=2)], axis=1).reshape(12, -1)
    apart = ((seen[:, None] - seen[None]) ** 2).sum(axis=2)
    kernel = np.exp(-apart / (seen**2).sum(axis=1).mean())
    answers = np.linalg.solve(kernel + RIDGE * np.eye(12), np.eye(3)[truth] - 1 / 3)
    found = memory(torch.from_numpy(sounds[:, None])).numpy()
    assert np.abs(found - SHARPNESS * kernel @ answers).max() < 1e-3
    assert (found.argmax(axis=1) == truth).all()


def test_a_long_sound_is_read_without_gaps_and_a_short_one_between_frames() -> None:
    long, short = reading(1_000, 24), reading(40, 24)
    assert (long.sum(axis=1) > 0).all()
    assert long.sum(axis=0) == pytest.approx(np.ones(24))
    ramp = np.arange(40.0)
    assert ramp @ short == pytest.approx(np.linspace(0, 39, 24))


def bent(one: np.ndarray, other: np.ndarray) -> float:
    """Distance along the best path, cell by cell."""
    cost = ((one[:, None] - other[None]) ** 2).sum(axis=2)
    best = np.full((POINTS, POINTS), np.inf)
    for x in range(POINTS):
        for y in range(max(0, x - BAND), min(POINTS, x + BAND + 1)):
            ways = [cost[0, 0]] if x == y == 0 else []
            ways += [best[x - 1, y - 1] + 2 * cost[x, y]] if x and y else []
            ways += [best[x - 1, y] + cost[x, y]] if x else []
            ways += [best[x, y - 1] + cost[x, y]] if y else []
            best[x, y] = min(ways)
    return float(best[-1, -1] / (2 * POINTS))


def test_bent_likeness_follows_the_best_path_and_forgives_another_pace() -> None:
    rng = np.random.default_rng(4)
    words = rng.standard_normal((3, 16, 40)).astype(np.float32).cumsum(axis=2)
    slow_and_fast = 39 * np.linspace(0, 1, 40) ** 1.4
    sounds = np.concatenate([words, np.stack([read_at(word, slow_and_fast) for word in words])])
    truth = np.arange(6) % 3
    warped = Warped(sounds[:3], truth[:3], 3)
    seen = warped._seen(torch.from_numpy(sounds))
    apart = warped._apart(seen).numpy()
    rows = seen.numpy()
    assert apart == pytest.approx(
        np.array([[bent(one, other) for other in rows[:3]] for one in rows]), rel=1e-4, abs=1e-2
    )
    steady = ((rows[3:] - rows[:3]) ** 2).sum(axis=(1, 2)) / POINTS
    assert (np.diag(apart[3:]) < 0.5 * steady).all()
    found = warped(torch.from_numpy(sounds[:, None])).numpy()
    assert (found.argmax(axis=1) == truth).all()


def test_variation_depends_on_its_own_chance_alone() -> None:
    variation = Variation(Strength(0.25, 0.25, 0.1, 8, 15), HEARING)
    power = powers(tone(5, "middle"), HEARING)
    one, two, other = (variation.one(power, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert np.array_equal(one, two)
    assert not np.array_equal(one, other)
    assert one.shape == (40, 60)
    assert np.isfinite(one).all()


def test_a_file_of_the_standard_library_is_read() -> None:
    with wave.open(io.BytesIO(tone(1, "low"))) as file:
        assert file.getnframes() == len(read_wave(tone(1, "low"))[0])
