"""The pictures of a tree: found by suffix, matched by name or stem, measured by their header."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import BinaryIO

from tongguan.catalog.formats.base import Tree
from tongguan.catalog.formats.paths import folder_of, is_junk, join, stem_of, suffix_of
from tongguan.catalog.media.base import MediaProblem
from tongguan.catalog.media.image import SUFFIXES, probe


def is_picture(path: str) -> bool:
    """Whether the name promises a picture."""
    return suffix_of(path) in SUFFIXES and not is_junk(path)


class PictureIndex:
    """Pictures of a tree by path, by file name and by stem. `hidden` decides which pictures are no items (masks)."""

    def __init__(self, paths: Iterable[str]) -> None:
        self.paths: tuple[str, ...] = tuple(path for path in paths if is_picture(path))
        self._known = frozenset(self.paths)
        self._by_name: dict[str, list[str]] = {}
        self._by_stem: dict[str, list[str]] = {}
        for path in self.paths:
            self._by_name.setdefault(path.rpartition("/")[2], []).append(path)
            self._by_stem.setdefault(stem_of(path), []).append(path)

    def __contains__(self, path: str) -> bool:
        return path in self._known

    def first_known(self, candidates: Iterable[str]) -> str | None:
        """The first candidate that exists."""
        return next((path for path in candidates if path in self._known), None)

    def with_stem(self, folder: str, stem: str, wanted: str = "") -> str | None:
        """The picture `folder/stem.*`; of several, the one called `wanted`, else the first by name."""
        found = [
            path
            for path in self._by_stem.get(stem.rpartition("/")[2], ())
            if _without_suffix(path) == join(folder, stem)
        ]
        if wanted:
            found.sort(key=lambda path: path.rpartition("/")[2] != wanted)
        return found[0] if found else None

    def anywhere(self, name: str, root: str = "", prefer: str | None = None) -> str | None:
        """The only picture below `root` whose path ends with `name`; of several the only one in a folder `prefer`."""
        found = [path for path in self._by_name.get(name.rpartition("/")[2], ()) if _ends_with(path, name, root)]
        return _only(found, prefer)

    def stem_anywhere(self, stem: str, root: str = "") -> str | None:
        """The only picture below `root` with this stem."""
        return _only([path for path in self._by_stem.get(stem, ()) if _below(path, root)], None)


class SizesAsSaid:
    """A tree whose label files are believed about the sizes of pictures: one is opened only where no file says its
    size. For labels that are written without the pictures."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree

    def list(self) -> list[str]:
        """As the tree."""
        return self._tree.list()

    def open(self, path: str) -> BinaryIO:
        """As the tree."""
        return self._tree.open(path)

    def size(self, path: str) -> int:
        """As the tree."""
        return self._tree.size(path)


def picture_size(tree: Tree, path: str, said: tuple[int | None, int | None] = (None, None)) -> tuple[int, int] | None:
    """Width and height after EXIF rotation, from the header; None when the file is no readable picture.

    A wrong suffix does not matter here: the pixels are what labels refer to. `said` is what the label file says, which
    is taken only of a tree that is read by `SizesAsSaid`.
    """
    width, height = said
    if width and height and isinstance(tree, SizesAsSaid):
        return width, height
    try:
        with tree.open(path) as stream:
            facts = probe(stream, "")
    except (OSError, MediaProblem):
        return None
    return facts.width, facts.height


def _without_suffix(path: str) -> str:
    return join(folder_of(path), stem_of(path))


def _below(path: str, root: str) -> bool:
    return not root or path.startswith(root + "/")


def _ends_with(path: str, name: str, root: str) -> bool:
    return _below(path, root) and (path == name or path.endswith("/" + name))


def _only(found: Sequence[str], prefer: str | None) -> str | None:
    if len(found) > 1 and prefer:
        found = [path for path in found if prefer in path.split("/")[:-1]]
    return found[0] if len(found) == 1 else None
