"""Formats of sound with one label file for many recordings, or one each: their rows as segments of a recording."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from tongguan.catalog.formats.base import ReadError, ReadItem, Report, Sink, Sniff, Tree, WriteItem, WriteOptions
from tongguan.catalog.formats.gather import Entry, made
from tongguan.catalog.formats.marks import ItemMarks
from tongguan.catalog.formats.output import side_path, without_suffix
from tongguan.catalog.formats.paths import folder_of, join, safe_path, side_of_folders, stem_of, suffix_of
from tongguan.catalog.formats.sniffing import matching, sniff_heads
from tongguan.catalog.formats.writing import Describes, Writing
from tongguan.catalog.labels.base import LabelRecord
from tongguan.catalog.labels.sound_segment import SoundSegmentLabel

SOUND = (".wav", ".flac", ".mp3", ".ogg", ".m4a", ".sph", ".opus")
VIDEO = (".mp4", ".mkv", ".mov", ".webm", ".avi")


@dataclass(slots=True)
class Segment:
    """One row: label class, times in seconds, and what else it says."""

    label: str
    start: float
    end: float
    transcript: str = ""
    speaker: str = ""
    channel: int | None = None
    score: float | None = None


@dataclass(slots=True)
class Recording:
    """Segments of one recording as a label file names it; `problems` are rows that are none."""

    name: str
    source: str
    segments: list[Segment] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def fill(recording: Recording, marks: ItemMarks) -> None:
    """Adds the segments, and refuses the broken rows."""
    for problem in recording.problems:
        marks.refuse("sound_segment", problem)
    for one in recording.segments:
        fields: dict[str, Any] = {"start": one.start, "end": one.end, "transcript": one.transcript}
        if one.channel is not None:
            fields["channel"] = one.channel
        marks.add(one.label, ("sound_segment", {**fields, "speaker": one.speaker}), None, one.score)


def items_of(tree: Tree, recordings: Iterable[Recording], report: Report, rest: bool = True) -> Iterator[ReadItem]:
    """One item a recording, then recordings that no label file names, unlabelled."""
    sounds = {path: path for path in tree.list() if suffix_of(path) in (*SOUND, *VIDEO)}
    by_stem: dict[str, list[str]] = {}
    for path in sounds:
        by_stem.setdefault(stem_of(path), []).append(path)
    seen: set[str] = set()
    for recording in recordings:
        clean = safe_path(recording.name)
        if clean is None:
            report.refuse(recording.source, "item", f"{recording.source}: the name is absent or leaves the folder")
            continue
        found = _find(clean, recording.source, sounds, by_stem)
        name = found or clean
        if name in seen:
            report.refuse(name, "item", f"{recording.source} names it a second time")
            continue
        seen.add(name)
        report.items += 1
        media = "video" if found and suffix_of(found) in VIDEO else "sound"
        entry = Entry(
            name, recording.source, partial(fill, recording), side=side_of_folders(recording.source), media=media
        )
        yield made(entry, name, found, report)
    for other in sounds if rest else ():
        if other not in seen:
            report.items += 1
            media = "video" if suffix_of(other) in VIDEO else "sound"
            yield ReadItem(other, other, None, side=side_of_folders(other), media=media)


def _find(name: str, source: str, sounds: dict[str, str], by_stem: dict[str, list[str]]) -> str | None:
    folder = folder_of(source)
    while True:
        for candidate in (join(folder, name), join(folder, "wav", name), join(folder, "audio", name)):
            if candidate in sounds:
                return candidate
        if not folder:
            break
        folder = folder_of(folder)
    base = name.rpartition("/")[2]
    stems = by_stem.get(base, []) + by_stem.get(stem_of(base), [])
    near = [path for path in dict.fromkeys(stems) if folder_of(path) == folder_of(source)]
    found = near or list(dict.fromkeys(stems))
    return found[0] if len(found) == 1 else None


class SegmentFormat(Describes):
    """What the formats of segments share."""

    kinds = frozenset({"sound_segment"})
    media = frozenset({"sound", "video"})
    suffixes: frozenset[str] = frozenset()
    what = ""
    folder = "audio"

    def fits(self, head: bytes, path: str) -> bool:
        """Whether a file is one of this format."""
        raise NotImplementedError

    def recordings(self, tree: Tree, path: str) -> Iterator[Recording]:
        """The recordings of one file. Raises ReadError when it cannot be read."""
        raise NotImplementedError

    def refusal(self, label: SoundSegmentLabel) -> str | None:
        """Why a segment cannot be written, or None."""
        raise NotImplementedError

    def sniff(self, tree: Tree) -> Sniff:
        """Looks at the first lines."""
        return sniff_heads(tree, self.suffixes, self.fits, self.what)

    def read(self, tree: Tree, report: Report) -> Iterator[ReadItem]:
        """Every recording of every file."""
        return items_of(tree, self._all(tree, report), report)

    def _all(self, tree: Tree, report: Report) -> Iterator[Recording]:
        for path in matching(tree, self.suffixes, self.fits):
            try:
                yield from self.recordings(tree, path)
            except ReadError as error:
                report.refuse(path, "file", str(error))

    def begun(
        self, items: Iterable[WriteItem], out: Writing
    ) -> Iterator[tuple[WriteItem, str, list[SoundSegmentLabel] | None]]:
        """Each item with its path in the target and the segments that fit."""
        for item in items:
            begun = out.begin(item, lambda name, item=item: side_path(self.folder, item, name))  # type: ignore[misc]
            if begun is None:
                continue
            kept: list[SoundSegmentLabel] = []
            for label in begun[1] or ():
                reason = self.refusal(label) if isinstance(label, SoundSegmentLabel) else "no segment"
                if reason or not isinstance(label, SoundSegmentLabel):
                    out.refuse(item, label, reason or "")
                    continue
                kept.append(label)
                out.done(label)
            lost = begun[1] is None or (begun[1] and not kept)
            yield item, side_path(self.folder, item, begun[0]), None if lost else kept


class BesideFormat(SegmentFormat):
    """One label file beside each recording."""

    suffix = ""
    folder = ""

    def document(self, segments: Sequence[SoundSegmentLabel]) -> str:
        """The text of one file."""
        raise NotImplementedError

    def write(self, items: Iterable[WriteItem], sink: Sink, options: WriteOptions, report: Report) -> None:
        """SIDE/NAME and its label file beside it."""
        out = Writing(self, sink, options, report)
        for _, path, segments in self.begun(items, out):
            if segments is not None:
                out.text(without_suffix(path) + self.suffix, self.document(segments))
        out.finish()


def only(label: LabelRecord, wanted: str, title: str) -> str | None:
    """Formats whose rows say no label class hold one."""
    return None if label.label == wanted else f"{title} holds one label class, {wanted!r}"


def spaced(text: str) -> bool:
    """Whether a text is no single word."""
    return bool(re.search(r"\s", text)) or not text
