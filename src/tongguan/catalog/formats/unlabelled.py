"""Pictures without any label file: every picture is an unlabelled item."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from tongguan.catalog.formats.base import ReadItem, Report, Sink, Sniff, Tree, WriteItem, WriteOptions
from tongguan.catalog.formats.output import OutputNames, copy_media, side_path
from tongguan.catalog.formats.paths import side_of_folders, suffix_of
from tongguan.catalog.formats.pictures import is_picture

DATA_SUFFIXES = frozenset({".json", ".jsonl", ".xml", ".txt", ".csv", ".tsv", ".yaml", ".yml", ".parquet"})
PROSE = re.compile(r"(^|/)(readme|licen[cs]e|notice|changelog|notes?|copyright)[^/]*$", re.IGNORECASE)


class PicturesFormat:
    """Same shape as a format, for trees that hold pictures and nothing that says what is on them."""

    id = "pictures"
    title = "pictures alone"
    kinds: frozenset[str] = frozenset()
    media = frozenset({"image"})
    keeps = frozenset({"sides", "unlabelled", "names"})
    by_place = True

    def sniff(self, tree: Tree) -> Sniff:
        """Pictures, and no file that may hold labels of a format unknown here: those are never passed over."""
        members = tree.list()
        others = [path for path in members if suffix_of(path) in DATA_SUFFIXES and not PROSE.search(path)]
        found = sum(is_picture(path) for path in members)
        if others:
            return Sniff(0.0, f"{found} pictures, but also {others[0]}, whose format is not known")
        return Sniff(0.3 if found else 0.0, f"{found} pictures and no label files")

    def read(self, tree: Tree, report: Report) -> Iterator[ReadItem]:
        """Every picture, unlabelled."""
        for path in tree.list():
            if is_picture(path):
                report.items += 1
                yield ReadItem(path, path, None, side=side_of_folders(path))

    def write(self, items: Iterable[WriteItem], sink: Sink, options: WriteOptions, report: Report) -> None:
        """The pictures alone; every label is refused."""
        names = OutputNames()
        for item in items:
            report.items += 1
            if options.media:
                copy_media(item, side_path("images", item, names.claim(item, item.side)), sink, report)
            for label in item.labels or ():
                report.refuse(item.name, label.kind, "pictures alone hold no labels")
