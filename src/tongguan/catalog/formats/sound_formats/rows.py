"""RTTM and CTM: one row a segment or word, many recordings in a file. Kaldi: a folder of tables."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath

from tongguan.catalog.formats.base import ReadError, ReadItem, Report, Sink, Tree, WriteItem, WriteOptions
from tongguan.catalog.formats.lined import Sides
from tongguan.catalog.formats.marks import number
from tongguan.catalog.formats.output import plain, without_suffix
from tongguan.catalog.formats.paths import folder_of, join, side_folder
from tongguan.catalog.formats.sniffing import matching
from tongguan.catalog.formats.sound_formats.segments import Recording, Segment, SegmentFormat, items_of, only, spaced
from tongguan.catalog.formats.text import read_lines
from tongguan.catalog.formats.writing import Writing
from tongguan.catalog.labels.sound_segment import SoundSegmentLabel

_NUMBER = rb"\d+(?:\.\d+)?(?:[eE][-+]?\d+)?"
RTTM_ROW = re.compile(
    rb"^\s*(?:SPEAKER|LEXEME|NON-LEX|SPKR-INFO|NOSCORE|A/P|CB|SU|EDIT|FILLER|IP|NON-SPEECH)\s+\S+\s+\S+\s+"
)
CTM_ROW = re.compile(rb"^\S+\s+\S+\s+" + _NUMBER + rb"\s+" + _NUMBER + rb"\s+\S+(?:\s+[\d.]+)?\s*$")


def first_lines(head: bytes, size: int = 4096) -> list[bytes]:
    """Whole lines at the top, without comments."""
    lines = [line for line in head.split(b"\n")[:6] if line.strip() and not line.startswith(b";;")]
    if len(head) >= size and len(lines) > 1:
        lines.pop()
    return lines


class RowFormat(SegmentFormat):
    """One file a side, a row a segment."""

    keeps = frozenset({"sides", "names", "unlabelled"})

    def row(self, name: str, label: SoundSegmentLabel) -> str:
        """One line."""
        raise NotImplementedError

    def segment(self, words: list[str]) -> tuple[str, Segment] | None:
        """Recording and segment of a row; None for a row that is no segment."""
        raise NotImplementedError

    def recordings(self, tree: Tree, path: str) -> Iterator[Recording]:
        """Recordings in order of appearance; they may be mixed."""
        found: dict[str, Recording] = {}
        for at, line in read_lines(tree, path):
            words = line.split()
            if not words or words[0].startswith(";;"):
                continue
            try:
                one = self.segment(words)
            except IndexError:
                name = words[1] if self.id == "rttm" and len(words) > 1 else words[0]
                found.setdefault(name, Recording(name, path)).problems.append(f"{path} line {at}: the row ends early")
                continue
            if one is not None:
                found.setdefault(one[0], Recording(one[0], path)).segments.append(one[1])
        yield from found.values()

    def write(self, items: Iterable[WriteItem], sink: Sink, options: WriteOptions, report: Report) -> None:
        """SIDE.rttm or SIDE.ctm, and the recordings in audio/SIDE."""
        out = Writing(self, sink, options, report)
        with Sides(out, f".{self.id}") as sides:
            for item, path, segments in self.begun(items, out):
                name = without_suffix(path.removeprefix(self.folder + "/"))
                if segments == []:
                    report.items -= 1
                    report.refuse(item.name, "item", f"nothing here: {self.title} has no row that says so")
                for one in sorted(segments or (), key=lambda one: one.start):
                    sides.add(item, self.row(re.sub(r"\s", "_", name), one))
            sides.finish()


class RttmFormat(RowFormat):
    """Contract of `Format` for `rttm`: who speaks when."""

    id = "rttm"
    title = "RTTM"
    only_labels = ("speech",)
    suffixes = frozenset({".rttm"})
    what = "rows of RTTM (SPEAKER file channel start length)"

    def fits(self, head: bytes, path: str) -> bool:
        """Rows that begin with their type."""
        lines = first_lines(head)
        return bool(lines) and all(RTTM_ROW.match(line) for line in lines)

    def segment(self, words: list[str]) -> tuple[str, Segment] | None:
        """SPEAKER rows; others say nothing of segments."""
        if words[0] != "SPEAKER":
            return None
        start, length, speaker = number(words[3]), number(words[4]), words[7]
        channel = int(words[2]) - 1 if words[2].isdecimal() and words[2] != "1" else None
        return words[1], Segment("speech", start, start + length, "", "" if speaker == "<NA>" else speaker, channel)

    def refusal(self, label: SoundSegmentLabel) -> str | None:
        """Speakers are single words; words that are said have no place."""
        if label.transcript:
            return "RTTM holds no transcript"
        if label.speaker and spaced(label.speaker):
            return "a speaker in RTTM holds no white space"
        return only(label, "speech", self.title)

    def row(self, name: str, label: SoundSegmentLabel) -> str:
        """SPEAKER name channel start length <NA> <NA> speaker <NA> <NA>."""
        length = plain(label.end - label.start)
        speaker = label.speaker or "<NA>"
        return f"SPEAKER {name} {(label.channel or 0) + 1} {plain(label.start)} {length} <NA> <NA> {speaker} <NA> <NA>"


class CtmFormat(RowFormat):
    """Contract of `Format` for `ctm`: word by word."""

    id = "ctm"
    title = "CTM"
    keeps = frozenset({"sides", "names", "unlabelled", "score"})
    only_labels = ("word",)
    suffixes = frozenset({".ctm"})
    what = "rows of CTM (file channel start length word)"

    def fits(self, head: bytes, path: str) -> bool:
        """A name, a channel, two numbers and a word."""
        lines = first_lines(head)
        return bool(lines) and all(CTM_ROW.match(line) for line in lines)

    def segment(self, words: list[str]) -> tuple[str, Segment] | None:
        """One word."""
        start, length = number(words[2]), number(words[3])
        score = number(words[5]) if len(words) > 5 else -1.0
        channel = int(words[1]) - 1 if words[1].isdecimal() and words[1] not in ("0", "1") else None
        known = score if 0 <= score <= 1 else None
        text = "" if words[4] == "<eps>" else words[4]
        return words[0], Segment("word", start, start + length, text, "", channel, known)

    def refusal(self, label: SoundSegmentLabel) -> str | None:
        """One word a row, nobody's."""
        if label.speaker:
            return "CTM names no speakers"
        if label.transcript and spaced(label.transcript):
            return "a row of CTM holds one word"
        return only(label, "word", self.title)

    def row(self, name: str, label: SoundSegmentLabel) -> str:
        """name channel start length word score."""
        score = f" {label.score!r}" if label.score is not None else ""
        length = plain(label.end - label.start)
        return f"{name} {(label.channel or 0) + 1} {plain(label.start)} {length} {label.transcript or '<eps>'}{score}"


class KaldiFormat(SegmentFormat):
    """Contract of `Format` for `kaldi`: wav.scp, segments, text and utt2spk in a folder."""

    id = "kaldi"
    title = "Kaldi"
    keeps = frozenset({"sides", "names"})
    only_labels = ("speech",)
    suffixes = frozenset({".scp"})
    what = "wav.scp of Kaldi"

    def fits(self, head: bytes, path: str) -> bool:
        """Its name says it."""
        return path.rpartition("/")[2] == "wav.scp"

    def read(self, tree: Tree, report: Report) -> Iterator[ReadItem]:
        """Every recording of every folder."""
        found = (one for path in matching(tree, self.suffixes, self.fits) for one in _kaldi(tree, path, report))
        return items_of(tree, found, report)

    def recordings(self, tree: Tree, path: str) -> Iterator[Recording]:
        """As `read`, without a place for complaints."""
        return _kaldi(tree, path, Report())

    def refusal(self, label: SoundSegmentLabel) -> str | None:
        """One line a segment."""
        if re.search(r"[\r\n]", label.transcript) or label.transcript != " ".join(label.transcript.split()):
            return "a transcript of Kaldi is one line with single blanks"
        if label.speaker and spaced(label.speaker):
            return "a speaker in Kaldi holds no white space"
        if label.channel is not None:
            return "Kaldi has a recording a channel"
        return only(label, "speech", self.title)

    def write(self, items: Iterable[WriteItem], sink: Sink, options: WriteOptions, report: Report) -> None:
        """SIDE/wav.scp, segments, text, utt2spk, and the recordings in audio/SIDE."""
        out = Writing(self, sink, options, report)
        tables: dict[str, dict[str, list[str]]] = {}
        for item, path, segments in self.begun(items, out):
            if not segments:
                if segments == []:
                    report.items -= 1
                    report.refuse(item.name, "item", "nothing here: Kaldi has no row that says so")
                continue
            name = re.sub(r"\s", "_", without_suffix(path.removeprefix(self.folder + "/")).replace("/", "-"))
            folder = tables.setdefault(side_folder(item.side) or "data", {})
            folder.setdefault("wav.scp", []).append(f"{name} {path}")
            for at, one in enumerate(sorted(segments, key=lambda one: one.start)):
                speaker = one.speaker or name
                utterance = f"{speaker}-{name}-{at:06d}"
                folder.setdefault("segments", []).append(f"{utterance} {name} {plain(one.start)} {plain(one.end)}")
                folder.setdefault("text", []).append(f"{utterance} {one.transcript}".rstrip())
                folder.setdefault("utt2spk", []).append(f"{utterance} {speaker}")
        for folder_name, files in sorted(tables.items()):
            for file, rows in files.items():
                out.text(join(folder_name, file), "".join(f"{row}\n" for row in sorted(rows)))
        out.finish()


def _kaldi(tree: Tree, path: str, report: Report) -> Iterator[Recording]:
    folder = folder_of(path)
    said, speakers, segments, places = (
        _table(tree, join(folder, name), report) for name in ("text", "utt2spk", "segments", "wav.scp")
    )
    found: dict[str, Recording] = {}
    for name, place in places.items():
        # A command that ends in a pipe makes the sound; the file that it reads stands in it.
        words = place.rstrip("| ").split()
        file = next((word for word in words if PurePosixPath(word).suffix.lower() in (".wav", ".flac", ".sph")), place)
        found[name] = Recording(file, path)
    for utterance, row in segments.items():
        words = row.split()
        recording = found.get(words[0]) if words else None
        if recording is None or len(words) < 3:
            report.refuse(join(folder, "segments"), "sound_segment", f"{utterance[:80]} names no recording of wav.scp")
            continue
        speaker = speakers.get(utterance, "")
        who = "" if speaker == words[0] else speaker
        recording.segments.append(Segment("speech", number(words[1]), number(words[2]), said.get(utterance, ""), who))
    if not segments:
        for name, recording in found.items():
            recording.problems += [f"{name[:80]}: without `segments` the length is not known"] if name in said else []
    yield from found.values()


def _table(tree: Tree, path: str, report: Report) -> dict[str, str]:
    found: dict[str, str] = {}
    if path not in frozenset(tree.list()):
        return found
    try:
        for _, line in read_lines(tree, path):
            row = line.split(None, 1)
            if row:
                found[row[0]] = row[1].strip() if len(row) > 1 else ""
    except ReadError as error:
        report.refuse(path, "file", str(error))
    return found
