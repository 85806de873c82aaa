"""Formats with one label file a picture: the file leads to the picture, and its text to the labels."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from tongguan.catalog.formats.base import ReadError, ReadItem, Report, Tree
from tongguan.catalog.formats.gather import Entry, Places, gather
from tongguan.catalog.formats.marks import ItemMarks
from tongguan.catalog.formats.paths import folder_of, join, side_of_folders, stem_of
from tongguan.catalog.formats.pictures import PictureIndex, picture_size

Size = tuple[int, int] | None
# Adds the labels of one file; the size is the picture's, None where it is absent.
Reading = Callable[[Tree, str, Size, ItemMarks], None]


@dataclass(frozen=True, slots=True)
class Layout:
    """`labels` (lower case) and `pictures` are folders across from each other; `stem` gets the picture's
    stem, `seen` the place from which the folders are looked for."""

    labels: Sequence[str]
    pictures: Sequence[str]
    stem: Callable[[str], str] = stem_of
    suffix: str = ".jpg"
    seen: Callable[[str], str] = str


def read_beside(
    tree: Tree,
    report: Report,
    files: Iterable[str],
    layout: Layout,
    reading: Reading,
    hidden: Callable[[str], bool] = lambda path: False,
) -> Iterator[ReadItem]:
    """The item of each label file, then pictures without one. `hidden` pictures (masks) are no items."""
    places = Places(PictureIndex(path for path in tree.list() if not hidden(path)))
    return gather(tree, report, entries_beside(tree, files, layout, reading, places), hidden)


def entries_beside(
    tree: Tree, files: Iterable[str], layout: Layout, reading: Reading, places: Places
) -> Iterator[Entry]:
    """One entry a label file."""
    for path in files:
        stem = layout.stem(path)
        picture = places.across(layout.seen(path), stem, layout.labels, layout.pictures)
        size = picture_size(tree, picture) if picture else None
        name = picture or join(folder_of(path), stem + layout.suffix)
        fill = partial(_fill, tree, path, size, reading)
        yield Entry(
            name,
            path,
            fill,
            side=side_of_folders(path),
            path=picture,
            size=size,
        )


def _fill(tree: Tree, path: str, size: Size, reading: Reading, marks: ItemMarks) -> None:
    try:
        reading(tree, path, size, marks)
    except ReadError as error:
        marks.refuse("file", str(error))
