"""Items that are parts of a file: one file a side, gathered in temporary files while they come."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tongguan.catalog.formats.base import ReadItem, Report, WriteItem
from tongguan.catalog.formats.gather import Fill
from tongguan.catalog.formats.marks import ItemMarks
from tongguan.catalog.formats.paths import side_folder, side_of_folders, side_of_stem, stem_of
from tongguan.catalog.formats.spool import Part
from tongguan.catalog.formats.writing import Writing
from tongguan.catalog.labels.base import LabelRecord

Chunks = Callable[[Part], Iterator[bytes]]


def side_of(path: str) -> str | None:
    """The side that a file's name says (dev.conll), else its folder."""
    said = side_of_stem(stem_of(path))
    return said[0] if said else side_of_folders(path)


def part_item(
    name: str, text: str, fill: Fill | None, report: Report, side: str | None, media: str = "text"
) -> ReadItem:
    """An item that is a part of a file, with its labels; None = the file says nothing of labels."""
    report.items += 1
    marks = ItemMarks(name, report)
    labels = None
    if fill is not None:
        fill(marks)
        labels = marks.settle()
    return ReadItem(name, None, labels, side=side, media=media, text=text)


class Sides:
    """One file a side. Close it to free the disk."""

    def __init__(self, out: Writing, suffix: str, separator: bytes = b"", name: str = "all") -> None:
        self._out, self._suffix, self._separator, self._name = out, suffix, separator, name
        self._parts: dict[str, Part] = {}

    def __enter__(self) -> Sides:
        return self

    def __exit__(self, *_: object) -> None:
        for part in self._parts.values():
            part.close()

    def add(self, item: WriteItem, text: str) -> None:
        """One entry of the item's side."""
        self._parts.setdefault(item.side or "", Part(self._separator)).add(text.encode("utf-8", "surrogatepass"))

    def finish(self, chunks: Chunks | None = None) -> None:
        """Writes the files; `chunks` puts something round the entries."""
        for side, part in sorted(self._parts.items()) or [("", Part())]:
            stem = side_folder(side) or self._name
            self._out.sink.write(f"{stem}{self._suffix}", chunks(part) if chunks else ended(part))
            self._out.report.files += 1
        self._out.finish()


def ended(part: Part) -> Iterator[bytes]:
    """The entries, and a line end after the last."""
    yield from part.chunks()
    if part.count:
        yield b"\n"


def listed(part: Part) -> Iterator[bytes]:
    """The entries as one JSON list."""
    yield b"[\n"
    yield from part.chunks()
    yield b"\n]\n"


def begin_part(item: WriteItem, out: Writing) -> tuple[str, tuple[LabelRecord, ...] | None] | None:
    """Text and labels of an item that is a part of a file; None where it is refused."""
    begun = out.begin(item, lambda name: name, copied=False)
    if begun is None:
        return None
    if item.text is None:
        out.report.items -= 1
        out.report.refuse(item.name, "item", f"its text is not at hand, which {out.title} needs")
        return None
    return item.text, begun[1]
