"""Trees of files: a folder, one file, or an archive, reached by `/` paths that never leave the tree."""

from __future__ import annotations

import os
from collections.abc import MutableSequence
from pathlib import Path
from typing import BinaryIO

from tongguan.catalog.formats.archive import ArchiveTree, is_archive_name
from tongguan.catalog.formats.base import ReadError, Tree
from tongguan.catalog.formats.paths import is_junk, join, safe_path

__all__ = ["ArchiveTree", "FileTree", "FolderTree", "open_tree"]


DEEPEST = 64


class FolderTree:
    """A folder on disk. Links that lead out of the folder are left out and listed in `skipped`."""

    def __init__(self, path: Path | str) -> None:
        self.root = Path(path)
        if not self.root.is_dir():
            raise ReadError(f"{self.root}: not a folder")
        self._root = str(self.root)
        self._resolved = self.root.resolve()
        self._members: list[str] | None = None
        # Members were looked at once while listing; asking the system for every link on every open would cost more
        # than reading a small file.
        self._listed: frozenset[str] = frozenset()
        self.skipped: list[tuple[str, str]] = []

    def list(self) -> list[str]:
        """All member paths, sorted by code point."""
        if self._members is None:
            found: list[str] = []
            self._walk(self.root, "", found, depth=0)
            self._members = sorted(found)
            self._listed = frozenset(found)
        return self._members

    def _walk(self, folder: Path, prefix: str, found: MutableSequence[str], depth: int) -> None:
        if depth > DEEPEST:
            self.skipped.append((prefix, f"folders nested deeper than {DEEPEST}"))
            return
        try:
            with os.scandir(folder) as listed:
                entries = sorted(listed, key=lambda entry: entry.name)
        except OSError as error:
            self.skipped.append((prefix, f"the folder cannot be listed: {error.strerror}"))
            return
        for entry in entries:
            name = join(prefix, entry.name)
            if is_junk(name):
                continue
            if entry.is_symlink():
                self._take_link(Path(entry.path), name, found)
            elif entry.is_dir(follow_symlinks=False):
                self._walk(Path(entry.path), name, found, depth + 1)
            elif entry.is_file(follow_symlinks=False):
                found.append(name)

    def _take_link(self, link: Path, name: str, found: MutableSequence[str]) -> None:
        """A link to a file inside the folder counts as a file; to a folder inside it would only list files twice."""
        try:
            target = link.resolve(strict=True)
            inside = target.is_relative_to(self._resolved)
        except (OSError, RuntimeError):
            inside = False
        if not inside:
            self.skipped.append((name, "a link that leads out of the folder"))
        elif target.is_file():
            found.append(name)

    def _locate(self, path: str) -> Path | str:
        if path in self._listed:
            return f"{self._root}{os.sep}{path}"
        clean = safe_path(path)
        if clean is None:
            raise FileNotFoundError(f"{path}: not a path inside the folder")
        target = self.root / clean
        if not target.resolve().is_relative_to(self._resolved):
            raise FileNotFoundError(f"{path}: leads out of the folder")
        return target

    def open(self, path: str) -> BinaryIO:
        """The member's bytes. FileNotFoundError when absent."""
        return open(self._locate(path), "rb")  # noqa: PTH123  a Path for each of many small files costs more

    def size(self, path: str) -> int:
        """Bytes of the member."""
        return os.stat(self._locate(path)).st_size  # noqa: PTH116

    def close(self) -> None:
        """Nothing is held open."""


class FileTree:
    """One file alone, as a tree of one member."""

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        self.skipped: list[tuple[str, str]] = []

    def list(self) -> list[str]:
        """The one name."""
        return [self.path.name]

    def open(self, path: str) -> BinaryIO:
        """The file's bytes."""
        if path != self.path.name:
            raise FileNotFoundError(path)
        return self.path.open("rb")

    def size(self, path: str) -> int:
        """Bytes of the file."""
        if path != self.path.name:
            raise FileNotFoundError(path)
        return self.path.stat().st_size

    def close(self) -> None:
        """Nothing is held open."""


def open_tree(path: Path | str) -> FolderTree | ArchiveTree | FileTree:
    """A folder, an archive by its name (.zip, .tar, .tar.gz, .tgz, .tar.bz2, .tar.xz), or one file.

    Raises ReadError that names the path when there is nothing there or the archive is broken.
    """
    location = Path(path)
    if location.is_dir():
        return FolderTree(location)
    if not location.exists():
        raise ReadError(f"{location}: no such file or folder")
    if is_archive_name(location.name):
        return ArchiveTree(location)
    return FileTree(location)


def skipped_members(tree: Tree) -> list[tuple[str, str]]:
    """Members that were left out for safety, with the reason; known after `list()`."""
    tree.list()
    found = getattr(tree, "skipped", [])
    return [(str(name), str(reason)) for name, reason in found]
