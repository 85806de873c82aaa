"""Sound: WAV of any rate, FLAC, MP3, OGG."""

from __future__ import annotations

from tongguan.catalog.media.sound.kind import SUFFIXES, SoundType

__all__ = ["SUFFIXES", "SoundType"]
