"""Trees of files: a folder, one file, or an archive, reached by `/` paths that never leave the tree."""

from __future__ import annotations

from collections.abc import MutableSequence
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from tongguan.catalog.formats.archive import ArchiveTree, is_archive_name
from tongguan.catalog.formats.base import ReadError, Tree
from tongguan.catalog.formats.paths import is_junk, safe_path

__all__ = ["ArchiveTree", "FileTree", "FolderTree", "open_tree"]


class FolderTree:
    """A folder on disk. Links that lead out of the folder are left out and listed in `skipped`."""

    def __init__(self, path: Path | str) -> None:
        self.root = Path(path)
        if not self.root.is_dir():
            raise ReadError(f"{self.root}: not a folder")
        self._resolved = self.root.resolve()
        self._members: list[str] | None = None
        self.skipped: list[tuple[str, str]] = []

    def list(self) -> list[str]:
        """All member paths, sorted by code point."""
        if self._members is None:
            found: list[str] = []
            self._walk(self.root, PurePosixPath(), found, depth=0)
            self._members = sorted(found)
        return self._members

    def _walk(self, folder: Path, prefix: PurePosixPath, found: MutableSequence[str], depth: int) -> None:
        if depth > 64:
            self.skipped.append((str(prefix), "folders nested deeper than 64"))
            return
        try:
            entries = sorted(folder.iterdir(), key=lambda entry: entry.name)
        except OSError as error:
            self.skipped.append((str(prefix), f"the folder cannot be listed: {error.strerror}"))
            return
        for entry in entries:
            name = prefix / entry.name
            if is_junk(str(name)):
                continue
            if entry.is_symlink() and not self._stays_inside(entry):
                self.skipped.append((str(name), "a link that leads out of the folder"))
            elif entry.is_dir():
                if not entry.is_symlink():
                    self._walk(entry, name, found, depth + 1)
            elif entry.is_file():
                found.append(str(name))

    def _stays_inside(self, entry: Path) -> bool:
        try:
            return entry.resolve(strict=True).is_relative_to(self._resolved)
        except (OSError, RuntimeError):
            return False

    def _locate(self, path: str) -> Path:
        clean = safe_path(path)
        if clean is None:
            raise FileNotFoundError(f"{path}: not a path inside the folder")
        target = self.root / clean
        if not target.resolve().is_relative_to(self._resolved):
            raise FileNotFoundError(f"{path}: leads out of the folder")
        return target

    def open(self, path: str) -> BinaryIO:
        """The member's bytes. FileNotFoundError when absent."""
        return self._locate(path).open("rb")

    def size(self, path: str) -> int:
        """Bytes of the member."""
        return self._locate(path).stat().st_size

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
