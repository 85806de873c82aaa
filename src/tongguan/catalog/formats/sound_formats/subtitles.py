"""SubRip (.srt) and WebVTT (.vtt): times and lines of text, a file beside each recording."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from tongguan.catalog.formats.base import Tree
from tongguan.catalog.formats.sound_formats.segments import BesideFormat, Recording, Segment, only
from tongguan.catalog.formats.text import read_lines
from tongguan.catalog.labels.sound_segment import SoundSegmentLabel

LABEL = "subtitle"
TIMES = re.compile(r"^\s*(?:(\d+):)?(\d{1,2}):(\d{2})[.,](\d{1,6})\s*-->\s*(?:(\d+):)?(\d{1,2}):(\d{2})[.,](\d{1,6})")
_VOICE = re.compile(r"^<v(?:\.[^ >]*)? ([^>]*)>")
_TAGS = re.compile(r"</?(?:[biuv]|c|ruby|rt|lang|font)(?:[. ][^>]*)?>")


def _seconds(hours: str | None, minutes: str, seconds: str, fraction: str) -> float:
    return int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds) + float(f"0.{fraction}")


def stamp(seconds: float, point: str) -> str:
    """HH:MM:SS,mmm, rounded to the millisecond."""
    thousandths = round(seconds * 1000)
    whole, rest = divmod(thousandths, 1000)
    return f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}{point}{rest:03d}"


class SrtFormat(BesideFormat):
    """Contract of `Format` for `srt`."""

    id = "srt"
    title = "SubRip"
    keeps = frozenset({"sides", "empty", "unlabelled", "names"})
    only_labels = (LABEL,)
    suffixes = frozenset({".srt"})
    suffix = ".srt"
    what = "times and lines of text (SubRip)"
    point = ","

    def fits(self, head: bytes, path: str) -> bool:
        """A number, then times."""
        return not head.strip() or b"-->" in head

    def recordings(self, tree: Tree, path: str) -> Iterator[Recording]:
        """The recording of the same stem."""
        found = Recording(path.rpartition("/")[2].rpartition(".")[0], path)
        block: list[tuple[int, str]] = []
        for at, line in (*read_lines(tree, path), (0, "")):
            if line.strip():
                block.append((at, line))
            elif block:
                _take(block, found)
                block = []
        yield found

    def refusal(self, label: SoundSegmentLabel) -> str | None:
        """Text of several paragraphs, speakers and channels have no place."""
        if re.search(r"\n\s*\n|\r", label.transcript) or label.transcript != label.transcript.strip():
            return f"its text holds empty lines or blanks at its ends, which end an entry of {self.title}"
        if label.channel is not None or (label.speaker and self.point == ","):
            return f"{self.title} names neither speakers nor channels"
        if "-->" in label.transcript or _TAGS.search(label.transcript) or ">" in label.speaker:
            return f"its text would be taken for times or tags of {self.title}"
        return only(label, LABEL, self.title)

    def document(self, segments: Sequence[SoundSegmentLabel]) -> str:
        """Entries in order, numbered from 1."""
        rows = []
        for at, one in enumerate(sorted(segments, key=lambda one: one.start), start=1):
            times = f"{stamp(one.start, self.point)} --> {stamp(one.end, self.point)}"
            voice = f"<v {one.speaker}>" if one.speaker else ""
            rows.append(f"{at}\n{times}\n{voice}{one.transcript}\n\n")
        return "".join(rows)


class VttFormat(SrtFormat):
    """Contract of `Format` for `vtt`: WebVTT, with speakers as voices."""

    id = "vtt"
    title = "WebVTT"
    suffixes = frozenset({".vtt"})
    suffix = ".vtt"
    what = "times and lines of text (WebVTT)"
    point = "."

    def fits(self, head: bytes, path: str) -> bool:
        """WEBVTT at the top."""
        return head.lstrip(b"\xef\xbb\xbf").startswith(b"WEBVTT")

    def document(self, segments: Sequence[SoundSegmentLabel]) -> str:
        """WEBVTT, then the entries."""
        return "WEBVTT\n\n" + super().document(segments)


def _take(block: list[tuple[int, str]], found: Recording) -> None:
    at = next((at for at, (_, line) in enumerate(block) if "-->" in line), None)
    if at is None:
        first = block[0][1].lstrip("\ufeff")
        if not first.startswith(("WEBVTT", "NOTE", "STYLE", "REGION")):
            found.problems.append(f"{found.source} line {block[0][0]}: an entry without times")
        return
    match = TIMES.match(block[at][1])
    if not match:
        found.problems.append(f"{found.source} line {block[at][0]}: {block[at][1][:60]!r} are no times")
        return
    parts = match.groups()
    text = "\n".join(line for _, line in block[at + 1 :])
    voice = _VOICE.match(text)
    speaker = voice.group(1) if voice else ""
    text = _TAGS.sub("", text[voice.end() :] if voice else text).strip()
    start, end = (_seconds(parts[n], str(parts[n + 1]), str(parts[n + 2]), str(parts[n + 3])) for n in (0, 4))
    found.segments.append(Segment(LABEL, start, end, text, speaker))
