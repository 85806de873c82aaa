"""What conversations and pairs of answers share: every object of a file is an item, its bytes are its turns as JSON."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from tongguan.catalog.formats.base import ReadItem, Tree
from tongguan.catalog.formats.chat_formats.formats import ChatFormat
from tongguan.train.recipes.base import UsageProblem
from tongguan.train.recipes.items import LeftOut, data_digest, label_digest
from tongguan.train.recipes.sources.base import Found, OpenTree, Progress, Source
from tongguan.train.recipes.sources.reading_items import first_reason, read_items

NAMED = "group "
"""Begins the key of a group that the data name, so that none is taken for a hash."""


def read_talks(
    path: Path,
    choose: Callable[[Tree], tuple[ChatFormat, str]],
    found_of: Callable[[ReadItem], Found | LeftOut],
    nothing: Callable[[str], UsageProblem],
    progress: Progress | None,
) -> Source:
    """All items of a folder, archive or file. choose: the format and why. nothing: what is said, with a reason, where
    no item is found. Raises RecipeError where it cannot be read."""
    read = read_items(path, choose, lambda _, item: found_of(item), progress)
    left_out = [*read.left_out, *(LeftOut(name=one.item, reason=one.reason) for one in read.refused)]
    if not read.found:
        raise nothing(first_reason(left_out))
    return Source(
        path=str(path.resolve()),
        format=read.format,
        why=read.why,
        sha256=data_digest((one.sha256, label_digest(one.labels)) for one in read.found),
        found=tuple(read.found),
        left_out=tuple(left_out),
        grouped=any(one.group.startswith(NAMED) for one in read.found),
        copies=True,
    )


class TalkTree:
    """A tree in which FILE:N is the N-th object of a file."""

    def __init__(self, tree: OpenTree, contents: Callable[[Tree], Iterator[tuple[str, bytes]]]) -> None:
        """contents: name and bytes of every item; of equal names the first counts."""
        self._tree, self._contents = tree, contents
        self._read: dict[str, bytes] = {}

    def list(self) -> list[str]:
        """The files; which items are in them is seen by reading."""
        return self._tree.list()

    def open(self, path: str) -> BinaryIO:
        """The turns as JSON. FileNotFoundError where there is no such item."""
        if not self._read:
            for name, content in self._contents(self._tree):
                self._read.setdefault(name, content)
        if path not in self._read:
            # An item that is a file of its own, as a data set's version holds them.
            return self._tree.open(path)
        return io.BytesIO(self._read[path])

    def size(self, path: str) -> int:
        """Bytes of the turns."""
        return len(self.open(path).read())

    def close(self) -> None:
        """Frees the tree below."""
        self._tree.close()


def group_of(item: ReadItem, alike: str) -> str:
    """The group that the data name, else the hash of what makes items alike, blanks aside."""
    if item.group:
        return f"{NAMED}{item.group}"
    return hashlib.sha256("".join(alike.split()).encode("utf-8", "surrogatepass")).hexdigest()
