"""TextGrid of Praat: tiers of intervals, a file beside each recording. The tier is the label class."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from tongguan.catalog.formats.base import ReadError, Tree
from tongguan.catalog.formats.marks import number
from tongguan.catalog.formats.sound_formats.segments import BesideFormat, Recording, Segment
from tongguan.catalog.formats.text import read_text
from tongguan.catalog.labels.sound_segment import SoundSegmentLabel

# A text in quotes (doubled inside), a number, or a flag such as <exists>; names of fields in the long form are skipped.
_TOKEN = re.compile(r'"((?:[^"]|"")*)"|(?<![\w\[.])(-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)(?![\w\]])|<(\w+)>')
_COMMENT = re.compile(r"![^\n]*")


class TextGridFormat(BesideFormat):
    """Contract of `Format` for `textgrid`."""

    id = "textgrid"
    title = "TextGrid"
    keeps = frozenset({"sides", "empty", "unlabelled", "names", "any_names"})
    suffixes = frozenset({".textgrid"})
    suffix = ".TextGrid"
    what = "tiers of Praat"

    def fits(self, head: bytes, path: str) -> bool:
        """ooTextFile and TextGrid at the top."""
        plain = head.replace(b"\x00", b"")
        return b"ooTextFile" in plain[:200] and b"TextGrid" in plain[:200]

    def recordings(self, tree: Tree, path: str) -> Iterator[Recording]:
        """The recording of the same stem."""
        found = Recording(path.rpartition("/")[2].rpartition(".")[0], path)
        text = read_text(tree, path)
        tokens = [match.group(0) if match.group(1) is None else match for match in _TOKEN.finditer(text)]
        values = [token if isinstance(token, str) else f'"{token.group(1)}' for token in tokens]
        try:
            _tiers(values, found)
        except IndexError as error:
            raise ReadError(f"{path}: the file ends in the middle of a tier") from error
        yield found

    def refusal(self, label: SoundSegmentLabel) -> str | None:
        """An interval says a text and no more; an empty one says that nothing is there."""
        if label.speaker or label.channel is not None:
            return "TextGrid names neither speakers nor channels"
        if label.transcript != label.transcript.strip():
            return "blanks at the ends of a text of TextGrid mean nothing"
        return None

    def document(self, segments: Sequence[SoundSegmentLabel]) -> str:
        """The long form. Segments that overlap go to a further tier of the same name."""
        end = max((one.end for one in segments), default=0.0)
        tiers = list(_layers(segments))
        lines = [f'File type = "ooTextFile"\nObject class = "TextGrid"\n\nxmin = 0 \nxmax = {end!r} \n']
        lines.append(f"tiers? <exists> \nsize = {len(tiers)} \nitem []: \n")
        for at, (name, rows) in enumerate(tiers, start=1):
            lines.append(f'    item [{at}]:\n        class = "IntervalTier" \n        name = "{_quoted(name)}" \n')
            filled = list(_filled(rows, end))
            lines.append(f"        xmin = 0 \n        xmax = {end!r} \n        intervals: size = {len(filled)} \n")
            for number_, (start, stop, text) in enumerate(filled, start=1):
                lines.append(
                    f"        intervals [{number_}]:\n            xmin = {start!r} \n            xmax = {stop!r} \n"
                )
                lines.append(f'            text = "{_quoted(text)}" \n')
        return "".join(lines)


# Says that an interval is a segment without words: an empty text would say that nothing is there.
WORDLESS = "<seg>"


def _quoted(text: str) -> str:
    return text.replace('"', '""')


def _layers(segments: Sequence[SoundSegmentLabel]) -> Iterator[tuple[str, list[SoundSegmentLabel]]]:
    layers: list[tuple[str, list[SoundSegmentLabel]]] = []
    for one in sorted(segments, key=lambda one: (one.start, one.end)):
        free = next((rows for name, rows in layers if name == one.label and rows[-1].end <= one.start), None)
        if free is None:
            layers.append((one.label, [one]))
        else:
            free.append(one)
    yield from layers


def _filled(rows: list[SoundSegmentLabel], end: float) -> Iterator[tuple[float, float, str]]:
    at = 0.0
    for one in rows:
        if one.start > at:
            yield at, one.start, ""
        yield one.start, one.end, one.transcript or WORDLESS
        at = one.end
    if at < end:
        yield at, end, ""


def _tiers(values: list[str], found: Recording) -> None:
    """Long and short form alike: the values in their order, without the names of the fields."""
    at = next((at for at, value in enumerate(values) if value == "<exists>"), None)
    if at is None:
        return
    count, at = int(number(values[at + 1])), at + 2
    for _ in range(count):
        kind, name, size = values[at][1:], values[at + 1][1:].replace('""', '"'), int(number(values[at + 4]))
        at += 5
        for _ in range(size):
            if kind == "IntervalTier":
                start, end, text = number(values[at]), number(values[at + 1]), values[at + 2][1:].replace('""', '"')
                at += 3
                if text.strip():
                    found.segments.append(Segment(name, start, end, "" if text == WORDLESS else text.strip()))
            else:
                found.problems.append(f"{found.source}: a point of the tier {name[:40]!r} has no length")
                at += 2
