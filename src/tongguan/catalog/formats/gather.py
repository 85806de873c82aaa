"""From what label files say to items: each picture once, found in the tree, its labels settled, the rest unlabelled."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from tongguan.catalog.formats.base import ReadError, ReadItem, Report, Tree
from tongguan.catalog.formats.marks import ItemMarks
from tongguan.catalog.formats.paths import folder_of, join, safe_path, side_folder, side_of_folders
from tongguan.catalog.formats.pictures import PictureIndex, picture_size

PICTURE_FOLDERS = ("", "images", "Images", "JPEGImages", "image", "img", "data", "media")

Fill = Callable[[ItemMarks], None]


@dataclass(slots=True)
class Entry:
    """One item as a label file names it. `fill` adds its labels; None = the file says nothing of labels."""

    name: str
    source: str
    fill: Fill | None
    width: int | None = None
    height: int | None = None
    side: str | None = None
    media: str = "image"
    path: str | None = None
    text: str | None = None
    size: tuple[int, int] | None = None  # in place of width and height


class Places:
    """Finds the picture that a label file means: beside it, in a folder for pictures, above it, or the only one."""

    def __init__(self, pictures: PictureIndex) -> None:
        self.pictures = pictures

    def find(self, name: str, source: str, side: str | None = None) -> str | None:
        """The picture that `source` calls `name`; None when it is absent or cannot be told from others of its name."""
        bases = [folder_of(source)]
        while bases[-1]:
            bases.append(folder_of(bases[-1]))
        words = ("", side, side_folder(side)) if side else ("",)
        candidates = (
            join(base, folder, word, name) for base in bases for folder in PICTURE_FOLDERS for word in words if name
        )
        found = self.pictures.first_known(candidates)
        while found is None and name:
            found = self.pictures.anywhere(name, folder_of(source), side) or self.pictures.anywhere(name, "", side)
            name = name.partition("/")[2]
        return found

    def across(self, source: str, stem: str, labels: Collection[str], pictures: Sequence[str]) -> str | None:
        """The picture of a stem for a label file: folders called `labels` (lower case) change into `pictures`."""
        folder = folder_of(source)
        parts = folder.split("/") if folder else []
        for depth in range(len(parts) - 1, -1, -1):
            if parts[depth].lower() not in labels:
                continue
            before, after = "/".join(parts[:depth]), "/".join(parts[depth + 1 :])
            for name in pictures:
                found = self.pictures.with_stem(join(before, name, after), stem)
                found = found or self.pictures.with_stem(join(before, after, name), stem)
                if found:
                    return found
        for name in ("", *pictures):
            found = self.pictures.with_stem(join(folder, name), stem)
            if found:
                return found
        return self.pictures.stem_anywhere(stem.rpartition("/")[2])


def gather(
    tree: Tree,
    report: Report,
    entries: Iterable[Entry],
    hidden: Callable[[str], bool] = lambda path: False,
    rest: bool = True,
) -> Iterator[ReadItem]:
    """Yields the item of each entry, in their order, then the pictures that none names, unlabelled (with `rest`).

    A second entry of one picture, and a name that leaves the folder, are refused. `hidden` pictures are no items.
    Damage of a label file in the middle (ReadError) is refused; what came before it is kept.
    """
    places = Places(PictureIndex(path for path in tree.list() if not hidden(path)))
    seen: set[str] = set()
    for entry in guarded(entries, report):
        clean = safe_path(entry.name)
        if clean is None:
            report.refuse(
                entry.name or entry.source, "item", f"{entry.source}: the name is absent or leaves the folder"
            )
            continue
        path = entry.path or (places.find(clean, entry.source, entry.side) if entry.media == "image" else None)
        name = path or clean
        if name in seen:
            report.refuse(name, "item", f"{entry.source} names it a second time")
            continue
        seen.add(name)
        report.items += 1
        yield made(entry, name, path, report)
    for path in places.pictures.paths if rest else ():
        if path not in seen:
            report.items += 1
            yield ReadItem(path, path, None, side=side_of_folders(path))


def guarded(entries: Iterable[Entry], report: Report) -> Iterator[Entry]:
    """The entries; a ReadError ends them and is refused with the file that it names."""
    try:
        yield from entries
    except ReadError as error:
        text = str(error)
        report.refuse(text.partition(":")[0].partition(" line ")[0], "file", text)


def made(entry: Entry, name: str, path: str | None, report: Report) -> ReadItem:
    """The item with its labels; where all of them are refused, it is unlabelled."""
    marks = ItemMarks(name, report)
    labels = None
    if entry.fill is not None:
        entry.fill(marks)
        labels = marks.settle()
    side = entry.side or side_of_folders(name)
    width, height = entry.size or (entry.width, entry.height)
    return ReadItem(name, path, labels, width, height, side, media=entry.media, text=entry.text)


def size_in(
    tree: Tree, path: str | None, width: int | None = None, height: int | None = None
) -> tuple[int, int] | None:
    """Width and height by the picture itself, else by the label file's claim; None when neither is known."""
    size = picture_size(tree, path, (width, height)) if path else None
    return size or ((width, height) if width and height else None)
