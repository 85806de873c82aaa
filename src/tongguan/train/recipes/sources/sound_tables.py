"""A CSV that names sounds and what they are: columns of files, of labels or transcripts, of groups and sides."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection
from dataclasses import dataclass

from tongguan.catalog.formats.base import Tree
from tongguan.catalog.formats.paths import SIDES, folder_of, join, safe_path, suffix_of
from tongguan.catalog.formats.text import read_text
from tongguan.train.recipes.sources.text_files import GROUP, SIDE, column

FILE = ("file", "filename", "file_name", "path", "audio", "wav", "文件", "文件名")


@dataclass(frozen=True, slots=True)
class SoundRow:
    """label: a class or a transcript; empty where nobody gave one."""

    label: str
    group: str | None
    side: str | None


def sound_table(
    tree: Tree, members: Collection[str], sounds: Collection[str], labels: tuple[str, ...]
) -> tuple[str, dict[str, SoundRow]] | None:
    """The only CSV with a column of files and one of `labels`, and its rows by the path of the sound."""
    known, usable = set(sounds), []
    for path in members:
        if suffix_of(path) == ".csv":
            reader = csv.DictReader(io.StringIO(read_text(tree, path), newline=""))
            names = list(reader.fieldnames or ())
            if column(names, FILE) and column(names, labels):
                usable.append((path, reader, names))
    if len(usable) != 1:
        return None
    path, reader, names = usable[0]
    file, label, group, side = (column(names, wanted) for wanted in (FILE, labels, GROUP, SIDE))
    rows: dict[str, SoundRow] = {}
    for row in reader:
        clean = safe_path((row.get(file or "") or "").strip())
        if clean is None:
            continue
        place = next((one for one in (join(folder_of(path), clean), clean) if one in known), clean)
        said = (row.get(side) or "").strip().lower() if side else ""
        belongs = ((row.get(group) or "").strip() or None) if group else None
        rows.setdefault(place, SoundRow((row.get(label or "") or "").strip(), belongs, SIDES.get(said)))
    return path, rows
