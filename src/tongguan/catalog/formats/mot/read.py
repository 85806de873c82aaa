"""Reading MOT and MOTS: rows with an id are tracks of a video, rows without are boxes of frames."""

from __future__ import annotations

import configparser
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from tongguan.catalog.formats import shapes
from tongguan.catalog.formats.base import ReadError, ReadItem, Report, Tree
from tongguan.catalog.formats.gather import Entry, gather
from tongguan.catalog.formats.grouping import Grouped
from tongguan.catalog.formats.marks import ItemMarks, number
from tongguan.catalog.formats.masks import mask_of_rle
from tongguan.catalog.formats.mot.thinning import thinned
from tongguan.catalog.formats.paths import folder_of, join, side_of_folders, suffix_of
from tongguan.catalog.formats.pictures import is_picture
from tongguan.catalog.formats.text import read_lines, read_text
from tongguan.catalog.labels.base import AttributeValue

VIDEOS = (".mp4", ".avi", ".mov", ".mkv", ".webm")
# The label classes of MOT16 to MOT20, by number from 1.
CHALLENGE = (
    *("pedestrian", "person on vehicle", "car", "bicycle", "motorbike", "non motorized vehicle", "static person"),
    *("distractor", "occluder", "occluder on the ground", "occluder full", "reflection", "crowd"),
)
SEGMENTED = {1: "car", 2: "pedestrian", 10: "ignore"}


@dataclass(slots=True)
class Sequence:
    """One sequence: where it lies, its file, its label classes, its frames by number."""

    root: str
    path: str
    names: dict[int, str]
    folder: str = "img1"
    suffix: str = ".jpg"
    size: tuple[int, int] | None = None
    video: str | None = None
    frames: dict[int, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The item's name."""
        return self.video or self.root or "sequence"


def sequences(tree: Tree, segmented: bool, report: Report) -> Iterator[Sequence]:
    """Every gt.txt with what stands around it."""
    members = tree.list()
    for path in members:
        if not is_truth(path, segmented):
            continue
        root = folder_of(folder_of(path))
        found = Sequence(root, path, _names(tree, path, segmented, report))
        _describe(tree, found, report)
        inside = join(root, found.folder) + "/"
        for member in members:
            if member.startswith(inside) and is_picture(member):
                stem = member.rpartition("/")[2].partition(".")[0]
                if stem.isdecimal():
                    found.frames[int(stem)] = member
            elif folder_of(member) == root and suffix_of(member) in VIDEOS:
                found.video = member
        yield found


def is_truth(path: str, segmented: bool = False) -> bool:
    """gt/gt.txt, and for MOT det/det.txt where nobody has labelled."""
    named = "/" + path
    return named.endswith("/gt/gt.txt") or (named.endswith("/det/det.txt") and not segmented)


def _names(tree: Tree, path: str, segmented: bool, report: Report) -> dict[int, str]:
    labels = join(folder_of(path), "labels.txt")
    if labels not in frozenset(tree.list()):
        return dict(SEGMENTED) if segmented else dict(enumerate(CHALLENGE, start=1))
    try:
        return {
            at: line.strip("\r\n")
            for at, line in enumerate(read_text(tree, labels).split("\n"), start=1)
            if line.strip()
        }
    except ReadError as error:
        report.refuse(labels, "file", str(error))
        return {}


def _describe(tree: Tree, sequence: Sequence, report: Report) -> None:
    path = join(sequence.root, "seqinfo.ini")
    if path not in frozenset(tree.list()):
        return
    parser = configparser.ConfigParser(interpolation=None)
    try:
        parser.read_string(read_text(tree, path))
        info = parser["Sequence"]
    except (ReadError, configparser.Error, KeyError) as error:
        report.refuse(path, "file", f"{path}: {' '.join(str(error).split())[:200]}")
        return
    sequence.folder, sequence.suffix = info.get("imDir", "img1"), info.get("imExt", ".jpg")
    width, height = number(info.get("imWidth")), number(info.get("imHeight"))
    if width > 0 and height > 0:
        sequence.size = int(width), int(height)


def read(tree: Tree, report: Report, segmented: bool = False) -> Iterator[ReadItem]:
    """Every sequence with tracks as an item of a video, frames with boxes that have no id as items of pictures."""
    found = list(sequences(tree, segmented, report))
    for one in found:
        report.classes += [name for name in one.names.values() if name not in report.classes] if _own(tree, one) else []
    with Grouped() as rows:
        tracked: dict[str, None] = {}
        for one in found:
            _take(tree, one, rows, tracked, segmented, report)
        hidden = {path for one in found if one.path in tracked for path in one.frames.values()}
        entries = (entry for one in found for entry in _entries(one, rows, tracked, segmented))
        yield from gather(tree, report, entries, lambda path: path in hidden)


def _own(tree: Tree, sequence: Sequence) -> bool:
    return join(folder_of(sequence.path), "labels.txt") in frozenset(tree.list())


def _take(
    tree: Tree, sequence: Sequence, rows: Grouped, tracked: dict[str, None], segmented: bool, report: Report
) -> None:
    """Rows by track, or by frame where they have no id."""
    try:
        for at, line in read_lines(tree, sequence.path):
            words = line.split(None, 5) if segmented else line.split(",")
            if not line.strip():
                continue
            values = [number(word) for word in words]
            identity = values[1] if len(values) > 1 else math.nan
            if len(words) < 6 or not math.isfinite(identity) or not values[0] >= 1 or values[0] != int(values[0]):
                report.refuse(
                    sequence.path, "track", f"{sequence.path} line {at}: not a row of {'MOTS' if segmented else 'MOT'}"
                )
            elif identity < 0:
                rows.add((sequence.path, "frame", int(values[0])), [at, *words])
            else:
                tracked[sequence.path] = None
                rows.add((sequence.path, "track", int(identity)), [at, *words])
    except ReadError as error:
        report.refuse(sequence.path, "file", str(error))


def _entries(sequence: Sequence, rows: Grouped, tracked: dict[str, None], segmented: bool) -> Iterator[Entry]:
    keys = [key for key in rows if key[0] == sequence.path]
    side = side_of_folders(sequence.path)
    if sequence.path in tracked or not keys:
        tracks = sorted((key for key in keys if key[1] == "track"), key=lambda key: int(key[2]))
        size = sequence.size
        fill = partial(_fill_tracks, sequence, rows, tracks, segmented)
        yield Entry(
            sequence.name,
            sequence.path,
            fill,
            side=side,
            media="video",
            path=sequence.video,
            size=size,
        )
    for key in keys:
        if key[1] == "frame":
            name = sequence.frames.get(key[2]) or join(sequence.root, sequence.folder, f"{key[2]:06d}{sequence.suffix}")
            fill = partial(_fill_frame, sequence, rows, key)
            size = sequence.size
            path = sequence.frames.get(key[2])
            yield Entry(
                name,
                sequence.path,
                fill,
                side=side,
                path=path,
                size=size,
            )


def _fill_frame(sequence: Sequence, rows: Grouped, key: Any, marks: ItemMarks) -> None:
    for at, *words in rows.take(key):
        label, given = _class(sequence, words, marks, f"{sequence.path} line {at}", "box")
        if label:
            x, y, width, height = (number(word) for word in words[2:6])
            marks.box(label, (x, y, width, height), given)


def _class(
    sequence: Sequence, words: list[str], marks: ItemMarks, where: str, kind: str
) -> tuple[str, dict[str, AttributeValue]]:
    """Label class, and whether the row counts (confidence 0: left out of the evaluation) and is seen."""
    value = number(words[7]) if len(words) > 7 else 1.0
    given: dict[str, AttributeValue] = {}
    if len(words) > 6 and number(words[6]) == 0:
        given["ignored"] = True
    if len(words) > 8 and 0 <= number(words[8]) < 1:
        given["visibility"] = number(words[8])
    if value == -1:
        value = 1.0
    label = sequence.names.get(int(value)) if math.isfinite(value) else None
    if label is None:
        marks.refuse(kind, f"{where}: {str(words[7:8])[:20]} is not among the {len(sequence.names)} label classes")
        return "", given
    return label, given


def _fill_tracks(sequence: Sequence, rows: Grouped, keys: list[Any], segmented: bool, marks: ItemMarks) -> None:
    for key in keys:
        try:
            label, frames = (_segments if segmented else _boxes)(sequence, rows.take(key), marks)
        except shapes.Unreadable as error:
            marks.refuse("track", str(error))
            continue
        if label:
            between = "hold" if segmented else "linear"
            fields = {"keyframes": thinned(frames, between), "between": between}
            marks.add(label, ("track", fields), identity=str(key[2]))


def _boxes(sequence: Sequence, found: list[Any], marks: ItemMarks) -> tuple[str, list[dict[str, Any]]]:
    label, frames = "", []
    for at, *words in sorted(found, key=lambda row: number(row[1])):
        label, given = _class(sequence, words, marks, f"{sequence.path} line {at}", "track")
        if not label:
            return "", []
        kind, fields = shapes.box(*(number(word) for word in words[2:6]))
        frames.append({"frame": int(number(words[0])) - 1, "shape": {"kind": kind, **fields}, "attributes": given})
    return label, frames


def _segments(sequence: Sequence, found: list[Any], marks: ItemMarks) -> tuple[str, list[dict[str, Any]]]:
    label, frames = "", []
    for at, *words in sorted(found, key=lambda row: number(row[1])):
        values = [number(word) for word in words[2:5]]
        label = sequence.names.get(int(values[0]), "") if all(map(math.isfinite, values)) else ""
        if not label:
            raise shapes.Unreadable(f"{sequence.path} line {at}: {words[2][:20]} is not among the label classes")
        kind, fields = mask_of_rle(words[5].strip(), [int(value) for value in values[1:]])
        frames.append({"frame": int(number(words[0])) - 1, "shape": {"kind": kind, **fields}})
    return label, frames
