"""Reading any sound: WAV by our own reader, so that serving needs no library; FLAC, OGG and MP3 by soundfile."""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray

from tongguan.catalog.media.base import MediaProblem
from tongguan.catalog.media.libraries import load
from tongguan.train.recipes.base import ItemUnreadable
from tongguan.train.recipes.sounds.wave_file import MOST_RATE, read_wave

_OTHERS = (b"fLaC", b"OggS", b"ID3")


def read_sound(content: bytes) -> tuple[NDArray[np.float32], int]:
    """Samples from -1 to 1, the mean of the channels, and the rate. Raises ItemUnreadable that says what is wrong."""
    if not content.startswith(_OTHERS) and content[:1] != b"\xff":
        return read_wave(content)
    try:
        samples, rate = load("soundfile", "a sound other than WAV").read(io.BytesIO(content), dtype="float32")
    except MediaProblem as problem:
        raise ItemUnreadable("sound_unreadable", problem.detail) from problem
    except Exception as error:
        raise ItemUnreadable("sound_unreadable", f"it cannot be decoded: {str(error)[:200]}") from error
    mixed = np.asarray(samples if samples.ndim == 1 else samples.mean(axis=1), dtype=np.float32)
    if not len(mixed) or not 1 <= rate <= MOST_RATE:
        raise ItemUnreadable("sound_unreadable", "it holds no samples")
    return mixed, int(rate)
