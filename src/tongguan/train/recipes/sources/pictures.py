"""Pictures: one file, one item."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tongguan.catalog.formats.tree import open_tree
from tongguan.catalog.media.registry import MEDIA_TYPES
from tongguan.train.recipes.reading import read_source
from tongguan.train.recipes.sources.base import Asked, OpenTree, Progress, Source


class Pictures:
    """Contract of `Media` for pictures, in any format that is read with labels."""

    id = "image"
    suffixes = MEDIA_TYPES["image"].suffixes
    at_once = 1

    def read(self, path: Path, format_id: str, asked: Asked, progress: Progress | None = None) -> Source:
        """By the format's own reader."""
        return read_source(path, format_id, asked.manifest.kinds, progress)

    def open(self, path: Path) -> OpenTree:
        """The files as they lie there."""
        return open_tree(path)

    def members(self, name: str, content: bytes) -> Iterator[tuple[str, bytes]]:
        """The file itself."""
        yield name, content
