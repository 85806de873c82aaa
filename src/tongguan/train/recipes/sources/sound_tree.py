"""Sounds by their path; `FILE#START-END` is a stretch of one, in seconds, as a WAV file of its own."""

from __future__ import annotations

import io
import re
from typing import BinaryIO

from tongguan.train.recipes.base import ItemUnreadable
from tongguan.train.recipes.sounds.sound_file import read_sound
from tongguan.train.recipes.sounds.wave_file import written_wave
from tongguan.train.recipes.sources.base import OpenTree

_STRETCH = re.compile(r"^(?P<file>.+)#(?P<start>\d+\.\d{3})-(?P<end>\d+\.\d{3})$")


def stretch_path(file: str, start: float, end: float) -> str:
    """How a stretch of a sound is named."""
    return f"{file}#{start:.3f}-{end:.3f}"


class SoundTree:
    """A tree in which a stretch of a sound is a file. Raises FileNotFoundError for one that cannot be heard."""

    def __init__(self, tree: OpenTree) -> None:
        self._tree = tree
        self._last: tuple[str, bytes] = ("", b"")

    def list(self) -> list[str]:
        """The files; which stretches are items is seen by reading."""
        return self._tree.list()

    def open(self, path: str) -> BinaryIO:
        """The file, or the stretch with one channel and 16 bits."""
        found = _STRETCH.match(path)
        if found is None:
            return self._tree.open(path)
        try:
            samples, rate = read_sound(self._content(found["file"]))
        except ItemUnreadable as error:
            raise FileNotFoundError(f"{path}: {error}") from error
        begin, end = (round(float(found[key]) * rate) for key in ("start", "end"))
        return io.BytesIO(written_wave(samples[begin:end], rate))

    def size(self, path: str) -> int:
        """Bytes."""
        return len(self.open(path).read()) if _STRETCH.match(path) else self._tree.size(path)

    def close(self) -> None:
        """Frees the tree below."""
        self._tree.close()

    def _content(self, file: str) -> bytes:
        # Stretches of one recording are read one after the other.
        if self._last[0] != file:
            with self._tree.open(file) as stream:
                self._last = (file, stream.read())
        return self._last[1]
