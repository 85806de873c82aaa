"""The registered member for sound: facts from the header, all samples decoded once, a drawing of the loudness."""

from __future__ import annotations

import io
import struct
from collections.abc import Mapping
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from tongguan.catalog.media.base import MediaFacts, MediaProblem, Preview
from tongguan.catalog.media.libraries import load

PROMISES = {".wav": "WAV", ".flac": "FLAC", ".mp3": "MP3", ".ogg": "OGG", ".oga": "OGG", ".opus": "OGG"}
SUFFIXES = frozenset(PROMISES)
MIMES = {"WAV": "audio/wav", "FLAC": "audio/flac", "MP3": "audio/mpeg", "OGG": "audio/ogg"}
MOST_SECONDS = 24 * 3600
MOST_CHANNELS = 64
MOST_RATE = 1_000_000
BLOCK = 1 << 16


class SoundType:
    """Contract of `MediaType` for `sound`."""

    id = "sound"
    title: Mapping[str, str] = {"en": "Sound", "zh": "声音"}
    suffixes = SUFFIXES
    figures: tuple[str, ...] = ("seconds", "rate", "channels")
    limits = "24 hours, 64 channels, 1 MHz"

    def probe(self, stream: BinaryIO, name: str) -> MediaFacts:
        """Seconds, rate, channels and coding from the header."""
        with _opened(stream, name) as sound:
            return _facts(sound)

    def verify(self, stream: BinaryIO, name: str) -> MediaFacts:
        """Decodes all samples; fewer than the header says is `truncated`."""
        with _opened(stream, name) as sound:
            facts = _facts(sound)
            read = sum(len(block) for block in _blocks(sound))
            if read < sound.frames:
                said, there = sound.frames / sound.samplerate, read / sound.samplerate
                raise MediaProblem("truncated", f"{there:.2f} s of sound, the header says {said:.2f} s")
        return facts

    def preview(self, stream: BinaryIO, name: str, longest: int) -> Preview:
        """The loudest and the quietest sample of each column, as a drawing."""
        with _opened(stream, name) as sound:
            width = max(16, longest)
            step = max(1, -(-sound.frames // width))
            low, high = [0.0] * width, [0.0] * width
            at = 0
            for block in _blocks(sound, min(step, BLOCK)):
                x = min(width - 1, at // step)
                low[x], high[x] = min(low[x], float(block.min())), max(high[x], float(block.max()))
                at += len(block)
        return Preview(_drawing(low, high, width))


def _opened(stream: BinaryIO, name: str) -> Any:
    """The opened file. Raises MediaProblem, whose message says what the file is instead."""
    head = stream.read(12)
    stream.seek(0)
    if not head:
        raise MediaProblem("unreadable", "the file is empty (0 bytes)")
    suffix = "." + name.rpartition(".")[2].lower()
    _check_wave(stream, head)
    library = load("soundfile", "sound")
    try:
        sound = library.SoundFile(stream)
    except Exception as error:
        known = head[:4] in (b"RIFF", b"fLaC", b"OggS", b"RF64") or head[:3] == b"ID3" or head[:1] == b"\xff"
        words = "its header is damaged" if known else "the file is no sound that can be read"
        raise MediaProblem("unreadable" if known else "wrong_type", f"{words} ({str(error)[:120]})") from error
    kind = _kind(sound)
    if suffix in PROMISES and kind != PROMISES[suffix]:
        raise MediaProblem("wrong_type", f"the name ends in {suffix}, the bytes are {kind}")
    fast = not 0 < sound.samplerate <= MOST_RATE
    if fast or sound.channels > MOST_CHANNELS or sound.frames > MOST_SECONDS * sound.samplerate:
        words = f"{sound.frames:,} samples at {sound.samplerate:,} Hz, {sound.channels} channels: refused"
        raise MediaProblem("unreadable", words)
    return sound


def _kind(sound: Any) -> str:
    return {"WAVEX": "WAV", "RF64": "WAV"}.get(sound.format, str(sound.format))


def _check_wave(stream: BinaryIO, head: bytes) -> None:
    """A WAV that is shorter than its own chunks say: the library would read on as if nothing were missing."""
    if head[:4] != b"RIFF" or head[8:12] != b"WAVE":
        return
    size = stream.seek(0, io.SEEK_END)
    at = 12
    while at + 8 <= size:
        stream.seek(at)
        mark, length = struct.unpack("<4sI", stream.read(8))
        if mark == b"data":
            if length not in (0, 0xFFFFFFFF) and at + 8 + length > size + 1:
                stream.seek(0)
                there = size - at - 8
                raise MediaProblem("truncated", f"{there:,} bytes of samples, the header says {length:,}")
            break
        at += 8 + length + (length & 1)
    stream.seek(0)


def _facts(sound: Any) -> MediaFacts:
    kind = _kind(sound)
    details = {
        "seconds": round(sound.frames / sound.samplerate, 6),
        "rate": int(sound.samplerate),
        "channels": int(sound.channels),
        "samples": int(sound.frames),
        "coding": str(sound.subtype),
    }
    return MediaFacts("sound", kind, MIMES.get(kind, "application/octet-stream"), details=details)


def _blocks(sound: Any, size: int = BLOCK) -> Any:
    """Blocks of samples in [-1, 1], the channels averaged. Raises MediaProblem where decoding fails."""
    try:
        # Until nothing comes: a damaged header can promise years.
        while len(block := sound.read(size, dtype="float32", always_2d=True)):
            mixed: NDArray[np.float32] = np.clip(np.nan_to_num(block.mean(axis=1)), -1.0, 1.0)
            yield mixed
    except MediaProblem:
        raise
    except Exception as error:
        raise MediaProblem("unreadable", f"the sound's data is damaged: {str(error)[:120]}") from error


def _drawing(low: list[float], high: list[float], width: int) -> bytes:
    height = max(16, width // 3)
    picture = Image.new("L", (width, height), 255)
    draw = ImageDraw.Draw(picture)
    middle = height / 2
    for x, (quiet, loud) in enumerate(zip(low, high, strict=True)):
        draw.line((x, middle - loud * middle, x, middle - quiet * middle), fill=60)
    draw.line((0, middle, width, middle), fill=160)
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=80)
    return out.getvalue()
