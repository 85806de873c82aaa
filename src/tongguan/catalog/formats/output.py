"""What writers share: names in the target, pictures copied as they are, labels that fit and labels that do not."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

from tongguan.catalog.formats.base import Report, Sink, WriteItem, WriteOptions
from tongguan.catalog.formats.paths import SIDES, join, safe_path, side_folder, suffix_of
from tongguan.catalog.formats.pictures import is_picture
from tongguan.catalog.labels.base import LabelRecord
from tongguan.catalog.labels.box import BoxLabel

CHUNK = 2**20
FOLDERS_KNOWN = 1000
# Folder names that say where a file lies in some layout, and nothing about the picture.
_LAYOUT_WORDS = frozenset(
    {
        "images",
        "image",
        "imgs",
        "img",
        "jpegimages",
        "labels",
        "annotations",
        "obj_train_data",
        "obj_valid_data",
        "data",
    }
)
_UNSAFE = re.compile(r'[\x00-\x1f\x7f<>:"|?*]')


class SourceError(OSError):
    """The picture could not be read while it was being copied; the target itself is fine."""


class OutputNames:
    """Names of pictures in the target: layout folders dropped, one stem never used twice on a side.

    Holds eight bytes a name, so that a million items stay small.
    """

    def __init__(self) -> None:
        self._taken: set[int] = set()
        self._folders: dict[str, str] = {}

    def claim(self, item: WriteItem, side: str | None) -> str:
        """A path without side, unique on it by its stem, ignoring case; `_2`, `_3` … is added where needed."""
        clean = safe_path(item.name) or safe_path(item.name.replace("\\", "/").rpartition("/")[2]) or "item"
        folder, _, base = clean.rpartition("/")
        kept, base = self._kept(folder), _safe(base)
        stem, dot, suffix = base.rpartition(".")
        if not stem or not is_picture(base):
            # A name without the ending of a picture would not be found again: it gets its source's.
            found = suffix_of(item.path or "")
            stem, dot, suffix = base, "", found if is_picture(f"x{found}") else ""
        number = 1
        while True:
            numbered = stem if number == 1 else f"{stem}_{number}"
            candidate = f"{kept}/{numbered}" if kept else numbered
            key = hash((side or "", candidate.casefold()))
            if key not in self._taken:
                self._taken.add(key)
                return candidate + dot + suffix
            number += 1

    def _kept(self, folder: str) -> str:
        """The folders that stay, for those of one picture after the other mostly the same ones."""
        found = self._folders.get(folder)
        if found is None:
            if len(self._folders) >= FOLDERS_KNOWN:
                self._folders.clear()
            parts = folder.split("/") if folder else []
            found = self._folders[folder] = join(*(_safe(part) for part in parts if not _is_layout(part)))
        return found


def _safe(part: str) -> str:
    return _UNSAFE.sub("_", part).strip() or "_"


def _is_layout(part: str) -> bool:
    lowered = re.sub(r"\d{4}$", "", part.lower())
    return lowered in _LAYOUT_WORDS or lowered in SIDES


def without_suffix(path: str) -> str:
    """The path without its last suffix."""
    folder, _, base = path.rpartition("/")
    stem = base.rpartition(".")[0] or base
    return f"{folder}/{stem}" if folder else stem


def copy_media(item: WriteItem, target: str, sink: Sink, report: Report) -> bool:
    """Copies the picture's bytes unchanged; an absent or damaged source is refused with kind `file`."""
    if item.source is None or item.path is None:
        return False
    try:
        sink.write(target, _chunks(item))
    except SourceError as error:
        report.refuse(item.name, "file", f"the picture could not be copied: {error}", check="unreadable")
        return False
    report.files += 1
    return True


def write_text(sink: Sink, path: str, text: str, report: Report) -> None:
    """Writes one small text file."""
    sink.write(path, (text.encode("utf-8"),))
    report.files += 1


def _chunks(item: WriteItem) -> Iterator[bytes]:
    if item.source is None or item.path is None:
        return
    try:
        with item.source.open(item.path) as stream:
            while chunk := stream.read(CHUNK):
                yield chunk
    except OSError as error:
        raise SourceError(str(error)) from error


def fitting(item: WriteItem, kinds: frozenset[str], target: str, report: Report) -> tuple[LabelRecord, ...] | None:
    """The labels that the target can hold. The rest is refused; None where nothing is left of a labelled item."""
    if item.labels is None:
        return None
    if all(label.kind in kinds for label in item.labels):
        return item.labels
    good = tuple(label for label in item.labels if label.kind in kinds)
    lost: dict[str, int] = {}
    for label in item.labels:
        if label.kind not in kinds:
            lost[label.kind] = lost.get(label.kind, 0) + 1
    for kind, count in lost.items():
        report.refuse(item.name, kind, f"{target} cannot hold labels of kind {kind}", count)
    return good or None


class ClassNumbers:
    """Numbers of label classes from 0: fixed by the options, or by order of appearance."""

    def __init__(self, options: WriteOptions) -> None:
        self.fixed = bool(options.classes)
        self.numbers: dict[str, int] = {}
        for name in options.classes:
            self.numbers.setdefault(name, len(self.numbers))

    def number(self, label: LabelRecord) -> int | None:
        """The label's number; None where the classes are fixed and it is not one of them."""
        found = self.numbers.get(label.label)
        if found is None and not self.fixed:
            found = self.numbers[label.label] = len(self.numbers)
        return found


def edges(label: BoxLabel, rounded: bool) -> tuple[float, float, float, float]:
    """Left, top, right, bottom in pixels; with `rounded` to whole pixels, halves up."""
    left, top, right, bottom = label.x, label.y, label.x + label.width, label.y + label.height
    if rounded:
        return math.floor(left + 0.5), math.floor(top + 0.5), math.floor(right + 0.5), math.floor(bottom + 0.5)
    return left, top, right, bottom


def plain(value: float) -> str:
    """A number as short as it can be without losing more than 1e-7: 12, 12.5, 12.333333."""
    text = f"{value:.7f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def side_path(folder: str, item: WriteItem, name: str) -> str:
    """folder/side/name, the side left out where the item has none."""
    return join(folder, side_folder(item.side), name)
