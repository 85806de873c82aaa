"""Texts: lines of files, rows of tables, tagged sentences, or one file per text below a folder of its class."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from tongguan.catalog.formats.base import ReadError, Tree
from tongguan.catalog.formats.paths import SIDES, is_junk, side_of_folders, side_of_stem, stem_of, suffix_of
from tongguan.catalog.formats.text import read_bytes
from tongguan.catalog.formats.tree import open_tree
from tongguan.catalog.labels.class_ import ClassLabel
from tongguan.catalog.media.base import MediaProblem
from tongguan.catalog.media.text import find_encoding
from tongguan.train.recipes.base import ItemUnreadable, RecipeError, UsageProblem
from tongguan.train.recipes.characters import normal
from tongguan.train.recipes.items import LeftOut, data_digest, label_digest, sha256_hex
from tongguan.train.recipes.sources.base import Asked, Found, OpenTree, Progress, Source
from tongguan.train.recipes.sources.text_files import SUFFIXES, Entry, entries, format_of

MOST_BYTES = 256 * 2**20
FORMATS = ("conll", "jsonl", "csv", "class-folders")


class Texts:
    """Contract of `Media` for texts."""

    id = "text"
    suffixes = SUFFIXES
    at_once = 32

    def read(self, path: Path, format_id: str, asked: Asked, progress: Progress | None = None) -> Source:
        """Every labelled text of a folder, an archive or a file, by its own side where the names of files say so."""
        kind = asked.manifest.label_kind
        if format_id not in ("auto", *FORMATS):
            raise UsageProblem("unknown_format", f"texts are read as auto, {', '.join(FORMATS)}, not {format_id!r}")
        tree = _opened(path)
        try:
            read = _read(tree, kind, format_id, progress)
        except ReadError as error:
            raise RecipeError("data_unreadable", str(error), path=str(path)) from error
        finally:
            tree.close()
        if not read.found:
            wanted = "spans (tagged sentences, or JSON lines with labels)" if kind == "span" else "a class"
            raise UsageProblem("format_undecidable", f"{path} holds no text with {wanted}", candidates=list(FORMATS))
        digest = data_digest((one.sha256, label_digest(one.labels)) for one in read.found)
        return Source(
            path=str(path.resolve()),
            format=read.format,
            why=read.why,
            sha256=digest,
            found=tuple(read.found),
            left_out=tuple(read.left_out),
            grouped=read.grouped,
            copies=True,
        )

    def open(self, path: Path) -> OpenTree:
        """Every text by its path, in UTF-8."""
        return TextTree(_opened(path))

    def members(self, name: str, content: bytes) -> Iterator[tuple[str, bytes]]:
        """The texts of a file. Raises ItemUnreadable that names the line."""
        try:
            for one in entries(name, _decoded(content, name), ""):
                yield f"{name}:{one.number}", one.text.encode()
        except (ReadError, ValueError) as error:
            raise ItemUnreadable("text_unreadable", f"{name}: {error}") from error


def _opened(path: Path) -> OpenTree:
    if not path.exists():
        raise UsageProblem("data_missing", f"{path}: no such file or folder", path=str(path))
    try:
        return open_tree(path)
    except (ReadError, OSError) as error:
        raise RecipeError("data_unreadable", f"{path}: {error}", path=str(path)) from error


def _text(tree: Tree, path: str) -> str:
    return _decoded(read_bytes(tree, path, MOST_BYTES), path)


def _decoded(content: bytes, path: str) -> str:
    """UTF-8, UTF-16 with mark, GB18030 or Big5, as the medium text finds it. Raises ReadError."""
    try:
        return content.decode(find_encoding(io.BytesIO(content)))
    except MediaProblem as problem:
        raise ReadError(f"{path}: {problem.detail}") from problem


class TextTree:
    """A tree in which FILE:N is the N-th text of a file."""

    def __init__(self, tree: OpenTree) -> None:
        self._tree = tree
        self._read: dict[str, dict[int, str]] = {}

    def list(self) -> list[str]:
        """The files; which texts are in them is seen by reading."""
        return self._tree.list()

    def open(self, path: str) -> BinaryIO:
        """The text in UTF-8. FileNotFoundError where there is none."""
        file, _, number = path.rpartition(":")
        if not file:
            return io.BytesIO(_text(self._tree, path).encode())
        if file not in self._read:
            self._read[file] = {one.number: one.text for one in entries(file, _text(self._tree, file), "")}
        try:
            return io.BytesIO(self._read[file][int(number)].encode())
        except (KeyError, ValueError):
            raise FileNotFoundError(path) from None

    def size(self, path: str) -> int:
        """Bytes of the text."""
        return len(self.open(path).read())

    def close(self) -> None:
        """Frees the tree below."""
        self._tree.close()


@dataclass(slots=True)
class _Read:
    found: list[Found]
    left_out: list[LeftOut]
    format: str = ""
    why: str = ""
    grouped: bool = False


def _read(tree: Tree, kind: str, format_id: str, progress: Progress | None) -> _Read:
    members = [path for path in tree.list() if suffix_of(path) in SUFFIXES and not is_junk(path)]
    classes = {_folder_class(path) for path in members if suffix_of(path) == ".txt"} - {None}
    if kind == "class" and format_id in ("auto", "class-folders") and len(classes) > 1:
        return _of_folders(tree, members, progress)
    out = _Read([], [])
    for path in members:
        text = _text(tree, path)
        how = format_of(path, text)
        if how == "lines" or (format_id != "auto" and how != format_id) or (how == "conll" and kind != "span"):
            continue
        before = len(out.found)
        try:
            for one in entries(path, text, kind):
                _take(out, path, one)
                if progress:
                    progress(len(out.found))
        except ValueError as error:
            if how == "conll" or format_id != "auto":
                raise ReadError(f"{path}: {error}") from error
            out.left_out.append(LeftOut(name=path, reason=str(error)))
        if len(out.found) > before and not out.format:
            out.format, out.why = how, f"{path} holds texts with labels"
    return out


def _take(out: _Read, path: str, one: Entry) -> None:
    name = f"{path}:{one.number}"
    if one.labels is None:
        out.left_out.append(LeftOut(name=name, reason=one.problem or "unlabelled"))
        return
    side = one.side or side_of_folders(path)
    if side is None:
        word = side_of_stem(stem_of(path))
        side = word[0] if word else None
    out.grouped = out.grouped or one.group is not None
    content = one.text.encode()
    out.found.append(Found(name, name, sha256_hex(content), one.labels, side, one.group or _alike(one.text)))


def _alike(text: str) -> str:
    """Texts that differ in blanks, width, case or digits alone share a group."""
    return hashlib.sha256("".join("".join(normal(text)).split()).encode()).hexdigest()


def _of_folders(tree: Tree, members: list[str], progress: Progress | None) -> _Read:
    out = _Read([], [], "class-folders", "texts in folders of classes")
    for path in members:
        name = _folder_class(path)
        if suffix_of(path) != ".txt" or name is None:
            continue
        text = _text(tree, path)
        labels = (ClassLabel(label=name),)
        out.found.append(Found(path, path, sha256_hex(text.encode()), labels, side_of_folders(path), _alike(text)))
        if progress:
            progress(len(out.found))
    return out


def _folder_class(path: str) -> str | None:
    """The nearest folder that is not one of a side."""
    return next((part for part in reversed(path.split("/")[:-1]) if part.lower() not in SIDES), None)
