"""Sounds: one file, one item, with a table `labels.csv` or a folder per label class; speech: see `speech`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tongguan.catalog.formats.base import ReadError, Tree
from tongguan.catalog.formats.paths import SIDES, is_junk, side_of_folders, suffix_of
from tongguan.catalog.formats.tree import open_tree
from tongguan.catalog.labels.base import LabelRecord
from tongguan.catalog.labels.class_ import ClassLabel
from tongguan.catalog.media.sound import SUFFIXES
from tongguan.train.recipes.base import ItemUnreadable, RecipeError, UsageProblem
from tongguan.train.recipes.items import LeftOut, data_digest, label_digest, sha256_hex
from tongguan.train.recipes.sounds.sound_file import read_sound
from tongguan.train.recipes.sources.base import Asked, Found, OpenTree, Progress, Source
from tongguan.train.recipes.sources.sound_tables import SoundRow, sound_table
from tongguan.train.recipes.sources.sound_tree import SoundTree
from tongguan.train.recipes.sources.speech import read_speech
from tongguan.train.recipes.sources.text_files import LABEL

FORMATS = ("csv", "class-folders")


class Sounds:
    """Contract of `Media` for sounds."""

    id = "sound"
    suffixes = SUFFIXES
    at_once = 1

    def read(self, path: Path, format_id: str, asked: Asked, progress: Progress | None = None) -> Source:
        """Every labelled sound that can be heard, of a folder or an archive; for segments, every stretch with words."""
        if asked.manifest.label_kind == "sound_segment":
            return read_speech(path, _opened(path), format_id, progress)
        if format_id not in ("auto", *FORMATS):
            raise UsageProblem("unknown_format", f"sounds are read as auto, {' or '.join(FORMATS)}, not {format_id!r}")
        tree = _opened(path)
        try:
            return _read(path, tree, format_id, progress)
        except ReadError as error:
            raise RecipeError("data_unreadable", str(error), path=str(path)) from error
        finally:
            tree.close()

    def open(self, path: Path) -> OpenTree:
        """The files as they lie there, and stretches of them."""
        return SoundTree(_opened(path))

    def members(self, name: str, content: bytes) -> Iterator[tuple[str, bytes]]:
        """The file itself."""
        yield name, content


def _opened(path: Path) -> OpenTree:
    if not path.exists():
        raise UsageProblem("data_missing", f"{path}: no such file or folder", path=str(path))
    try:
        return open_tree(path)
    except (ReadError, OSError) as error:
        raise RecipeError("data_unreadable", f"{path}: {error}", path=str(path)) from error


def _read(path: Path, tree: Tree, format_id: str, progress: Progress | None) -> Source:
    members = [one for one in tree.list() if not is_junk(one)]
    sounds = [one for one in members if suffix_of(one) in SUFFIXES]
    table = None if format_id == "class-folders" else sound_table(tree, members, sounds, LABEL)
    if table is None and format_id == "csv":
        raise UsageProblem("format_undecidable", f"{path} holds no table of files and labels", candidates=list(FORMATS))
    rows = {one: _of_folder(one) for one in sounds} if table is None else table[1]
    found: list[Found] = []
    left_out: list[LeftOut] = []
    for at, name in enumerate(sorted({*sounds, *rows}), start=1):
        row = rows.get(name)
        problem = "unlabelled" if row is None or not row.label else "" if name in sounds else "the sound is missing"
        if row is None or problem:
            left_out.append(LeftOut(name=name, reason=problem or "unlabelled"))
            continue
        _hear(tree, name, row, found, left_out)
        if progress:
            progress(at)
    if not found:
        raise UsageProblem("format_undecidable", f"{path} holds no labelled sound", candidates=list(FORMATS))
    return Source(
        path=str(path.resolve()),
        format="class-folders" if table is None else "csv",
        why="sounds in folders of classes" if table is None else f"{table[0]} names sounds and their labels",
        sha256=data_digest((one.sha256, label_digest(one.labels)) for one in found),
        found=tuple(found),
        left_out=tuple(left_out),
        grouped=any(row.group for row in rows.values()),
    )


def _hear(tree: Tree, name: str, row: SoundRow, found: list[Found], left_out: list[LeftOut]) -> None:
    try:
        with tree.open(name) as stream:
            content = stream.read()
        read_sound(content)
    except (ItemUnreadable, OSError) as error:
        left_out.append(LeftOut(name=name, reason=f"unreadable: {error}"))
        return
    labels: tuple[LabelRecord, ...] = (ClassLabel(label=row.label[:200]),)
    digest = sha256_hex(content)
    found.append(Found(name, name, digest, labels, row.side or side_of_folders(name), row.group or digest))


def _of_folder(path: str) -> SoundRow:
    name = next((part for part in reversed(path.split("/")[:-1]) if part.lower() not in SIDES), "")
    return SoundRow(name, None, None)
