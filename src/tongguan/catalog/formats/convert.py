"""From one format to another in one pass: items stream from reader to writer, pictures are copied as they are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import chain

from tongguan.catalog.formats.base import Format, ReadItem, Refused, Report, Sink, Tree, WriteItem, WriteOptions
from tongguan.catalog.formats.pictures import SizesAsSaid, is_picture, picture_size
from tongguan.catalog.formats.tree import skipped_members

NAMED_IN_NOTES = 3


@dataclass(slots=True)
class Conversion:
    """What was read and what was written; `refused` of both, in order."""

    read: Report = field(default_factory=Report)
    written: Report = field(default_factory=Report)

    @property
    def refused(self) -> list[Refused]:
        """Everything left out, while reading and while writing."""
        return [*self.read.refused, *self.written.refused]

    @property
    def notes(self) -> list[str]:
        """What a person should know although nothing was left out."""
        return [*self.read.notes, *self.written.notes]


def convert(
    tree: Tree,
    source: Format,
    target: Format,
    sink: Sink,
    *,
    rounded: bool = False,
    pictures: bool = True,
    progress: Callable[[int], None] = lambda items: None,
) -> Conversion:
    """Reads `tree` as `source`, writes it as `target` into `sink`. Raises OSError when the sink cannot be written.

    Without `pictures` label files alone are written, whatever the items are (pictures, videos, recordings). A picture
    is opened only where no label file says its size, and then only its header is read. Raises ValueError where the
    target needs the files themselves (`Format.by_place`).
    """
    problem = None if pictures else labels_alone_problem(target)
    if problem:
        raise ValueError(problem)
    done = Conversion()
    for name, reason in skipped_members(tree):
        done.read.refuse(name, "file", f"left out of the source: {reason}")
    tree = tree if pictures else SizesAsSaid(tree)
    items = source.read(tree, done.read)
    first = next(items, None)
    if first is None:
        return done
    # The order of label classes is complete once the first item has come.
    options = WriteOptions(classes=tuple(done.read.classes), round=rounded, media=pictures)
    stream = _prepare(tree, chain((first,), items), done.read, pictures, progress)
    target.write(stream, sink, options, done.written)
    return done


def labels_alone_problem(target: Format) -> str | None:
    """Why a format cannot be written without the pictures, or None."""
    if target.by_place:
        return f"{target.title} say by the place of a picture what it shows, and cannot be written without pictures"
    return None


def _prepare(
    tree: Tree, items: Iterator[ReadItem], report: Report, copied: bool, progress: Callable[[int], None]
) -> Iterator[WriteItem]:
    has_pictures = any(is_picture(path) for path in tree.list())
    absent = 0
    unopened: list[str] = []
    turned: list[str] = []
    for item in items:
        if item.media != "image":
            yield _other(tree, item)
            progress(report.items)
            continue
        size = _size(tree, item)
        width, height = size or (item.width or 0, item.height or 0)
        # Labels alone lose nothing by an absent picture whose size is known.
        if item.path is None and (copied or not width or not height):
            absent += 1
            if has_pictures:
                report.refuse(
                    item.name, "file", "the picture is absent; its labels are written without it", 1, "unreadable"
                )
        elif item.path is not None and size is None:
            unopened.append(item.name)
        claimed = (item.width, item.height)
        if size and None not in claimed and size != claimed and size == claimed[::-1]:
            turned.append(item.name)
        yield WriteItem(item.name, tree, item.path, width, height, item.labels, item.side, group=item.group)
        progress(report.items)
    if absent and not has_pictures:
        report.notes.append("the source holds no pictures: only label files were written")
    if unopened:
        then = "copied as they are" if copied else "their size is not known"
        report.notes.append(f"{_named(unopened)} cannot be opened as pictures; {then}")
    if turned:
        report.notes.append(
            f"{_named(turned)}: the label file says width and height the other way round than the picture has after "
            "its EXIF rotation; coordinates were taken as they are"
        )


def _size(tree: Tree, item: ReadItem) -> tuple[int, int] | None:
    """Width and height of the picture itself; None where it is absent or cannot be opened."""
    if item.measured and item.width and item.height:
        return item.width, item.height
    return picture_size(tree, item.path, (item.width, item.height)) if item.path else None


def _other(tree: Tree, item: ReadItem) -> WriteItem:
    """An item that is no picture: its size is what the label file says."""
    size = item.width or 0, item.height or 0
    return WriteItem(item.name, tree, item.path, *size, item.labels, item.side, item.media, item.text, item.group)


def _named(names: list[str]) -> str:
    more = len(names) - NAMED_IN_NOTES
    shown = ", ".join(name[:80] for name in names[:NAMED_IN_NOTES])
    return f"{shown} and {more} more" if more > 0 else shown
