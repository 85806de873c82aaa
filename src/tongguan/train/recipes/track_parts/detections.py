"""Boxes of the frames of one recording: how they are read, and the one form in which a run holds them.

Read are: a table with a head (`frame` from 0, `x`, `y`, `width`, `height` in pixels, and where there are such `label`,
`score`, `track`; further columns are attributes), rows of MOT without a head (frames from 1), and the answer of
`tongguan predict --json` of a detector on a folder of frames, which are taken in order of their names.
"""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tongguan.train.recipes.base import ItemUnreadable

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

COLUMNS = ("frame", "label", "x", "y", "width", "height", "score", "track")
NEEDED = ("frame", "x", "y", "width", "height")
MOST_ROWS = 5_000_000
MOST_FRAMES = 10_000_000
RATE = 25.0
"""Frames a second where nothing says more."""
ONE_LABEL = "thing"


@dataclass(frozen=True, slots=True)
class Facts:
    """Of a recording: number of frames, frames a second, size of the picture in pixels. 0: not known."""

    frames: int
    rate: float = 0.0
    width: int = 0
    height: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Detections:
    """All boxes in order of frames. frame (N,) from 0; label (N,) as numbers into `labels`; xywh (N, 4) in pixels;
    score (N,) in [0, 1]; track (N,), -1 where nothing was followed yet; attributes: columns of text by name."""

    frame: Ints
    label: Ints
    labels: tuple[str, ...]
    xywh: Floats
    score: Floats
    track: Ints
    facts: Facts
    attributes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def tracked(self) -> bool:
        """Whether every box belongs to a track."""
        return bool(len(self.track)) and bool((self.track >= 0).all())


def read_detections(content: bytes, names: Sequence[str] = ()) -> Detections:
    """Any of the forms above. names: the label classes that numbers of MOT stand for, from 1.

    Raises ItemUnreadable that names the row.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ItemUnreadable("detections_unreadable", f"it is no UTF-8 text: byte {error.start}") from error
    facts, text = _facts(text)
    if text.lstrip().startswith("{"):
        rows = _of_answer(text)
    else:
        first = next((line for line in text.split("\n") if line.strip()), "")
        headed = any(word.strip().lower() == "frame" for word in first.split(","))
        rows = _of_table(text) if headed else _of_mot(text, names)
    return _gathered(list(rows), facts)


_Row = tuple[int, str, float, float, float, float, float, int, dict[str, str]]


def _facts(text: str) -> tuple[dict[str, float], str]:
    """The first line may be a remark: # frames=300 rate=10 width=320 height=180."""
    if not text.startswith("#"):
        return {}, text
    head, _, rest = text.partition("\n")
    found = {}
    for word in head[1:].split():
        name, _, value = word.partition("=")
        number = _number(value)
        if name in ("frames", "rate", "width", "height") and 0 < number <= MOST_FRAMES:
            found[name] = number
    return found, rest


def _of_table(text: str) -> Iterable[_Row]:
    reader = csv.DictReader(io.StringIO(text, newline=""))
    heads = {(name or "").strip().lower(): name for name in reader.fieldnames or ()}
    missing = [name for name in NEEDED if name not in heads]
    if missing:
        raise ItemUnreadable("detections_unreadable", f"the table has no column {', '.join(missing)}")
    more = [name for name in heads if name and name not in COLUMNS]
    for at, row in enumerate(reader, start=2):
        values = [_number(row.get(heads[name])) for name in NEEDED]
        score = row.get(heads["score"]) if "score" in heads else "1"
        track = row.get(heads["track"]) if "track" in heads else ""
        label = (row.get(heads["label"]) if "label" in heads else "") or ONE_LABEL
        given = {name: (row.get(heads[name]) or "").strip() for name in more}
        identity = _number(track) if (track or "").strip() else -1.0
        yield _row(at, values, label.strip(), _number(score or "1"), identity, given)


def _of_mot(text: str, names: Sequence[str]) -> Iterable[_Row]:
    for at, line in enumerate(text.split("\n"), start=1):
        words = line.replace(",", " ").split()
        if not words:
            continue
        if len(words) < 6:
            raise ItemUnreadable(
                "detections_unreadable", f"line {at}: {len(words)} numbers; a row of MOT has 6 and more"
            )
        values = [_number(word) for word in words]
        kind = int(values[7]) if len(values) > 7 and math.isfinite(values[7]) and values[7] >= 1 else 1
        label = names[kind - 1] if kind <= len(names) else str(kind) if len(values) > 7 else ONE_LABEL
        place = [values[0] - 1, *values[2:6]]
        yield _row(at, place, label, values[6] if len(values) > 6 else 1.0, -1.0, {})


def _of_answer(text: str) -> Iterable[_Row]:
    try:
        told = json.loads(text)
        frames = sorted(told["predictions"], key=lambda one: str(one["item"]))
        for at, one in enumerate(frames):
            for mark in one["labels"]:
                if mark["kind"] == "box":
                    values = [float(at), *(float(mark[name]) for name in ("x", "y", "width", "height"))]
                    yield _row(at + 1, values, str(mark["label"]), float(mark.get("score") or 1.0), -1.0, {})
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        message = f"it is no answer of a detector (`tongguan predict --json`): {type(error).__name__} {error}"
        raise ItemUnreadable("detections_unreadable", message[:300]) from error


def _row(at: int, values: Sequence[float], label: str, score: float, track: float, given: dict[str, str]) -> _Row:
    frame = values[0]
    if not all(map(math.isfinite, (*values, score))) or not 0 <= frame <= MOST_FRAMES or frame != int(frame):
        raise ItemUnreadable("detections_unreadable", f"row {at}: a frame from 0, a box and a score are wanted")
    if min(values[3:5]) < 0 or not math.isfinite(track):
        raise ItemUnreadable("detections_unreadable", f"row {at}: width and height must not be below 0")
    x, y, width, height = values[1:5]
    return int(frame), label[:200], x, y, width, height, score, int(track), given


def _gathered(rows: list[_Row], said: Mapping[str, float]) -> Detections:
    if len(rows) > MOST_ROWS:
        raise ItemUnreadable("detections_unreadable", f"{len(rows):,} boxes; at most {MOST_ROWS:,} are read")
    rows.sort(key=lambda row: row[0])
    labels = tuple(sorted({row[1] for row in rows}))
    number = {name: at for at, name in enumerate(labels)}
    score = np.array([row[6] for row in rows])
    if len(score) and score.max() > 1:
        score = score / score.max()  # confidences of some detectors are no shares
    frames = max(int(said.get("frames", 0)), 1 + max((row[0] for row in rows), default=-1))
    facts = Facts(frames, float(said.get("rate", 0)), int(said.get("width", 0)), int(said.get("height", 0)))
    names = sorted({name for row in rows for name in row[8]})
    return Detections(
        np.array([row[0] for row in rows], dtype=np.int64),
        np.array([number[row[1]] for row in rows], dtype=np.int64),
        labels,
        np.array([row[2:6] for row in rows], dtype=float).reshape(-1, 4),
        np.clip(score, 0, 1),
        np.array([row[7] for row in rows], dtype=np.int64),
        facts,
        {name: tuple(row[8].get(name, "") for row in rows) for name in names},
    )


def completed(found: Detections, usual: Facts) -> Detections:
    """What a recording does not say of itself is as usual; a rate that nobody knows is RATE."""
    own = found.facts
    size = (own.width, own.height) if own.width and own.height else (usual.width, usual.height)
    return replace(found, facts=Facts(own.frames, own.rate or usual.rate or RATE, *size))


def usual_facts(all_: Sequence[Facts]) -> Facts:
    """What all recordings that say so have in common; 0 where they differ."""

    def common(values: set[float]) -> float:
        known = values - {0}
        return known.pop() if len(known) == 1 else 0.0

    size = {(one.width, one.height) for one in all_} - {(0, 0)}
    width, height = size.pop() if len(size) == 1 else (0, 0)
    return Facts(0, common({one.rate for one in all_}), width, height)


def write_detections(found: Detections) -> bytes:
    """The form in which a run holds them, which `read_detections` reads back."""
    facts = found.facts
    out = io.StringIO()
    out.write(f"# frames={facts.frames} rate={facts.rate:g} width={facts.width} height={facts.height}\n")
    writer = csv.writer(out, lineterminator="\n")
    names = list(found.attributes)
    writer.writerow([*COLUMNS, *names])
    for at in range(len(found.frame)):
        place: list[Any] = [f"{value:.6g}" for value in found.xywh[at]]
        track = int(found.track[at])
        row = [int(found.frame[at]), found.labels[found.label[at]], *place, f"{found.score[at]:.6g}"]
        writer.writerow([*row, "" if track < 0 else track, *(found.attributes[name][at] for name in names)])
    return out.getvalue().encode()


def _number(text: str | None) -> float:
    try:
        return float(text or "")
    except ValueError:
        return math.nan
