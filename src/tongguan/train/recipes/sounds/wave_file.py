"""WAV files: whole numbers of 8 to 32 bits, floats, mu-law and A-law, any number of channels and any rate.

RIFF/WAVE as in Microsoft's "Multimedia Programming Interface and Data Specifications 1.0"; mu-law and A-law as in ITU-T
G.711.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from tongguan.train.recipes.base import ItemUnreadable

Floats = NDArray[np.float32]
_WHOLE, _FLOAT, _A_LAW, _MU_LAW, _EXTENSIBLE = 1, 3, 6, 7, 0xFFFE
MOST_RATE = 768_000
MOST_CHANNELS = 64


def read_wave(content: bytes) -> tuple[Floats, int]:
    """Samples from -1 to 1, the mean of the channels, and the rate in samples a second.

    A file that ends early gives what is there. Raises ItemUnreadable that says what is wrong.
    """
    if len(content) < 12 or content[:4] not in (b"RIFF", b"RF64") or content[8:12] != b"WAVE":
        raise ItemUnreadable("sound_unreadable", "it is no WAV file (RIFF and WAVE are missing at its start)")
    layout: tuple[int, int, int, int] | None = None
    for name, start, size in _chunks(content):
        if name == b"fmt ":
            layout = _layout(content[start : start + size])
        elif name == b"data":
            if layout is None:
                raise ItemUnreadable("sound_unreadable", "its samples come before their format")
            return _samples(content[start : start + size], *layout), layout[2]
    raise ItemUnreadable("sound_unreadable", "it holds no samples")


def written_wave(samples: Floats, rate: int) -> bytes:
    """Samples from -1 to 1 -> a WAV file of one channel and 16 bits."""
    data = (np.clip(samples, -1, 1) * (2**15 - 1)).astype("<i2").tobytes()
    layout = struct.pack("<HHIIHH", _WHOLE, 1, rate, 2 * rate, 2, 16)
    head = b"WAVEfmt " + struct.pack("<I", len(layout)) + layout + b"data" + struct.pack("<I", len(data))
    return b"RIFF" + struct.pack("<I", len(head) + len(data)) + head + data


def _chunks(content: bytes) -> Iterator[tuple[bytes, int, int]]:
    at = 12
    while at + 8 <= len(content):
        name, size = struct.unpack_from("<4sI", content, at)
        yield name, at + 8, min(size, len(content) - at - 8)
        at += 8 + size + size % 2


def _layout(chunk: bytes) -> tuple[int, int, int, int]:
    """Kind of number, channels, rate, bits."""
    if len(chunk) < 16:
        raise ItemUnreadable("sound_unreadable", "its format is cut off")
    kind, channels, rate, _, _, bits = struct.unpack_from("<HHIIHH", chunk)
    if kind == _EXTENSIBLE and len(chunk) >= 26:
        kind = struct.unpack_from("<H", chunk, 24)[0]
    if not (1 <= channels <= MOST_CHANNELS and 1 <= rate <= MOST_RATE):
        raise ItemUnreadable("sound_unreadable", f"it claims {channels} channels at {rate} samples a second")
    return kind, channels, rate, bits


def _samples(data: bytes, kind: int, channels: int, _rate: int, bits: int) -> Floats:
    each = _numbers(data[: len(data) // (bits // 8 or 1) * (bits // 8 or 1)], kind, bits)
    whole = len(each) // channels * channels
    if not whole:
        raise ItemUnreadable("sound_unreadable", "it holds no samples")
    mixed: Floats = each[:whole].reshape(-1, channels).mean(axis=1, dtype=np.float32)
    return np.nan_to_num(mixed, nan=0.0, posinf=0.0, neginf=0.0)


def _numbers(data: bytes, kind: int, bits: int) -> Floats:
    if kind == _WHOLE and bits == 8:
        return ((np.frombuffer(data, np.uint8).astype(np.float32) - 128) / 128).astype(np.float32)
    if kind == _WHOLE and bits == 16:
        return (np.frombuffer(data, "<i2") / 2**15).astype(np.float32)
    if kind == _WHOLE and bits == 24:
        wide = np.zeros((len(data) // 3, 4), dtype=np.uint8)
        wide[:, 1:] = np.frombuffer(data, np.uint8).reshape(-1, 3)
        return (wide.view("<i4")[:, 0] / 2**31).astype(np.float32)
    if kind == _WHOLE and bits == 32:
        return (np.frombuffer(data, "<i4") / 2**31).astype(np.float32)
    if kind == _FLOAT and bits in (32, 64):
        return np.frombuffer(data, f"<f{bits // 8}").astype(np.float32)
    if kind in (_A_LAW, _MU_LAW) and bits == 8:
        return (_mu_law if kind == _MU_LAW else _a_law)(np.frombuffer(data, np.uint8))
    raise ItemUnreadable("sound_unreadable", f"its samples are of a kind that is not read (format {kind}, {bits} bits)")


def _mu_law(codes: NDArray[np.uint8]) -> Floats:
    value = ~codes
    size = ((((value & 15).astype(np.int32) << 3) + 132) << ((value >> 4) & 7)) - 132
    return (np.where(value & 128, -size, size) / 2**15).astype(np.float32)


def _a_law(codes: NDArray[np.uint8]) -> Floats:
    value = codes ^ 0x55
    step, shift = (value & 15).astype(np.int32), ((value >> 4) & 7).astype(np.int32)
    size = np.where(shift == 0, (step << 4) + 8, ((step << 4) + 264) << np.maximum(shift - 1, 0))
    return (np.where(value & 128, size, -size) / 2**15).astype(np.float32)
