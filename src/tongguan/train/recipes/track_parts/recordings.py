"""Finding recordings in a folder or archive: where their detections, their tracks and their events lie.

A recording is a folder with `det/det.txt` (MOT), `detections.csv` or `detections.json`; the truth beside it is
`gt/gt.txt` or `tracks.csv`, and `events.csv` (event, start and end in seconds). `seqinfo.ini` says frame rate and size.
"""

from __future__ import annotations

import configparser
import csv
import io
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import BinaryIO

from tongguan.catalog.formats.base import ReadError, Report, Tree
from tongguan.catalog.formats.mot import MotFormat
from tongguan.catalog.formats.paths import folder_of, is_junk, join
from tongguan.catalog.formats.text import read_bytes, read_text
from tongguan.catalog.labels.base import LabelRecord
from tongguan.catalog.labels.interval import IntervalLabel
from tongguan.train.recipes.base import ItemUnreadable
from tongguan.train.recipes.track_parts.detections import Detections, Facts, read_detections
from tongguan.train.recipes.track_parts.labels import labels_of
from tongguan.train.recipes.track_parts.tracker import given_tracks

DETECTED = ("det/det.txt", "detections.csv", "detections.json")
DRAWN = ("gt/gt.txt", "tracks.csv")
EVENTS = "events.csv"
_NUMBERS = {"frameRate": "rate", "seqLength": "frames", "imWidth": "width", "imHeight": "height"}


@dataclass(frozen=True, slots=True)
class Recording:
    """Members of one recording: detections, drawn tracks, events; None where there is none. root: its folder."""

    root: str
    detected: str | None
    drawn: str | None
    events: str | None


def recordings(tree: Tree) -> list[Recording]:
    """All recordings in order of their folders."""
    members = {path for path in tree.list() if not is_junk(path)}
    roots = {root for path in members for root in [_root(path)] if root is not None}

    def first(root: str, names: Sequence[str]) -> str | None:
        return next((join(root, name) for name in names if join(root, name) in members), None)

    return [Recording(one, first(one, DETECTED), first(one, DRAWN), first(one, [EVENTS])) for one in sorted(roots)]


def _root(path: str) -> str | None:
    for name in (*DETECTED, *DRAWN, EVENTS):
        if f"/{path}".endswith(f"/{name}"):
            return path[: -len(name)].rstrip("/")
    return None


def detections_of(tree: Tree, one: Recording, tracks: bool = False) -> Detections:
    """The boxes that a detector found; with `tracks` the drawn tracks where there are no detections. Raises
    ItemUnreadable."""
    path = one.detected or (one.drawn if tracks else None)
    if path is None:
        raise ItemUnreadable("detections_missing", f"{one.root or 'the folder'} has no {' or '.join(DETECTED)}")
    try:
        names = names_of(tree, one)
        content = read_bytes(tree, path)
        if path.endswith("gt/gt.txt"):
            content = _with_identities(content, names)
        found = read_detections(content, names)
        said = _sequence(tree, one.root)
    except (ReadError, OSError) as error:
        raise ItemUnreadable("detections_unreadable", f"{path}: {error}") from error
    except ItemUnreadable as problem:
        raise ItemUnreadable("detections_unreadable", f"{path}: {problem.message}") from problem
    facts = found.facts
    return replace(
        found,
        facts=Facts(
            max(facts.frames, int(said.get("frames", 0))),
            said.get("rate", facts.rate),
            int(said.get("width", facts.width)),
            int(said.get("height", facts.height)),
        ),
    )


def _with_identities(content: bytes, names: Sequence[str]) -> bytes:
    """Rows of drawn tracks as a table, so that their identities are kept; frames from 0."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["frame", "track", "x", "y", "width", "height", "label"])
    for line in content.decode("utf-8", "replace").split("\n"):
        words = line.strip().split(",")
        if len(words) >= 6 and words[0].strip().isdecimal():
            kind = int(float(words[7])) if len(words) > 7 else 1
            label = names[kind - 1] if 1 <= kind <= len(names) else str(kind)
            writer.writerow([int(words[0]) - 1, *words[1:6], label])
    return out.getvalue().encode()


def names_of(tree: Tree, one: Recording) -> list[str]:
    """The label classes that numbers of MOT stand for, from 1: of `labels.txt`; empty without one. Raises ReadError."""
    for folder in ("det", "gt"):
        path = join(one.root, folder, "labels.txt")
        if path in frozenset(tree.list()):
            return [line.strip() for line in read_text(tree, path).split("\n") if line.strip()]
    return []


def _sequence(tree: Tree, root: str) -> dict[str, float]:
    path = join(root, "seqinfo.ini")
    if path not in frozenset(tree.list()):
        return {}
    parser = configparser.ConfigParser(interpolation=None)
    try:
        parser.read_string(read_text(tree, path))
        info = parser["Sequence"]
        found = {ours: float(info[name]) for name, ours in _NUMBERS.items() if name in info}
    except (configparser.Error, KeyError, ValueError) as error:
        raise ItemUnreadable("detections_unreadable", f"{path}: {' '.join(str(error).split())[:200]}") from error
    return {name: value for name, value in found.items() if math.isfinite(value) and value > 0}


def tracks_of(tree: Tree, one: Recording) -> list[LabelRecord]:
    """The drawn tracks. Raises ItemUnreadable."""
    if one.drawn is None:
        raise ItemUnreadable("unlabelled", "unlabelled")
    try:
        if one.drawn.endswith(".csv"):
            return labels_of(given_tracks(read_detections(read_bytes(tree, one.drawn))), 0)
        report = Report()
        found = [label for item in MotFormat().read(_Part(tree, one), report) for label in item.labels or ()]
    except ReadError as error:
        raise ItemUnreadable("labels_unreadable", f"{one.drawn}: {error}") from error
    if report.refused:
        raise ItemUnreadable("labels_unreadable", report.refused[0].reason)
    return found


class _Part(Tree):
    """One recording without its detections: what the reader of MOT shall see."""

    def __init__(self, tree: Tree, one: Recording) -> None:
        self._tree = tree
        names = (one.drawn, join(one.root, "gt", "labels.txt"), join(one.root, "seqinfo.ini"))
        self._members = [path for path in tree.list() if path in names]

    def list(self) -> list[str]:
        """The files of the truth."""
        return self._members

    def open(self, path: str) -> BinaryIO:
        """As in the whole."""
        return self._tree.open(path)

    def size(self, path: str) -> int:
        """As in the whole."""
        return self._tree.size(path)


def events_of(tree: Tree, one: Recording) -> list[LabelRecord]:
    """The events that happened, in seconds. Raises ItemUnreadable that names file and line."""
    if one.events is None:
        raise ItemUnreadable("unlabelled", "unlabelled")
    labels: list[LabelRecord] = []
    try:
        reader = csv.DictReader(io.StringIO(read_text(tree, one.events), newline=""))
        for at, row in enumerate(reader, start=2):
            name = (row.get("event") or row.get("label") or "").strip()
            try:
                start, end = float(row.get("start") or ""), float(row.get("end") or "")
                labels.append(IntervalLabel(label=name, start=start, end=end))
            except ValueError:
                message = f"{one.events} line {at}: wanted are event, start and end in seconds, end not before start"
                raise ItemUnreadable("labels_unreadable", message) from None
    except ReadError as error:
        raise ItemUnreadable("labels_unreadable", f"{one.events}: {error}") from error
    return labels


def group_of(one: Recording) -> str:
    """Recordings of one folder named camera-… or site-… belong together; else each is a group of its own."""
    for part in reversed(one.root.split("/")):
        if part.lower().startswith(("camera", "cam-", "site", "group")):
            return one.root[: one.root.index(part) + len(part)]
    return folder_of(one.root) + "/" + one.root.rpartition("/")[2]
